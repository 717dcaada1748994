using System.Collections.Immutable;
using System.Text.Json;
using Gateway.SchemaRegistry.Model;

namespace Gateway.SchemaRegistry.Decisions;

/// <summary>What is to happen to an association.</summary>
internal enum AssociationOperation
{
    /// <summary>It is made; one that is there already must be the same.</summary>
    Create,

    /// <summary>It is made unless it is there.</summary>
    Upsert,

    /// <summary>It is removed.</summary>
    Delete,
}

/// <summary>One part of a topic that gets a subject, or loses it. Null means not said.</summary>
internal sealed record AssociationChange
{
    public required AssociationOperation Operation { get; init; }

    /// <summary><c>key</c> or <c>value</c>.</summary>
    public required string AssociationType { get; init; }

    public string? Subject { get; init; }

    public AssociationLifecycle? Lifecycle { get; init; }

    public bool? Frozen { get; init; }

    /// <summary>The first schema of a subject the topic is to own.</summary>
    public RegisterRequest? Schema { get; init; }

    /// <summary>Whether a subject the topic owns is deleted too.</summary>
    public bool Cascades { get; init; }
}

/// <summary>What a client wants to be tied to a topic.</summary>
internal sealed record AssociationRequest
{
    private const int MaxNameLength = 256;

    public string ResourceName { get; init; } = "";

    /// <summary>The Kafka cluster; empty or <c>-</c> for the one this registry is on.</summary>
    public string ResourceNamespace { get; init; } = "";

    /// <summary>The topic's id; empty when the request has none.</summary>
    public string ResourceId { get; init; } = "";

    public ImmutableArray<AssociationChange> Changes { get; init; } = [];

    public bool OnlyDeletes => Changes.All(change => change.Operation == AssociationOperation.Delete);

    /// <summary>Reads a request.</summary>
    /// <param name="json">Its body, or a member of a batch.</param>
    /// <param name="operation">What all of it is for; null where each member says so itself.</param>
    public static Outcome<AssociationRequest> Read(JsonElement json, AssociationOperation? operation)
    {
        foreach (var name in new[] { "resourceName", "resourceNamespace", "resourceId", "resourceType" })
            if (JsonBody.Member(json, name) is { ValueKind: not JsonValueKind.String }) return Invalid(name, "must be a string");
        if (JsonBody.Text(json, "resourceType") is not (null or "" or Association.Topic)) return Invalid("resourceType", $"must be '{Association.Topic}'");
        var request = new AssociationRequest
        {
            ResourceName = JsonBody.Text(json, "resourceName") ?? "",
            ResourceNamespace = JsonBody.Text(json, "resourceNamespace") ?? "",
            ResourceId = JsonBody.Text(json, "resourceId") ?? "",
        };
        if (NameProblem(request.ResourceName) is { } problem) return Invalid("resourceName", problem);
        if (request.ResourceNamespace.Length > 0 && request.ResourceNamespace != Association.Any && NameProblem(request.ResourceNamespace) is { } misplaced)
            return Invalid("resourceNamespace", misplaced);
        if (request.ResourceId.Length > MaxNameLength || request.ResourceId.Any(char.IsControl))
            return Invalid("resourceId", $"must have at most {MaxNameLength} characters, none of them a control character");

        if (JsonBody.Member(json, "associations") is not { ValueKind: JsonValueKind.Array } items || items.GetArrayLength() == 0)
            return Invalid("associations", "must be a list that is not empty");
        var changes = ImmutableArray.CreateBuilder<AssociationChange>();
        foreach (var item in items.EnumerateArray())
        {
            var change = ReadChange(item, operation);
            if (change.Fault is { } fault) return fault;
            if (changes.Any(other => other.AssociationType == change.Value.AssociationType))
                return Invalid("associationType", $"'{change.Value.AssociationType}' occurs twice");
            changes.Add(change.Value);
        }
        return request with { Changes = changes.ToImmutable() };
    }

    private static Outcome<AssociationChange> ReadChange(JsonElement json, AssociationOperation? operation)
    {
        if (json.ValueKind != JsonValueKind.Object) return Invalid("associations", "must have objects only");
        foreach (var name in new[] { "subject", "associationType", "lifecycle", "opType" })
            if (JsonBody.Member(json, name) is { ValueKind: not JsonValueKind.String }) return Invalid(name, "must be a string");
        foreach (var name in new[] { "frozen", "normalize", "cascadeLifecycle" })
            if (JsonBody.Member(json, name) is { ValueKind: not (JsonValueKind.True or JsonValueKind.False) }) return Invalid(name, "must be true or false");
        if ((operation ?? ParseOperation(JsonBody.Text(json, "opType"))) is not { } what) return Invalid("opType", "must be CREATE, UPSERT or DELETE");
        var type = JsonBody.Text(json, "associationType") is { Length: > 0 } given ? given : "value";
        if (type is not ("key" or "value")) return Invalid("associationType", "must be 'key' or 'value'");
        var change = new AssociationChange { Operation = what, AssociationType = type, Cascades = JsonBody.Boolean(json, "cascadeLifecycle") ?? false };
        if (what == AssociationOperation.Delete) return change;

        if (JsonBody.Text(json, "lifecycle") is { } lifecycle && Association.ParseLifecycle(lifecycle) is null)
            return Invalid("lifecycle", "must be STRONG or WEAK");
        if (JsonBody.Member(json, "schema") is { } schema)
        {
            if (schema.ValueKind != JsonValueKind.Object) return Invalid("schema", "must be an object, as it is registered");
            if (RegisterRequest.Refusal(schema) is { } refusal) return refusal with { Message = $"In the member schema of an association: {refusal.Message}" };
            change = change with { Schema = RegisterRequest.Read(schema) with { Normalize = JsonBody.Boolean(json, "normalize") ?? false } };
        }
        return Settled(change with
        {
            Subject = JsonBody.Text(json, "subject"),
            Lifecycle = Association.ParseLifecycle(JsonBody.Text(json, "lifecycle")),
            Frozen = JsonBody.Boolean(json, "frozen"),
        });
    }

    /// <summary>A schema comes with a subject the topic owns, and what a topic owns is frozen: the one thing said means the others.</summary>
    private static Outcome<AssociationChange> Settled(AssociationChange change)
    {
        if (change.Lifecycle == AssociationLifecycle.Weak)
        {
            if (change.Schema is not null) return Invalid("lifecycle", "cannot be WEAK when a schema is given");
            if (change.Frozen == true) return Invalid("frozen", "cannot be true when the lifecycle is WEAK");
        }
        if (change.Operation != AssociationOperation.Create) return change;
        if (change.Schema is not null)
        {
            return change.Frozen == false
                ? Invalid("frozen", "cannot be false when a schema is given")
                : change with { Lifecycle = AssociationLifecycle.Strong, Frozen = true };
        }
        return change with { Lifecycle = change.Lifecycle ?? AssociationLifecycle.Weak };
    }

    private static AssociationOperation? ParseOperation(string? name) => name switch
    {
        "CREATE" => AssociationOperation.Create,
        "UPSERT" => AssociationOperation.Upsert,
        "DELETE" => AssociationOperation.Delete,
        _ => null,
    };

    // A colon would end the name of the context the owned subjects are in.
    private static string? NameProblem(string name) => name switch
    {
        "" => "cannot be empty",
        Association.Any => "cannot be '-', which stands for any",
        { Length: > MaxNameLength } => $"must have at most {MaxNameLength} characters",
        _ => name.Any(character => char.IsControl(character) || character == ':') ? "must have neither colons nor control characters" : null,
    };

    private static RegistryFault Invalid(string property, string detail) => RegistryFault.InvalidAssociation(property, detail);
}

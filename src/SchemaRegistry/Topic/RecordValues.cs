using System.Buffers;
using System.Collections.Immutable;
using System.Text.Encodings.Web;
using System.Text.Json;
using Gateway.Schemas;
using Gateway.Schemas.Compatibility;
using Gateway.SchemaRegistry.Model;

namespace Gateway.SchemaRegistry.Topic;

/// <summary>Record values in Confluent's format: members in its order, what is null or empty left out.</summary>
internal static class RecordValues
{
    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <param name="version">The version.</param>
    /// <param name="namesType">False leaves the type out, which means Avro: older registries write it so.</param>
    public static byte[] Schema(SchemaVersion version, bool namesType = true) => Write(output =>
    {
        output.WriteString("subject", version.Subject);
        output.WriteNumber("version", version.Version);
        output.WriteNumber("id", version.Id);
        if (namesType) output.WriteString("schemaType", version.Content.SchemaType);
        WriteReferences(output, version.Content.References);
        WriteMetadata(output, "metadata", version.Content.Metadata);
        WriteRules(output, "ruleSet", version.Content.RuleSet);
        output.WriteString("schema", version.Content.Utf8.Span);
        output.WriteBoolean("deleted", version.Deleted);
    });

    public static byte[] Config(string? subject, SubjectConfig config) => Write(output =>
    {
        if (subject is not null) output.WriteString("subject", subject);
        WriteConfig(output, config, "compatibilityLevel");
    });

    public static byte[] Mode(string? subject, RegistryMode mode) => Write(output =>
    {
        if (subject is not null) output.WriteString("subject", subject);
        output.WriteString("mode", RegistryModes.NameOf(mode));
    });

    public static byte[] DeleteSubject(string subject, int watermark) => Write(output =>
    {
        output.WriteString("subject", subject);
        output.WriteNumber("version", watermark);
    });

    public static byte[] ClearSubject(string subject) => Write(output => output.WriteString("subject", subject));

    /// <param name="context">The context's name.</param>
    /// <param name="highestId">Highest id ever given out in it. Rides along as a member that every registry ignores.</param>
    /// <param name="deleted">Whether the context is gone and only that is left of it.</param>
    public static byte[] Context(string context, int highestId = 0, bool deleted = false) => Write(output =>
    {
        output.WriteString("tenant", "default");
        output.WriteString("context", context);
        if (highestId > 0) output.WriteNumber("highestId", highestId);
        if (deleted) output.WriteBoolean("deleted", true);
    });

    public static byte[] Association(Association association) => Write(output =>
    {
        output.WriteString("subject", association.Key.Subject);
        output.WriteString("guid", association.Guid);
        output.WriteString("tenant", "default");
        output.WriteString("resourceName", association.Key.ResourceName);
        output.WriteString("resourceNamespace", association.Key.ResourceNamespace);
        WriteText(output, "resourceId", association.ResourceId);
        output.WriteString("resourceType", association.Key.ResourceType);
        output.WriteString("associationType", association.Key.AssociationType);
        output.WriteString("lifecycle", Model.Association.NameOf(association.Lifecycle));
        output.WriteBoolean("frozen", association.Frozen);
        output.WriteNumber("createTs", association.CreatedMs);
    });

    /// <summary>Reads an association's value; what it is about, its key says.</summary>
    public static Association ReadAssociation(JsonElement json, AssociationKey key, long timestampMs) => new(
        key,
        JsonBody.Text(json, "guid") ?? "",
        JsonBody.Text(json, "resourceId") ?? "",
        Model.Association.ParseLifecycle(JsonBody.Text(json, "lifecycle")?.ToUpperInvariant()) ?? AssociationLifecycle.Weak,
        JsonBody.Boolean(json, "frozen") ?? false,
        JsonBody.Member(json, "createTs") is { ValueKind: JsonValueKind.Number } created && created.TryGetInt64(out var ms) ? ms : timestampMs,
        timestampMs);

    /// <summary>
    /// Highest id ever given out in the default context, which has no record of its own. Rides on the record kind whose value every registry ignores.
    /// </summary>
    public static byte[] HighestIds(IEnumerable<KeyValuePair<string, int>> ids) => Write(output =>
    {
        output.WriteStartObject("highestIds");
        foreach (var (context, id) in ids.OrderBy(entry => entry.Key, StringComparer.Ordinal)) output.WriteNumber(context, id);
        output.WriteEndObject();
    });

    /// <summary>The references of a body that has them as a member.</summary>
    public static ImmutableArray<SchemaReference> ReferencesOf(JsonElement json) =>
        JsonBody.Member(json, "references") is { ValueKind: JsonValueKind.Array } list ? ReadReferences(list) : [];

    public static ImmutableArray<SchemaReference> ReadReferences(JsonElement list) =>
    [
        .. list.EnumerateArray().Select(item => new SchemaReference(
            JsonBody.Text(item, "name") ?? "", JsonBody.Text(item, "subject") ?? "", JsonBody.Integer(item, "version") ?? 0)),
    ];

    public static SubjectConfig ReadConfig(JsonElement json) => new()
    {
        Alias = JsonBody.Text(json, "alias"),
        AliasForDeks = JsonBody.Text(json, "aliasForDeks"),
        Normalize = JsonBody.Boolean(json, "normalize"),
        ValidateFields = JsonBody.Boolean(json, "validateFields"),
        ValidateNewSchemas = JsonBody.Boolean(json, "validateNewSchemas"),
        ValidateRules = JsonBody.Boolean(json, "validateRules"),
        Level = CompatibilityLevels.Parse(JsonBody.Text(json, "compatibilityLevel") ?? JsonBody.Text(json, "compatibility")),
        Policy = JsonBody.Text(json, "compatibilityPolicy"),
        Group = JsonBody.Text(json, "compatibilityGroup"),
        DefaultMetadata = JsonBody.Member(json, "defaultMetadata") is { } defaultMetadata ? SchemaMetadata.Read(defaultMetadata) : null,
        OverrideMetadata = JsonBody.Member(json, "overrideMetadata") is { } overrideMetadata ? SchemaMetadata.Read(overrideMetadata) : null,
        DefaultRuleSet = JsonBody.Member(json, "defaultRuleSet") is { } defaultRules ? RuleSet.Read(defaultRules) : null,
        OverrideRuleSet = JsonBody.Member(json, "overrideRuleSet") is { } overrideRules ? RuleSet.Read(overrideRules) : null,
    };

    /// <summary>A config's members; the level goes by one name in answers and records and by another in requests.</summary>
    public static void WriteConfig(Utf8JsonWriter output, SubjectConfig config, string levelName)
    {
        WriteText(output, "alias", config.Alias);
        WriteText(output, "aliasForDeks", config.AliasForDeks);
        WriteBoolean(output, "normalize", config.Normalize);
        WriteBoolean(output, "validateFields", config.ValidateFields);
        WriteBoolean(output, "validateNewSchemas", config.ValidateNewSchemas);
        WriteBoolean(output, "validateRules", config.ValidateRules);
        if (config.Level is { } level) output.WriteString(levelName, CompatibilityLevels.NameOf(level));
        WriteText(output, "compatibilityPolicy", config.Policy);
        WriteText(output, "compatibilityGroup", config.Group);
        WriteMetadata(output, "defaultMetadata", config.DefaultMetadata);
        WriteMetadata(output, "overrideMetadata", config.OverrideMetadata);
        WriteRules(output, "defaultRuleSet", config.DefaultRuleSet);
        WriteRules(output, "overrideRuleSet", config.OverrideRuleSet);
    }

    public static void WriteReferences(Utf8JsonWriter output, ImmutableArray<SchemaReference> references)
    {
        if (references.Length == 0) return;
        output.WriteStartArray("references");
        foreach (var reference in references)
        {
            output.WriteStartObject();
            output.WriteString("name", reference.Name);
            output.WriteString("subject", reference.Subject);
            output.WriteNumber("version", reference.Version);
            output.WriteEndObject();
        }
        output.WriteEndArray();
    }

    public static void WriteMetadata(Utf8JsonWriter output, string name, SchemaMetadata? metadata)
    {
        if (metadata is null) return;
        output.WritePropertyName(name);
        metadata.Write(output);
    }

    public static void WriteRules(Utf8JsonWriter output, string name, RuleSet? rules)
    {
        if (rules is null) return;
        output.WritePropertyName(name);
        rules.Write(output);
    }

    private static void WriteText(Utf8JsonWriter output, string name, string? value)
    {
        if (!string.IsNullOrEmpty(value)) output.WriteString(name, value);
    }

    private static void WriteBoolean(Utf8JsonWriter output, string name, bool? value)
    {
        if (value is { } given) output.WriteBoolean(name, given);
    }

    private static byte[] Write(Action<Utf8JsonWriter> members)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using var output = new Utf8JsonWriter(bytes, Relaxed);
        output.WriteStartObject();
        members(output);
        output.WriteEndObject();
        output.Flush();
        return bytes.WrittenSpan.ToArray();
    }
}

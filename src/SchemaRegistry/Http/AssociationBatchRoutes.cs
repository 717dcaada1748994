using System.Text.Json;
using Gateway.SchemaRegistry.Decisions;
using Gateway.SchemaRegistry.Model;
using Gateway.SchemaRegistry.State;
using Gateway.SchemaRegistry.Topic;

namespace Gateway.SchemaRegistry.Http;

/// <summary>Associations of many topics at a time. Each request of a batch succeeds or fails by itself; the answer (207) tells which did what.</summary>
internal sealed class AssociationBatchRoutes(RegistryService service)
{
    /// <summary>Requests in one batch; more of them would keep others waiting.</summary>
    private const int MaxRequests = 1000;

    public IReadOnlyList<RegistryRoute> All =>
    [
        new("POST", "/associations:batchGet", "batchGetAssociations", GetAsync),
        new("POST", "/associations:batchMutate", "batchMutateAssociations", MutateAsync),
    ];

    private async ValueTask<Outcome<Reply>> GetAsync(RegistryExchange exchange)
    {
        var requests = await RequestsAsync(exchange).ConfigureAwait(false);
        if (requests.Fault is { } fault) return fault;
        var (image, withSchemas) = (service.Image, exchange.Flag("includeSchemas"));
        return Results([.. requests.Value.Select(request => Find(image, request, withSchemas))]);
    }

    private async ValueTask<Outcome<Reply>> MutateAsync(RegistryExchange exchange)
    {
        var requests = await RequestsAsync(exchange).ConfigureAwait(false);
        if (requests.Fault is { } fault) return fault;
        var context = AssociationRoutes.ContextOf(exchange);
        if (context.Fault is { } unknown) return unknown;
        var results = new List<Outcome<Func<Utf8JsonWriter, IEnumerable<Pause>>>>();
        foreach (var request in requests.Value) results.Add(await MutateAsync(exchange, request, context.Value).ConfigureAwait(false));
        return Results(results);
    }

    private async ValueTask<Outcome<Func<Utf8JsonWriter, IEnumerable<Pause>>>> MutateAsync(RegistryExchange exchange, JsonElement json, string context)
    {
        var read = AssociationRequest.Read(json, operation: null);
        if (read.Fault is { } invalid) return invalid;
        try
        {
            var outcome = await AssociationRoutes.ApplyAsync(service, exchange, read.Value, context).ConfigureAwait(false);
            if (outcome.Fault is { } fault) return fault;
            var (applied, made) = outcome.Value;
            return Outcome.Of<Func<Utf8JsonWriter, IEnumerable<Pause>>>(
                output => AssociationReplies.Resource(output, applied.ResourceName, applied.ResourceNamespace, applied.ResourceId, made));
        }
        catch (SchemaTopicException fault)
        {
            return RegistryFault.StoreFailed(fault.Message);
        }
    }

    private static Outcome<Func<Utf8JsonWriter, IEnumerable<Pause>>> Find(RegistryImage image, JsonElement json, bool withSchemas)
    {
        var (name, place, id) = (JsonBody.Text(json, "resourceName") ?? "", JsonBody.Text(json, "resourceNamespace") ?? "", JsonBody.Text(json, "resourceId") ?? "");
        if (id.Length == 0 && name.Length == 0) return RegistryFault.InvalidAssociation("resourceId", "must be given, or 'resourceName'");
        AssociationLifecycle[] lifecycles = [];
        if (JsonBody.Text(json, "lifecycle") is { } written)
        {
            if (Association.ParseLifecycle(written) is not { } lifecycle) return RegistryFault.InvalidAssociation("lifecycle", "must be STRONG or WEAK");
            lifecycles = [lifecycle];
        }
        var filter = new AssociationFilter(
            JsonBody.Text(json, "resourceType") is { Length: > 0 } type ? type : Association.Topic,
            [.. JsonBody.Member(json, "associationTypes") is { } types ? JsonBody.Texts(types) : []],
            lifecycles);
        var found = (id.Length > 0 ? image.Associations.OfResourceId(id) : image.Associations.OfResource(place.Length > 0 ? place : Association.Any, name))
            .Where(filter.Matches);
        if (found.FirstOrDefault() is { } first)
            (name, place, id) = (first.Key.ResourceName, first.Key.ResourceNamespace, first.ResourceId);
        return Outcome.Of<Func<Utf8JsonWriter, IEnumerable<Pause>>>(output => AssociationReplies.Resource(
            output, name, place, id,
            found.Select(association => new MadeAssociation(association, withSchemas ? image.Latest(association.Key.Subject) : null))));
    }

    private static async ValueTask<Outcome<List<JsonElement>>> RequestsAsync(RegistryExchange exchange)
    {
        var body = await exchange.BodyAsync().ConfigureAwait(false);
        if (body.Fault is { } unread) return unread;
        var requests = JsonBody.Items(body.Value, "requests").ToList();
        if (requests.Count == 0) return RegistryFault.InvalidAssociation("requests", "must be a list that is not empty");
        if (requests.Count > MaxRequests) return RegistryFault.InvalidAssociation("requests", $"must have at most {MaxRequests} members");
        return requests.Any(request => request.ValueKind != JsonValueKind.Object)
            ? RegistryFault.InvalidAssociation("requests", "must have objects only")
            : requests;
    }

    private static Reply Results(IReadOnlyList<Outcome<Func<Utf8JsonWriter, IEnumerable<Pause>>>> results) =>
        Reply.Pieces(output => WriteResults(output, results)) with { Status = 207 };

    private static IEnumerable<Pause> WriteResults(Utf8JsonWriter output, IReadOnlyList<Outcome<Func<Utf8JsonWriter, IEnumerable<Pause>>>> results)
    {
        output.WriteStartObject();
        output.WritePropertyName("results");
        foreach (var pause in Reply.Array(output, results, WriteResult)) yield return pause;
        output.WriteEndObject();
    }

    private static IEnumerable<Pause> WriteResult(Utf8JsonWriter output, Outcome<Func<Utf8JsonWriter, IEnumerable<Pause>>> result)
    {
        output.WriteStartObject();
        output.WritePropertyName(result.Fault is null ? "result" : "error");
        if (result.Fault is { } fault) Reply.WriteError(output, fault);
        else
            foreach (var pause in result.Value(output)) yield return pause;
        output.WriteEndObject();
    }
}

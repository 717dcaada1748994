using Gateway.SchemaRegistry.Decisions;
using Gateway.SchemaRegistry.Model;
using Gateway.SchemaRegistry.Topic;

namespace Gateway.SchemaRegistry.Http;

/// <summary>
/// Which subjects belong to which topics. New clients ask before they produce; an empty list sends them on to the subject named after the topic.
/// </summary>
internal sealed class AssociationRoutes(RegistryService service)
{
    public IReadOnlyList<RegistryRoute> All =>
    [
        new("GET", "/associations/subjects/{subject}", "listAssociationsOfSubject", OfSubjectAsync),
        new("GET", "/associations/resources/{resourceNamespace}/{resourceName}", "listAssociationsOfResource", OfResourceAsync),
        new("GET", "/associations/resources/{resourceId}", "listAssociationsOfResourceId", OfResourceIdAsync),
        new("POST", "/associations", "createAssociations", exchange => WriteAsync(exchange, AssociationOperation.Create, null)),
        new("PUT", "/associations/resources/{resourceId}", "upsertAssociations", exchange => WriteAsync(exchange, AssociationOperation.Upsert, exchange.Segment(2))),
        new("DELETE", "/associations/resources/{resourceId}", "deleteAssociations", DeleteAsync),
    ];

    /// <summary>The query's filter; topics are meant unless it says otherwise.</summary>
    public static Outcome<AssociationFilter> FilterOf(RegistryExchange exchange)
    {
        var lifecycles = new List<AssociationLifecycle>();
        foreach (var written in exchange.Target.Queries("lifecycle"))
        {
            if (written is not { Length: > 0 }) continue;
            if (Association.ParseLifecycle(written) is not { } lifecycle) return RegistryFault.InvalidAssociation("lifecycle", "must be STRONG or WEAK");
            lifecycles.Add(lifecycle);
        }
        return new AssociationFilter(
            exchange.Query("resourceType") is { Length: > 0 } type ? type : Association.Topic,
            [.. exchange.Target.Queries("associationType").OfType<string>().Where(written => written.Length > 0)],
            lifecycles);
    }

    /// <summary>The context that a request to write means: subjects without one are in it.</summary>
    public static Outcome<string> ContextOf(RegistryExchange exchange)
    {
        if (exchange.Target.Context("context") is not { Length: > 0 } written) return QualifiedSubject.DefaultContext;
        return QualifiedSubject.ContextOf(written) is { } context
            ? context
            : RegistryFault.BadRequest($"'{written}' is not the name of a context: it has a colon within");
    }

    /// <summary>Ties and unties as the request says; on a dry run only tells what would stand in the way.</summary>
    /// <exception cref="SchemaTopicException">The cluster does not answer.</exception>
    public static async ValueTask<Outcome<(AssociationRequest Request, IReadOnlyList<MadeAssociation> Made)>> ApplyAsync(
        RegistryService service, RegistryExchange exchange, AssociationRequest request, string context)
    {
        var isTrial = exchange.Flag("dryRun");
        var bound = await service.AssociatedTopics.BindAsync(request, isTrial, exchange.Aborted).ConfigureAwait(false);
        if (bound.Fault is { } unbound) return unbound;
        var (nowMs, deliberation) = (service.NowMs, service.Deliberate());
        if (isTrial)
        {
            var tried = service.Associating.Decide(service.Image, bound.Value, context, nowMs, deliberation);
            return tried.Fault is { } hindrance ? hindrance : (request, []);
        }
        var outcome = await service.WriteAsync(
            image => service.Associating.Decide(image, bound.Value, context, nowMs, deliberation), exchange.Aborted, deliberation).ConfigureAwait(false);
        return outcome.Fault is { } fault ? fault : (bound.Value, outcome.Value);
    }

    private ValueTask<Outcome<Reply>> OfSubjectAsync(RegistryExchange exchange) =>
        List(exchange, service.Image.Associations.OfSubject(exchange.Subject(2).ToString()));

    private ValueTask<Outcome<Reply>> OfResourceAsync(RegistryExchange exchange) =>
        List(exchange, service.Image.Associations.OfResource(exchange.Segment(2), exchange.Segment(3)));

    private ValueTask<Outcome<Reply>> OfResourceIdAsync(RegistryExchange exchange) =>
        List(exchange, service.Image.Associations.OfResourceId(exchange.Segment(2)));

    private ValueTask<Outcome<Reply>> List(RegistryExchange exchange, IEnumerable<Association> associations)
    {
        var filter = FilterOf(exchange);
        if (filter.Fault is { } fault) return new(fault);
        return new(Reply.List(exchange.Page(associations.Where(filter.Value.Matches), service.Options.SchemaPages), AssociationReplies.One));
    }

    private async ValueTask<Outcome<Reply>> WriteAsync(RegistryExchange exchange, AssociationOperation operation, string? resourceId)
    {
        var body = await exchange.BodyAsync().ConfigureAwait(false);
        if (body.Fault is { } unread) return unread;
        var context = ContextOf(exchange);
        if (context.Fault is { } unknown) return unknown;
        var read = AssociationRequest.Read(body.Value, operation);
        if (read.Fault is { } invalid) return invalid;
        var request = read.Value;
        if (resourceId is not null)
        {
            if (request.ResourceId.Length > 0 && request.ResourceId != resourceId)
                return RegistryFault.InvalidAssociation("resourceId", $"of the body is not '{resourceId}', which is in the path");
            request = request with { ResourceId = resourceId };
        }
        try
        {
            var outcome = await ApplyAsync(service, exchange, request, context.Value).ConfigureAwait(false);
            if (outcome.Fault is { } fault) return fault;
            var (applied, made) = outcome.Value;
            return Reply.Pieces(output => AssociationReplies.Resource(output, applied.ResourceName, applied.ResourceNamespace, applied.ResourceId, made));
        }
        catch (SchemaTopicException fault)
        {
            return RegistryFault.StoreFailed(fault.Message);
        }
    }

    private async ValueTask<Outcome<Reply>> DeleteAsync(RegistryExchange exchange)
    {
        var filter = FilterOf(exchange);
        if (filter.Fault is { } invalid) return invalid;
        // Which to delete goes by their types, not by how firm they are.
        var (id, meant, cascades) = (exchange.Segment(2), filter.Value with { Lifecycles = [] }, exchange.Flag("cascadeLifecycle"));
        if (exchange.Flag("dryRun"))
            return Dissociating.Decide(service.Image, id, meant, cascades).Fault is { } hindrance ? hindrance : Reply.NoContent;
        var outcome = await service.WriteAsync(image => Dissociating.Decide(image, id, meant, cascades), exchange.Aborted).ConfigureAwait(false);
        return outcome.Fault is { } fault ? fault : Reply.NoContent;
    }
}

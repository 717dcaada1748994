using System.Globalization;
using Gateway.SchemaRegistry.Model;
using Gateway.SchemaRegistry.State;

namespace Gateway.SchemaRegistry.Http;

/// <summary>Schemas by id and GUID, and the list of all.</summary>
internal sealed class SchemaRoutes(RegistryService service)
{
    /// <summary>Operation id of the route for one schema by its id.</summary>
    public const string ById = "getSchemaById";

    public IReadOnlyList<RegistryRoute> All =>
    [
        new("GET", "/schemas", "listSchemas", ListAsync),
        new("GET", "/schemas/types", "listSchemaTypes", _ => new(Reply.Texts(service.Schemas.Languages.Supported))) { NeedsNoState = true },
        new("GET", "/schemas/ids/{id}", ById, ByIdAsync),
        new("GET", "/schemas/ids/{id}/schema", "getSchemaTextById", TextByIdAsync),
        new("GET", "/schemas/ids/{id}/subjects", "listSubjectsOfId", SubjectsAsync),
        new("GET", "/schemas/ids/{id}/versions", "listVersionsOfId", VersionsAsync),
        new("GET", "/schemas/guids/{guid}", "getSchemaByGuid", ByGuidAsync),
        new("GET", "/schemas/guids/{guid}/ids", "listIdsOfGuid", IdsOfGuidAsync),
    ];

    private ValueTask<Outcome<Reply>> ListAsync(RegistryExchange exchange)
    {
        var listing = SchemaListing.Of(exchange, service.Image);
        if (listing.Fault is { } fault) return new(fault);
        return new(Reply.List(exchange.Page(listing.Value, service.Options.SchemaPages), SchemaReplies.Listed));
    }

    private ValueTask<Outcome<Reply>> ByIdAsync(RegistryExchange exchange)
    {
        var image = service.Image;
        var found = Find(exchange, image, out var id);
        if (found.Fault is { } fault) return new(fault);
        var version = UserOf(exchange, image, found.Value);
        int? maxId = exchange.Flag("fetchMaxId") ? image.HighestIds.GetValueOrDefault(id.Context) : null;
        var view = SchemaView.Of(service, exchange, image, id.Context, found.Value.Content);
        return new(Reply.Json(output => SchemaReplies.Content(output, found.Value.Content, view, version, maxId)));
    }

    private ValueTask<Outcome<Reply>> TextByIdAsync(RegistryExchange exchange)
    {
        var image = service.Image;
        var found = Find(exchange, image, out var id);
        if (found.Fault is { } fault) return new(fault);
        return new(Reply.Text(SchemaView.Of(service, exchange, image, id.Context, found.Value.Content).Text));
    }

    private ValueTask<Outcome<Reply>> SubjectsAsync(RegistryExchange exchange)
    {
        var users = Users(exchange);
        return new(users.Fault is { } fault ? fault : Reply.Texts(exchange.Page(users.Value.Select(user => user.Subject).Distinct(), service.Options.OtherPages)));
    }

    private ValueTask<Outcome<Reply>> VersionsAsync(RegistryExchange exchange)
    {
        var users = Users(exchange);
        if (users.Fault is { } fault) return new(fault);
        return new(Reply.List(exchange.Page(users.Value, service.Options.OtherPages), static (output, user) =>
        {
            output.WriteStartObject();
            output.WriteString("subject", user.Subject);
            output.WriteNumber("version", user.Version);
            output.WriteEndObject();
        }));
    }

    private ValueTask<Outcome<Reply>> ByGuidAsync(RegistryExchange exchange)
    {
        var image = service.Image;
        var ids = IdsOf(exchange, image);
        if (ids.Count == 0) return new(RegistryFault.SchemaNotFound(exchange.Segment(2)));
        var content = image.Ids[ids[0]].Content;
        var view = SchemaView.Of(service, exchange, image, ids[0].Context, content);
        return new(Reply.Json(output => SchemaReplies.Content(output, content, view, null, null)));
    }

    private ValueTask<Outcome<Reply>> IdsOfGuidAsync(RegistryExchange exchange)
    {
        var ids = IdsOf(exchange, service.Image);
        if (ids.Count == 0) return new(RegistryFault.SchemaNotFound(exchange.Segment(2)));
        return new(Reply.List(ids, static (output, id) =>
        {
            output.WriteStartObject();
            output.WriteString("context", id.Context);
            output.WriteNumber("id", id.Id);
            output.WriteEndObject();
        }));
    }

    private static List<ContextId> IdsOf(RegistryExchange exchange, RegistryImage image) =>
        Guid.TryParse(exchange.Segment(2), out var guid) ? [.. image.IdsOf(guid)] : [];

    /// <summary>The entry of an id, in the context of the subject given, or in whichever context that subject is found.</summary>
    private static Outcome<IdEntry> Find(RegistryExchange exchange, RegistryImage image, out ContextId id)
    {
        var written = exchange.Segment(2);
        id = new ContextId(SubjectOf(exchange, image)?.Context ?? QualifiedSubject.DefaultContext, 0);
        if (!int.TryParse(written, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
            return new RegistryFault(404, "HTTP 404 Not Found");
        id = id with { Id = number };
        return image.Ids.TryGetValue(id, out var entry) ? entry : RegistryFault.SchemaNotFound(written);
    }

    /// <summary>The subject the query names, perhaps only by its context; null when it names none.</summary>
    private static QualifiedSubject? SubjectOf(RegistryExchange exchange, RegistryImage image)
    {
        if (exchange.Target.Subject("subject") is not { Length: > 0 } written) return null;
        var subject = QualifiedSubject.Parse(written);
        return subject.Name.Length == 0 ? subject : image.Locate(image.Aliased(subject));
    }

    private static SchemaVersion? UserOf(RegistryExchange exchange, RegistryImage image, IdEntry entry)
    {
        if (SubjectOf(exchange, image) is not { Name.Length: > 0 } subject) return null;
        var user = entry.Users.LastOrDefault(user => user.Subject == subject.ToString());
        return user.Subject is null ? null : image.Find(user.Subject, user.Version);
    }

    private Outcome<IEnumerable<SchemaVersion>> Users(RegistryExchange exchange)
    {
        var image = service.Image;
        var found = Find(exchange, image, out _);
        if (found.Fault is { } fault) return fault;
        var deletedToo = exchange.Flag("deleted");
        var subject = SubjectOf(exchange, image) is { Name.Length: > 0 } one ? one.ToString() : null;
        return Outcome.Of(found.Value.Users
            .Select(user => image.Find(user.Subject, user.Version))
            .OfType<SchemaVersion>()
            .Where(version => (deletedToo || !version.Deleted) && (subject is null || version.Subject == subject)));
    }
}

using Gateway.SchemaRegistry.Decisions;
using Gateway.SchemaRegistry.Model;
using Gateway.SchemaRegistry.State;

namespace Gateway.SchemaRegistry.Http;

/// <summary>Subjects and their versions.</summary>
internal sealed class SubjectRoutes(RegistryService service)
{
    public IReadOnlyList<RegistryRoute> All =>
    [
        new("GET", "/subjects", "listSubjects", ListAsync),
        new("POST", "/subjects/{subject}", "lookUpSchema", LookUpAsync),
        new("DELETE", "/subjects/{subject}", "deleteSubject", DeleteSubjectAsync),
        new("GET", "/subjects/{subject}/metadata", "getLatestWithMetadata", LatestWithMetadataAsync),
        new("GET", "/subjects/{subject}/versions", "listVersions", ListVersionsAsync),
        new("POST", "/subjects/{subject}/versions", "registerSchema", RegisterAsync),
        new("GET", "/subjects/{subject}/versions/{version}", "getVersion", VersionAsync),
        new("GET", "/subjects/{subject}/versions/{version}/schema", "getVersionText", VersionTextAsync),
        new("GET", "/subjects/{subject}/versions/{version}/referencedby", "listReferrers", ReferencedByAsync),
        new("DELETE", "/subjects/{subject}/versions/{version}", "deleteVersion", DeleteVersionAsync),
        new("POST", "/subjects/{subject}/versions/{version}/tags", "tagVersion", TagAsync),
    ];

    private ValueTask<Outcome<Reply>> ListAsync(RegistryExchange exchange)
    {
        var prefix = exchange.Target.Subject("subjectPrefix", "subject") ?? ":*:";
        var subjects = service.Image.Subjects
            .Where(entry => StartsWith(entry.Key, prefix) && ShowsSubject(exchange, entry.Value))
            .Select(entry => entry.Key);
        return new(Reply.Texts(exchange.Page(subjects, service.Options.OtherPages)));
    }

    private async ValueTask<Outcome<Reply>> LookUpAsync(RegistryExchange exchange)
    {
        var body = await exchange.SchemaBodyAsync().ConfigureAwait(false);
        if (body.Fault is { } unread) return unread;
        var image = service.Image;
        var subject = image.Locate(Aliased(exchange));
        var deletedToo = exchange.Flag("deleted");
        if (!(deletedToo ? image.VersionsOf(subject.ToString()).Length > 0 : image.HasLive(subject.ToString())))
            return RegistryFault.SubjectNotFound(exchange.Segment(1));
        var request = RegisterRequest.Read(body.Value);
        var normalizes = exchange.Flag("normalize") || (image.SettingOf(subject, config => config.Normalize) ?? service.Options.Normalize);
        var deliberation = service.Deliberate();
        var candidate = service.Matching.Prepare(image, subject, request, strict: false, normalizes, deliberation);
        if (candidate.Fault is { } invalid) return invalid;
        var found = service.Matching.FindUnder(image, subject, candidate.Value, deletedToo, isLookup: true, deliberation);
        if (deliberation.IsSpent) return RegistryFault.TooCostly(service.Options.MaxRequestSteps);
        return found is null ? RegistryFault.SchemaNotFound() : VersionReply(exchange, image, found);
    }

    private async ValueTask<Outcome<Reply>> DeleteSubjectAsync(RegistryExchange exchange)
    {
        var subject = Aliased(exchange);
        var permanent = exchange.Flag("permanent");
        var outcome = await service.WriteAsync(
            image => Deletion.DecideSubject(image, subject, permanent), exchange.Aborted).ConfigureAwait(false);
        return outcome.Fault is { } fault ? fault : Reply.Numbers(outcome.Value);
    }

    private ValueTask<Outcome<Reply>> LatestWithMetadataAsync(RegistryExchange exchange)
    {
        var image = service.Image;
        var subject = image.Locate(Aliased(exchange)).ToString();
        var (keys, values) = (exchange.Target.Queries("key"), exchange.Target.Queries("value"));
        if (keys.Count != values.Count) return new(RegistryFault.Unprocessable("Each key needs a value"));
        var deletedToo = exchange.Flag("deleted");
        if (image.VersionsOf(subject).Length == 0) return new(RegistryFault.SubjectNotFound(exchange.Segment(1)));
        var found = image.VersionsOf(subject).LastOrDefault(version =>
            (deletedToo || !version.Deleted)
            && keys.Zip(values).All(pair => version.Content.Metadata?.Properties.GetValueOrDefault(pair.First ?? "") == pair.Second));
        return new(found is null ? RegistryFault.SchemaNotFound() : VersionReply(exchange, image, found));
    }

    private ValueTask<Outcome<Reply>> ListVersionsAsync(RegistryExchange exchange)
    {
        var image = service.Image;
        var versions = image.VersionsOf(image.Locate(Aliased(exchange)).ToString());
        var asNegative = exchange.Flag("deletedAsNegative");
        var (deletedOnly, deletedToo) = (exchange.Flag("deletedOnly"), asNegative || exchange.Flag("deleted"));
        var shown = versions
            .Where(version => deletedOnly ? version.Deleted : !version.Deleted || deletedToo)
            .Select(version => version.Deleted && asNegative ? -version.Version : version.Version);
        return new(shown.Any() ? Reply.Numbers(exchange.Page(shown, service.Options.OtherPages)) : RegistryFault.SubjectNotFound(exchange.Segment(1)));
    }

    private async ValueTask<Outcome<Reply>> RegisterAsync(RegistryExchange exchange)
    {
        var body = await exchange.SchemaBodyAsync().ConfigureAwait(false);
        if (body.Fault is { } unread) return unread;
        var request = RegisterRequest.Read(body.Value) with { Normalize = exchange.Flag("normalize"), Force = exchange.Flag("force") };
        var outcome = await service.RegisterAsync(Aliased(exchange), request, exchange.Aborted).ConfigureAwait(false);
        if (outcome.Fault is { } fault) return fault;
        var view = ViewOf(exchange, service.Image, outcome.Value);
        return Reply.Json(output => SchemaReplies.Registered(output, outcome.Value, view));
    }

    /// <summary>Registers a version again as a new one, with other tags, metadata or rules.</summary>
    private async ValueTask<Outcome<Reply>> TagAsync(RegistryExchange exchange)
    {
        var body = await exchange.BodyAsync().ConfigureAwait(false);
        if (body.Fault is { } unread) return unread;
        if (Retagging.Refusal(body.Value) is { } refusal) return refusal;
        var found = Find(exchange, service.Image);
        if (found.Fault is { } notFound) return notFound;
        var request = Retagging.Of(body.Value, found.Value.Content);
        var outcome = await service.RegisterAsync(QualifiedSubject.Parse(found.Value.Subject), request, exchange.Aborted).ConfigureAwait(false);
        if (outcome.Fault is { } fault) return fault;
        var view = ViewOf(exchange, service.Image, outcome.Value);
        return Reply.Json(output => SchemaReplies.Registered(output, outcome.Value, view));
    }

    private ValueTask<Outcome<Reply>> VersionAsync(RegistryExchange exchange)
    {
        var image = service.Image;
        var found = Find(exchange, image);
        return new(found.Fault is { } fault ? fault : VersionReply(exchange, image, found.Value));
    }

    private ValueTask<Outcome<Reply>> VersionTextAsync(RegistryExchange exchange)
    {
        var image = service.Image;
        var found = Find(exchange, image);
        return new(found.Fault is { } fault ? fault : Reply.Text(ViewOf(exchange, image, found.Value).Text));
    }

    private ValueTask<Outcome<Reply>> ReferencedByAsync(RegistryExchange exchange)
    {
        var image = service.Image;
        var found = Find(exchange, image, deletedToo: true);
        if (found.Fault is { } fault) return new(fault);
        var deletedToo = exchange.Flag("deleted");
        var ids = image.ReferrersOf(found.Value.Subject, found.Value.Version)
            .Where(referrer => deletedToo || !referrer.Deleted)
            .Select(referrer => referrer.Id).Distinct().Order();
        return new(Reply.Numbers(exchange.Page(ids, service.Options.OtherPages)));
    }

    private async ValueTask<Outcome<Reply>> DeleteVersionAsync(RegistryExchange exchange)
    {
        var subject = Aliased(exchange);
        var (version, permanent) = (exchange.Segment(3), exchange.Flag("permanent"));
        var outcome = await service.WriteAsync(
            image => Deletion.DecideVersion(image, subject, version, permanent), exchange.Aborted).ConfigureAwait(false);
        return outcome.Fault is { } fault ? fault : Reply.Json(output => output.WriteNumberValue(outcome.Value));
    }

    /// <summary>The subject of the path, or the one its config names in its place.</summary>
    private QualifiedSubject Aliased(RegistryExchange exchange) => service.Image.Aliased(exchange.Subject(1));

    private Outcome<SchemaVersion> Find(RegistryExchange exchange, RegistryImage image, bool deletedToo = false)
    {
        var number = VersionNumber.Parse(exchange.Segment(3));
        if (number.Fault is { } invalid) return invalid;
        deletedToo |= exchange.Flag("deleted");
        var subject = image.Locate(Aliased(exchange)).ToString();
        var versions = image.VersionsOf(subject);
        if (!versions.Any(version => deletedToo || !version.Deleted)) return RegistryFault.SubjectNotFound(exchange.Segment(1));
        var found = number.Value.IsLatest
            ? versions.LastOrDefault(version => deletedToo || !version.Deleted)
            : image.Find(subject, number.Value.Number);
        return found is null || (found.Deleted && !deletedToo) ? RegistryFault.VersionNotFound(exchange.Segment(3)) : found;
    }

    private Reply VersionReply(RegistryExchange exchange, RegistryImage image, SchemaVersion version)
    {
        var view = ViewOf(exchange, image, version);
        return Reply.Json(output => SchemaReplies.Version(output, version, view));
    }

    private SchemaView ViewOf(RegistryExchange exchange, RegistryImage image, SchemaVersion version) =>
        SchemaView.Of(service, exchange, image, QualifiedSubject.Parse(version.Subject).Context, version.Content);

    private static bool ShowsSubject(RegistryExchange exchange, IReadOnlyCollection<SchemaVersion> versions)
    {
        var isLive = versions.Any(version => !version.Deleted);
        return exchange.Flag("deletedOnly") ? !isLive : isLive || exchange.Flag("deleted");
    }

    /// <summary>A prefix filters within its context; <c>:*:</c> before it stands for all contexts.</summary>
    public static bool StartsWith(string name, string prefix)
    {
        if (prefix.StartsWith(":*:", StringComparison.Ordinal))
            return QualifiedSubject.Parse(name).Name.StartsWith(prefix[3..], StringComparison.Ordinal);
        var (wanted, subject) = (QualifiedSubject.Parse(prefix), QualifiedSubject.Parse(name));
        return subject.Context == wanted.Context && subject.Name.StartsWith(wanted.Name, StringComparison.Ordinal);
    }
}

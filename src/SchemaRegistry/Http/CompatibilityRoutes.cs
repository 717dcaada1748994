using Gateway.Schemas.Compatibility;
using Gateway.SchemaRegistry.Decisions;
using Gateway.SchemaRegistry.Model;
using Gateway.SchemaRegistry.State;

namespace Gateway.SchemaRegistry.Http;

/// <summary>Asks whether a schema could be registered, without doing so.</summary>
internal sealed class CompatibilityRoutes(RegistryService service)
{
    public IReadOnlyList<RegistryRoute> All =>
    [
        new("POST", "/compatibility/subjects/{subject}/versions", "checkCompatibility", CheckAllAsync),
        new("POST", "/compatibility/subjects/{subject}/versions/{version}", "checkCompatibilityWithVersion", CheckOneAsync),
    ];

    private ValueTask<Outcome<Reply>> CheckAllAsync(RegistryExchange exchange) =>
        CheckAsync(exchange, (image, subject) => image.LiveVersionsOf(subject.ToString()).Reverse().ToList());

    private ValueTask<Outcome<Reply>> CheckOneAsync(RegistryExchange exchange) => CheckAsync(exchange, (image, subject) =>
    {
        var written = exchange.Segment(4);
        var number = VersionNumber.Parse(written);
        if (number.Fault is { } invalid) return invalid;
        var name = subject.ToString();
        var version = number.Value.IsLatest ? image.Latest(name) : image.Find(name, number.Value.Number);
        // Nothing to compare with the latest of nothing; but a number that is not there is a mistake.
        if (version is null && number.Value.IsLatest) return new List<SchemaVersion>();
        if (version is null or { Deleted: true }) return RegistryFault.VersionNotFound(written);
        // Confluent's registry looks at that version only, whatever the level says; who asks for it gets what a registration would.
        var level = image.LevelOf(subject, service.Options.DefaultCompatibility);
        return exchange.Flag("transitive") && CompatibilityLevels.IsTransitive(level)
            ? image.LiveVersionsOf(name).Reverse().ToList()
            : new List<SchemaVersion> { version };
    });

    private async ValueTask<Outcome<Reply>> CheckAsync(
        RegistryExchange exchange, Func<RegistryImage, QualifiedSubject, Outcome<List<SchemaVersion>>> select)
    {
        var body = await exchange.SchemaBodyAsync().ConfigureAwait(false);
        if (body.Fault is { } unread) return unread;
        var image = service.Image;
        var subject = image.Locate(image.Aliased(exchange.Subject(2)));
        var verbose = exchange.Flag("verbose");
        var earlier = select(image, subject);
        if (earlier.Fault is { } notFound) return notFound;
        var normalizes = exchange.Flag("normalize") || (image.SettingOf(subject, config => config.Normalize) ?? service.Options.Normalize);
        var request = RegisterRequest.Read(body.Value);
        var deliberation = service.Deliberate();
        var candidate = service.Matching.Prepare(image, subject, request, strict: true, normalizes, deliberation);
        if (candidate.Fault is { } invalid) return verbose && invalid.Code == 42201 ? Verdict(false, [invalid.Message], verbose) : invalid;
        var messages = service.Compatibility.Check(image, subject, candidate.Value.Schema, request.Metadata, earlier.Value, deliberation);
        if (deliberation.IsSpent) return RegistryFault.TooCostly(service.Options.MaxRequestSteps);
        return Verdict(messages.Count == 0, messages, verbose);
    }

    private static Reply Verdict(bool isCompatible, IReadOnlyList<string> messages, bool verbose) => Reply.Object(output =>
    {
        output.WriteBoolean("is_compatible", isCompatible);
        if (verbose && messages.Count > 0) JsonBody.WriteTexts(output, "messages", messages);
    });
}

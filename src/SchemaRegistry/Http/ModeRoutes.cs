using Gateway.SchemaRegistry.Decisions;
using Gateway.SchemaRegistry.Model;
using Gateway.SchemaRegistry.State;

namespace Gateway.SchemaRegistry.Http;

/// <summary>Modes, of a subject, a context or the whole registry.</summary>
internal sealed class ModeRoutes(RegistryService service)
{
    private static readonly QualifiedSubject Registry = new(QualifiedSubject.DefaultContext, "");

    public IReadOnlyList<RegistryRoute> All =>
    [
        new("GET", "/mode", "getMode", _ => new(Answer(service.Image.ModeOf(Registry)))),
        new("PUT", "/mode", "setMode", exchange => SetAsync(exchange, Registry)),
        new("DELETE", "/mode", "deleteMode", exchange => DeleteAsync(exchange, Registry)),
        new("GET", "/mode/{subject}", "getSubjectMode", GetAsync),
        new("PUT", "/mode/{subject}", "setSubjectMode", exchange => SetAsync(exchange, exchange.Subject(1))),
        new("DELETE", "/mode/{subject}", "deleteSubjectMode", exchange => DeleteAsync(exchange, exchange.Subject(1))),
    ];

    private ValueTask<Outcome<Reply>> GetAsync(RegistryExchange exchange)
    {
        var scope = exchange.Subject(1);
        if (service.Image.Modes.TryGetValue(Settings.KeyOf(scope) ?? RegistryImage.Global, out var mode)) return new(Answer(mode));
        return new(exchange.Flag("defaultToGlobal") ? Answer(service.Image.ModeOf(scope)) : RegistryFault.NoSubjectMode(exchange.Segment(1)));
    }

    private async ValueTask<Outcome<Reply>> SetAsync(RegistryExchange exchange, QualifiedSubject scope)
    {
        var body = await exchange.BodyAsync().ConfigureAwait(false);
        if (body.Fault is { } unread) return unread;
        var force = exchange.Flag("force");
        var outcome = await service.WriteAsync(
            image => service.Settings.DecideMode(image, scope, body.Value, force), exchange.Aborted).ConfigureAwait(false);
        if (outcome.Fault is { } fault) return fault;
        return outcome.Value is { } mode ? Answer(mode) : Reply.Object(_ => { });
    }

    private async ValueTask<Outcome<Reply>> DeleteAsync(RegistryExchange exchange, QualifiedSubject scope)
    {
        var recursive = exchange.Flag("recursive");
        var outcome = await service.WriteAsync(
            image => service.Settings.DecideModeRemoval(image, scope, recursive), exchange.Aborted).ConfigureAwait(false);
        return outcome.Fault is { } fault ? fault : Answer(outcome.Value);
    }

    private static Reply Answer(RegistryMode mode) => Reply.Object(output => output.WriteString("mode", RegistryModes.NameOf(mode)));
}

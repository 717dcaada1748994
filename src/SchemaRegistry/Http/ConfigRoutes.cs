using Gateway.SchemaRegistry.Decisions;
using Gateway.SchemaRegistry.Model;
using Gateway.SchemaRegistry.State;
using Gateway.SchemaRegistry.Topic;

namespace Gateway.SchemaRegistry.Http;

/// <summary>Compatibility levels and the other settings, of a subject, a context or the whole registry.</summary>
internal sealed class ConfigRoutes(RegistryService service)
{
    private static readonly QualifiedSubject Registry = new(QualifiedSubject.DefaultContext, "");

    public IReadOnlyList<RegistryRoute> All =>
    [
        new("GET", "/config", "getConfig", _ => new(Answer(Effective(Registry)))),
        new("PUT", "/config", "setConfig", exchange => SetAsync(exchange, Registry)),
        new("DELETE", "/config", "deleteConfig", exchange => DeleteAsync(exchange, Registry)),
        new("GET", "/config/{subject}", "getSubjectConfig", GetAsync),
        new("PUT", "/config/{subject}", "setSubjectConfig", exchange => SetAsync(exchange, exchange.Subject(1))),
        new("DELETE", "/config/{subject}", "deleteSubjectConfig", exchange => DeleteAsync(exchange, exchange.Subject(1))),
    ];

    private ValueTask<Outcome<Reply>> GetAsync(RegistryExchange exchange)
    {
        var scope = exchange.Subject(1);
        if (service.Image.Configs.TryGetValue(Settings.KeyOf(scope) ?? RegistryImage.Global, out var config)) return new(Answer(config));
        return new(exchange.Flag("defaultToGlobal") ? Answer(Effective(scope)) : RegistryFault.NoSubjectConfig(exchange.Segment(1)));
    }

    private async ValueTask<Outcome<Reply>> SetAsync(RegistryExchange exchange, QualifiedSubject scope)
    {
        var body = await exchange.BodyAsync().ConfigureAwait(false);
        if (body.Fault is { } unread) return unread;
        var outcome = await service.WriteAsync(
            image => service.Settings.DecideConfig(image, scope, body.Value), exchange.Aborted).ConfigureAwait(false);
        return outcome.Fault is { } fault
            ? fault
            : Reply.Object(output => RecordValues.WriteConfig(output, outcome.Value, "compatibility"));
    }

    private async ValueTask<Outcome<Reply>> DeleteAsync(RegistryExchange exchange, QualifiedSubject scope)
    {
        var byDefault = service.Options.DefaultCompatibility;
        var outcome = await service.WriteAsync(
            image => Settings.DecideConfigRemoval(image, scope, byDefault), exchange.Aborted).ConfigureAwait(false);
        return outcome.Fault is { } fault ? fault : Answer(outcome.Value);
    }

    private SubjectConfig Effective(QualifiedSubject scope)
    {
        var config = service.Image.ConfigOf(scope) ?? new SubjectConfig();
        return config.Level is null ? config with { Level = service.Options.DefaultCompatibility } : config;
    }

    private static Reply Answer(SubjectConfig config) =>
        Reply.Object(output => RecordValues.WriteConfig(output, config, "compatibilityLevel"));
}

using System.Reflection;
using Gateway.SchemaRegistry.Decisions;
using Gateway.SchemaRegistry.Model;

namespace Gateway.SchemaRegistry.Http;

/// <summary>The server itself: health, identity, contexts.</summary>
internal sealed class ServerRoutes(RegistryService service)
{
    private static readonly string Version = typeof(ServerRoutes).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0";

    public IReadOnlyList<RegistryRoute> All =>
    [
        new("GET", "/", "getRoot", _ => new(Reply.Object(static _ => { }))) { NeedsNoState = true },
        new("GET", "/contexts", "listContexts", exchange => new(Reply.Texts(exchange.Page(Contexts(exchange), service.Options.OtherPages)))),
        new("DELETE", "/contexts/{context}", "deleteContext", DeleteContextAsync),
        new("GET", "/v1/metadata/id", "getClusterId", ClusterIdAsync) { NeedsNoState = true },
        new("GET", "/v1/metadata/version", "getServerVersion", _ => new(ServerVersion())) { NeedsNoState = true },
        new("GET", "/v1/metadata/deployment", "getDeployment", _ => new(Deployment())) { NeedsNoState = true },
        new("GET", "/master_available", "getMasterAvailable", _ => new(Reply.Object(static output => output.WriteBoolean("master_available", true)))),
        new("GET", "/_health", "getHealth", _ => new(Reply.Object(static output => output.WriteBoolean("schema_registry_ready", true)))),
        new("GET", "/status/live", "getLiveness", _ => new(Reply.Object(static _ => { }))) { NeedsNoState = true },
        new("GET", "/status/ready", "getReadiness", _ => new(Reply.Object(static _ => { }))),
    ];

    private IEnumerable<string> Contexts(RegistryExchange exchange)
    {
        var prefix = exchange.Query("contextPrefix") ?? "";
        return service.Image.Contexts.Where(context => context.StartsWith(prefix, StringComparison.Ordinal));
    }

    private async ValueTask<Outcome<Reply>> DeleteContextAsync(RegistryExchange exchange)
    {
        if (QualifiedSubject.ContextOf(exchange.Segment(1)) is not { } context)
            return RegistryFault.BadRequest($"'{exchange.Segment(1)}' is not the name of a context: it has a colon within");
        var outcome = await service.WriteAsync(image => Deletion.DecideContext(image, context), exchange.Aborted).ConfigureAwait(false);
        return outcome.Fault is { } fault ? fault : Reply.NoContent;
    }

    private async ValueTask<Outcome<Reply>> ClusterIdAsync(RegistryExchange exchange)
    {
        var id = await service.ClusterIdAsync(exchange.Aborted).ConfigureAwait(false);
        return id.Fault is { } fault ? fault : ClusterId(id.Value);
    }

    private static Reply ClusterId(string kafkaCluster) => Reply.Object(output =>
    {
        output.WriteStartObject("scope");
        output.WriteStartArray("path");
        output.WriteEndArray();
        output.WriteStartObject("clusters");
        output.WriteString("kafka-cluster", kafkaCluster);
        output.WriteString("schema-registry-cluster", "schema-registry");
        output.WriteEndObject();
        output.WriteEndObject();
    });

    private static Reply Deployment() => Reply.Object(static output =>
    {
        output.WriteStartArray("attributes");
        output.WriteEndArray();
    });

    private static Reply ServerVersion() => Reply.Object(output =>
    {
        var parts = Version.Split('+');
        output.WriteString("version", parts[0]);
        output.WriteString("commitId", parts.Length > 1 ? parts[1] : "");
    });
}

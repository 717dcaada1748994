using Gateway.Admin;
using Gateway.Http;
using Gateway.Metrics;
using Gateway.Settings;
using Microsoft.Extensions.Logging;

namespace Gateway.Hosting;

/// <summary>
/// A running node: opens the rooms in order and closes them in reverse. The admin door opens first and closes last, so that health
/// checks see a start or a stop that takes long.
/// </summary>
public sealed class GatewayHost : IAsyncDisposable
{
    private const string BrokerCheck = "broker", RegistryCheck = "schema-registry", ProxyCheck = "http-proxy";

    private readonly GatewaySettings _settings;
    private readonly ILoggerFactory _loggers;
    private readonly Stack<IAsyncDisposable> _open = new();
    private readonly Readiness _readiness = new(BrokerCheck, RegistryCheck, ProxyCheck);
    private readonly TaskCompletionSource<Exception> _failed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private DoorAddresses? _addresses;
    private AdminOrigins? _origins;

    private GatewayHost(GatewaySettings settings, ILoggerFactory loggers)
    {
        _settings = settings;
        _loggers = loggers;
    }

    /// <summary>Where the doors listen.</summary>
    public DoorAddresses Addresses => _addresses!;

    /// <summary>Completes if the node cannot go on.</summary>
    public Task<Exception> Failed => _failed.Task;

    /// <summary>Starts a node; when the task completes, every door answers.</summary>
    /// <exception cref="StartupException">The operator has to change something first.</exception>
    public static async Task<GatewayHost> StartAsync(GatewaySettings settings, ILoggerFactory loggers, CancellationToken cancel)
    {
        var host = new GatewayHost(settings, loggers);
        try
        {
            await host.OpenAsync(cancel);
            return host;
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    private async Task OpenAsync(CancellationToken cancel)
    {
        HttpDoor admin = await OpenAdminAsync(cancel);
        _origins = new AdminOrigins(admin.Address, []);
        _addresses = null;
        throw new StartupException("this build has no broker yet");
    }

    private async Task<HttpDoor> OpenAdminAsync(CancellationToken cancel)
    {
        var collector = new MetricsCollector();
        var process = new ProcessMetrics();
        var documents = new ApiDocuments(() => _addresses, () => _origins);
        HttpDoor door = await HttpDoor.OpenAsync(SettingCatalog.AdminAddress, _settings.AdminAddress, 1024 * 1024, _loggers, app =>
        {
            RequestMetrics.Use(app, "admin");
            SwaggerPages.Use(app);
            AdminEndpoints.Map(app, _readiness, collector, documents);
        }, cancel);
        _open.Push(door);
        return door;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _readiness.Stopping();
        while (_open.TryPop(out IAsyncDisposable? room)) await room.DisposeAsync();
    }
}

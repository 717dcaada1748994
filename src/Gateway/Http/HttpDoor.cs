using System.Net;
using System.Net.Sockets;
using System.Text;
using Gateway.Common.Ids;
using Gateway.Hosting;
using Gateway.Settings;
using Gateway.Shards.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Gateway.Http;

/// <summary>One HTTP address with its own Kestrel and its own routes; nothing of one door is reachable through another.</summary>
public sealed class HttpDoor : IAsyncDisposable
{
    private readonly WebApplication app;

    private HttpDoor(WebApplication app, HostAndPort address)
    {
        this.app = app;
        Address = address;
    }

    /// <summary>Where the door listens.</summary>
    public HostAndPort Address { get; }

    /// <summary>The routes it serves.</summary>
    public IEnumerable<RouteEndpoint> Routes => ((IEndpointRouteBuilder)app).DataSources.SelectMany(s => s.Endpoints).OfType<RouteEndpoint>();

    /// <summary>Opens the door.</summary>
    /// <param name="setting">The setting that names the address, for complaints.</param>
    /// <param name="address">Where to listen.</param>
    /// <param name="maxRequestBytes">Largest request body; null leaves the bound to the endpoints.</param>
    /// <param name="loggers">Where the server logs.</param>
    /// <param name="configure">Adds middleware and routes.</param>
    /// <param name="connect">Adds to what its connections pass through; null for nothing.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="StartupException">The address cannot be bound.</exception>
    public static async Task<HttpDoor> OpenAsync(
        SettingDefinition setting, HostAndPort address, long? maxRequestBytes, ILoggerFactory loggers, Action<WebApplication> configure,
        Action<IConnectionBuilder>? connect, CancellationToken cancel)
    {
        IPAddress ip = await ListenAddress.ResolveAsync(setting, address, cancel);
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton(loggers);
        builder.Services.AddLogging();
        builder.Services.AddRouting();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(options =>
        {
            options.AddServerHeader = false;
            // Any bytes: a header that is no UTF-8 would be refused without a word of ours, also where nobody reads it.
            options.RequestHeaderEncodingSelector = static _ => Encoding.Latin1;
            options.Limits.MaxRequestBodySize = maxRequestBytes;
            options.Limits.MaxConcurrentConnections = options.Limits.MaxConcurrentUpgradedConnections = DescriptorShares.OfThisProcess().HttpConnections;
            options.Listen(ip, address.Port, listen =>
            {
                ReadThreshold.Use(listen);
                connect?.Invoke(listen);
            });
        });
        ReceiveBlocks.Use(builder.Services);
        // A request goes on where its bytes were received, and its answer is sent where it was made: a thread woken for each step would cost
        // more than the request. Nothing here blocks.
        builder.Services.Configure<SocketTransportOptions>(static options => options.UnsafePreferInlineScheduling = true);
        WebApplication app = builder.Build();
        try
        {
            configure(app);
            await app.StartAsync(cancel);
        }
        catch (IOException e) when (e.InnerException is AddressInUseException)
        {
            await app.DisposeAsync();
            throw new StartupException(ListenAddress.InUse(setting, address), e);
        }
        catch (SocketException e)
        {
            await app.DisposeAsync();
            throw new StartupException(ListenAddress.Unusable(setting, address, e.Message), e);
        }
        string bound = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        return new HttpDoor(app, address with { Port = new Uri(bound).Port });
    }

    /// <summary>Stops accepting, lets requests under way finish for a while, closes.</summary>
    public async ValueTask DisposeAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        await app.StopAsync(patience.Token);
        await app.DisposeAsync();
    }
}

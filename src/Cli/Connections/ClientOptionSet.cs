using System.CommandLine;
using Gateway.Cli.Output;
using Gateway.Cli.Registry;
using Gateway.Client;
using Gateway.Common.Errors;
using Gateway.Common.Ids;

namespace Gateway.Cli.Connections;

/// <summary>What every client command takes: <c>-X brokers=…</c>, <c>-X registry.hosts=…</c> and <c>--format</c>.</summary>
public sealed class ClientOptionSet
{
    private const string BrokersKey = "brokers", BrokersVariable = "GATEWAY_BROKERS", DefaultBroker = "127.0.0.1:9092";
    private const string RegistryKey = "registry.hosts", RegistryVariable = "GATEWAY_REGISTRY_HOSTS", DefaultRegistry = "127.0.0.1:8081";
    private const string FormatVariable = "GATEWAY_FORMAT";

    private readonly Option<string[]> _settings = new("-X", "--config-opt")
    {
        Description =
            $"Connection setting: {BrokersKey}=host:port,… (or {BrokersVariable}), default {DefaultBroker}; "
            + $"{RegistryKey}=host:port,… (or {RegistryVariable}), default {DefaultRegistry}",
        HelpName = "KEY=VALUE",
        Recursive = true,
        DefaultValueFactory = _ => [],
    };

    private readonly Option<string?> _format = new("--format")
    {
        Description = $"Output: text or json (or {FormatVariable}). Default: text",
        HelpName = "FORMAT",
        Recursive = true,
    };

    /// <summary>Adds the options to a command and all below it.</summary>
    public void AddTo(Command command)
    {
        command.Add(_settings);
        command.Add(_format);
    }

    /// <summary>The output format asked for.</summary>
    /// <exception cref="CommandException">There is no such format.</exception>
    public OutputFormat FormatOf(ParseResult parsed)
    {
        string? flag = parsed.GetValue(_format);
        string? variable = Environment.GetEnvironmentVariable(FormatVariable);
        string text = flag ?? (string.IsNullOrEmpty(variable) ? "text" : variable);
        return text switch
        {
            "text" => OutputFormat.Text,
            "json" => OutputFormat.Json,
            _ => throw new CommandException($"{(flag is null ? FormatVariable : "--format")}: there is no format '{text}'; use text or json"),
        };
    }

    /// <summary>The brokers to talk to.</summary>
    /// <exception cref="CommandException">A setting cannot be read.</exception>
    public IReadOnlyList<HostAndPort> BrokersOf(ParseResult parsed)
    {
        (string list, string origin) = SettingOf(parsed, BrokersKey, BrokersVariable, DefaultBroker);
        var brokers = new List<HostAndPort>();
        foreach (string part in list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            string address = part.Contains(':', StringComparison.Ordinal) ? part : part + ":9092";
            if (!HostAndPort.TryParse(address, out HostAndPort broker) || broker.Port == 0) throw new CommandException($"{origin}: '{part}' is not host:port");
            brokers.Add(broker);
        }
        return brokers.Count > 0 ? brokers : throw new CommandException($"{origin}: no broker given; use host:port,…");
    }

    /// <summary>A client of the schema registry, for keys and values of records. The caller disposes it.</summary>
    /// <exception cref="CommandException">A setting cannot be read.</exception>
    public RegistryClient RegistryOf(ParseResult parsed)
    {
        IReadOnlyList<Uri> hosts = RegistryHostsOf(parsed);
        return new RegistryClient(hosts, HandlerFor(hosts));
    }

    /// <summary>A connection to the schema registry itself. The caller disposes it.</summary>
    /// <exception cref="CommandException">A setting cannot be read.</exception>
    public RegistryConnection RegistryConnectionOf(ParseResult parsed)
    {
        IReadOnlyList<Uri> hosts = RegistryHostsOf(parsed);
        return new RegistryConnection(hosts, HandlerFor(hosts));
    }

    /// <summary>Addresses of the schema registry, at least one.</summary>
    /// <exception cref="CommandException">A setting cannot be read.</exception>
    public IReadOnlyList<Uri> RegistryHostsOf(ParseResult parsed)
    {
        (string list, string origin) = SettingOf(parsed, RegistryKey, RegistryVariable, DefaultRegistry);
        var hosts = new List<Uri>();
        foreach (string part in list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            string address = part.Contains("://", StringComparison.Ordinal) ? part : "http://" + (part.Contains(':', StringComparison.Ordinal) ? part : part + ":8081");
            if (!Uri.TryCreate(address, UriKind.Absolute, out Uri? host) || host.Scheme is not ("http" or "https"))
                throw new CommandException($"{origin}: '{part}' is not host:port");
            hosts.Add(host);
        }
        if (hosts.Count == 0) throw new CommandException($"{origin}: no address given; use host:port,…");
        return hosts;
    }

    // A proxy for the outside world knows nothing of this machine's own addresses.
    private static SocketsHttpHandler HandlerFor(IReadOnlyList<Uri> hosts) => new() { UseProxy = !hosts.All(static host => host.IsLoopback) };

    /// <summary>A connection setting: the option's last word, else the environment's, else the default; and where it came from.</summary>
    private (string Value, string Origin) SettingOf(ParseResult parsed, string key, string variable, string byDefault)
    {
        string? inEnvironment = Environment.GetEnvironmentVariable(variable);
        (string value, string origin) = string.IsNullOrEmpty(inEnvironment) ? (byDefault, "default") : (inEnvironment, variable);
        foreach (string setting in parsed.GetValue(_settings)!)
        {
            string[] parts = setting.Split('=', 2);
            if (parts.Length != 2 || parts[0] is not (BrokersKey or RegistryKey))
                throw new CommandException($"-X: there is no setting '{parts[0]}'; there are {BrokersKey}=host:port,… and {RegistryKey}=host:port,…");
            if (parts[0] == key) (value, origin) = (parts[1], $"-X {key}");
        }
        return (value, origin);
    }

    /// <summary>Runs an action with a client connected to the brokers.</summary>
    public async Task<int> WithClientAsync(ParseResult parsed, Func<KafkaClient, Task<int>> action)
    {
        IReadOnlyList<HostAndPort> brokers = BrokersOf(parsed);
        await using KafkaClient client = KafkaClient.OverTcp(brokers, new ClientOptions { ApiTimeout = TimeSpan.FromSeconds(5) }, "gateway-cli");
        try
        {
            return await action(client);
        }
        catch (Exception e) when (e is IOException or KafkaErrorException { Code: ErrorCode.NetworkException })
        {
            throw new CommandException($"{e.Message}; is it running? -X brokers=host:port chooses another broker", e);
        }
        catch (KafkaErrorException e)
        {
            throw new CommandException($"{KafkaErrorName.Of(e.Code)}: {e.Message}", e);
        }
        catch (NotSupportedException e)
        {
            throw new CommandException(e.Message, e);
        }
    }
}

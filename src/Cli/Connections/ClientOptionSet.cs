using System.CommandLine;
using Gateway.Cli.Output;
using Gateway.Client;
using Gateway.Common.Errors;
using Gateway.Common.Ids;

namespace Gateway.Cli.Connections;

/// <summary>What every client command takes: <c>-X brokers=…</c> and <c>--format</c>.</summary>
public sealed class ClientOptionSet
{
    private const string BrokersKey = "brokers", BrokersVariable = "GATEWAY_BROKERS", FormatVariable = "GATEWAY_FORMAT", DefaultBroker = "127.0.0.1:9092";

    private readonly Option<string[]> _settings = new("-X", "--config-opt")
    {
        Description = $"Connection setting; there is {BrokersKey}=host:port,… (or {BrokersVariable}). Default: {DefaultBroker}",
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
        string? variable = Environment.GetEnvironmentVariable(BrokersVariable);
        (string list, string origin) = string.IsNullOrEmpty(variable) ? (DefaultBroker, "default") : (variable, BrokersVariable);
        foreach (string setting in parsed.GetValue(_settings)!)
        {
            string[] parts = setting.Split('=', 2);
            if (parts is not [BrokersKey, var value]) throw new CommandException($"-X: there is no setting '{parts[0]}'; there is {BrokersKey}=host:port,…");
            (list, origin) = (value, "-X brokers");
        }
        var brokers = new List<HostAndPort>();
        foreach (string part in list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            string address = part.Contains(':', StringComparison.Ordinal) ? part : part + ":9092";
            if (!HostAndPort.TryParse(address, out HostAndPort broker) || broker.Port == 0) throw new CommandException($"{origin}: '{part}' is not host:port");
            brokers.Add(broker);
        }
        return brokers.Count > 0 ? brokers : throw new CommandException($"{origin}: no broker given; use host:port,…");
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

using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Gateway.Cli.Connections;
using Gateway.Cli.Output;

namespace Gateway.Cli.Registry.Commands;

/// <summary>What every command of <c>gateway registry</c> takes, and how it asks the registry.</summary>
internal sealed class RegistryOptionSet(ClientOptionSet options)
{
    private readonly Option<string?> _context = new("--schema-context")
    {
        Description = "The context meant; its subjects then stand without it. Default: the registry's default context.",
        HelpName = "CONTEXT",
        Recursive = true,
    };

    public void AddTo(Command command) => command.Add(_context);

    public OutputFormat FormatOf(ParseResult parsed) => options.FormatOf(parsed);

    /// <summary>Runs an action with a registry to ask, within the context given.</summary>
    public async Task<int> WithRegistryAsync(ParseResult parsed, Func<RegistryDoor, Task<int>> action)
    {
        using RegistryConnection connection = options.RegistryConnectionOf(parsed);
        return await action(new RegistryDoor(connection, parsed.GetValue(_context)));
    }
}

/// <summary>The registry's routes, seen from within one context.</summary>
internal sealed class RegistryDoor(RegistryConnection connection, string? context)
{
    private readonly string _own = string.IsNullOrEmpty(context) ? "" : $":.{context.Trim(':').TrimStart('.')}:";
    private readonly string _prefix = string.IsNullOrEmpty(context) ? "" : $"/contexts/{Uri.EscapeDataString(context)}";

    /// <summary>The same registry, seen from outside any context.</summary>
    public RegistryDoor Outside => new(connection, null);

    /// <summary>Sends a request within the context; any status comes back.</summary>
    public ValueTask<RegistryAnswer> SendAsync(HttpMethod method, string path, JsonNode? body, CancellationToken cancel) =>
        connection.SendAsync(method, _prefix + path, body, cancel);

    /// <summary>Sends a request that has to succeed.</summary>
    /// <exception cref="CommandException">It did not.</exception>
    public async ValueTask<JsonElement> AskAsync(HttpMethod method, string path, JsonNode? body, CancellationToken cancel)
    {
        RegistryAnswer answer = await SendAsync(method, path, body, cancel);
        return answer.Succeeded ? answer.Json : throw Refusal(answer);
    }

    public ValueTask<JsonElement> GetAsync(string path, CancellationToken cancel) => AskAsync(HttpMethod.Get, path, null, cancel);

    /// <summary>The registry's words, and what to do about the commonest of them.</summary>
    public static CommandException Refusal(RegistryAnswer answer)
    {
        if (answer.Message is not { } message) return answer.Refused();
        return new CommandException(answer.ErrorCode switch
        {
            40401 => $"{message} 'gateway registry subject list' shows those there are",
            40402 => $"{message} 'gateway registry schema list' shows those there are",
            _ => message,
        });
    }

    /// <summary>A subject as it stands within the context; one of another context keeps its own.</summary>
    public string NameOf(string subject) => _own.Length > 0 && subject.StartsWith(_own, StringComparison.Ordinal) ? subject[_own.Length..] : subject;

    /// <summary>A schema version's line, seen from within the context.</summary>
    public SchemaRow RowOf(JsonElement json)
    {
        SchemaRow row = SchemaRow.Of(json);
        return row with { Subject = NameOf(row.Subject) };
    }

    public static string Subject(string name) => $"/subjects/{Uri.EscapeDataString(name)}";
}

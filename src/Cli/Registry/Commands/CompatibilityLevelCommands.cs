using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Gateway.Cli.Registry.Commands;

/// <summary><c>gateway registry compatibility-level …</c>.</summary>
internal static class CompatibilityLevelCommands
{
    public static Command Create(RegistryOptionSet options) =>
        new("compatibility-level", "Get and set which changes of schemas are taken.") { Aliases = { "compat" }, Subcommands = { Get(options), Set(options) } };

    private static Command Get(RegistryOptionSet options)
    {
        var command = new Command("get", "Tell the levels that hold for subjects, or for all.\n\nExample:\n  gateway registry compatibility-level get orders-value --global");
        var scopes = new ScopeArguments();
        scopes.AddTo(command);
        command.SetAction((parsed, cancel) => options.WithRegistryAsync(parsed, registry => SubjectResults.ForEachAsync(
            scopes.Of(parsed),
            "LEVEL",
            async subject =>
            {
                string path = subject is null ? "/config?defaultToGlobal=true" : $"/config/{Uri.EscapeDataString(subject)}?defaultToGlobal=true";
                return SchemaRow.Text(await registry.GetAsync(path, cancel), "compatibilityLevel") ?? "";
            },
            options.FormatOf(parsed),
            parsed.InvocationConfiguration.Output)));
        return command;
    }

    private static Command Set(RegistryOptionSet options)
    {
        var command = new Command("set", "Set the level of subjects, or of all.\n\nExample:\n  gateway registry compatibility-level set orders-value --level FULL_TRANSITIVE");
        var level = new Option<string>("--level")
        {
            Description = "NONE, BACKWARD, FORWARD, FULL, or one of the last three with _TRANSITIVE.",
            HelpName = "LEVEL",
            Required = true,
        };
        var scopes = new ScopeArguments();
        scopes.AddTo(command);
        command.Add(level);
        command.SetAction((parsed, cancel) => options.WithRegistryAsync(parsed, registry => SubjectResults.ForEachAsync(
            scopes.Of(parsed),
            "LEVEL",
            async subject =>
            {
                string path = subject is null ? "/config" : $"/config/{Uri.EscapeDataString(subject)}";
                JsonElement set = await registry.AskAsync(HttpMethod.Put, path, new JsonObject { ["compatibility"] = parsed.GetValue(level) }, cancel);
                return SchemaRow.Text(set, "compatibility") ?? "";
            },
            options.FormatOf(parsed),
            parsed.InvocationConfiguration.Output)));
        return command;
    }
}

/// <summary>The subjects a setting is about, and whether it is about the whole registry.</summary>
internal sealed class ScopeArguments
{
    private readonly Argument<string[]> _subjects = new("SUBJECT") { Arity = ArgumentArity.ZeroOrMore, Description = "The subjects; none means all of the registry or context." };
    private readonly Option<bool> _global = new("--global") { Description = "The whole registry or context, too." };

    public void AddTo(Command command)
    {
        command.Add(_subjects);
        command.Add(_global);
    }

    /// <summary>The scopes; null stands for the whole.</summary>
    public IEnumerable<string?> Of(ParseResult parsed)
    {
        string[] subjects = parsed.GetValue(_subjects)!;
        return parsed.GetValue(_global) || subjects.Length == 0 ? subjects.Prepend(null) : subjects;
    }
}

using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Gateway.Cli.Registry.Commands;

/// <summary><c>gateway registry mode …</c>.</summary>
internal static class ModeCommands
{
    public static Command Create(RegistryOptionSet options) =>
        new("mode", "Get, set and reset what may be changed.") { Get(options), Set(options), Reset(options) };

    private static Command Get(RegistryOptionSet options) => Of(
        options,
        new Command("get", "Tell the modes that hold for subjects, or for all.\n\nExample:\n  gateway registry mode get orders-value"),
        (registry, _, subject, cancel) => registry.GetAsync($"{PathOf(subject)}?defaultToGlobal=true", cancel));

    private static Command Set(RegistryOptionSet options)
    {
        var mode = new Option<string>("--mode") { Description = "READWRITE, READONLY, READONLY_OVERRIDE, IMPORT or FORWARD.", HelpName = "MODE", Required = true };
        var force = new Option<bool>("--force") { Description = "Also over schemas that are there." };
        var command = new Command("set", "Set the mode of subjects, or of all.\n\nExample:\n  gateway registry mode set orders-value --mode READONLY") { mode, force };
        return Of(options, command, (registry, parsed, subject, cancel) => registry.AskAsync(
            HttpMethod.Put,
            PathOf(subject) + (parsed.GetValue(force) ? "?force=true" : ""),
            new JsonObject { ["mode"] = parsed.GetValue(mode)!.ToUpperInvariant() },
            cancel));
    }

    private static Command Reset(RegistryOptionSet options) => Of(
        options,
        new Command("reset", "Remove the mode of subjects, or of all; the one above them holds again.\n\nExample:\n  gateway registry mode reset orders-value"),
        async (registry, _, subject, cancel) =>
        {
            await registry.AskAsync(HttpMethod.Delete, PathOf(subject), null, cancel);
            return await registry.GetAsync($"{PathOf(subject)}?defaultToGlobal=true", cancel);
        });

    private static Command Of(
        RegistryOptionSet options, Command command, Func<RegistryDoor, ParseResult, string?, CancellationToken, ValueTask<JsonElement>> ask)
    {
        var scopes = new ScopeArguments();
        scopes.AddTo(command);
        command.SetAction((parsed, cancel) => options.WithRegistryAsync(parsed, registry => SubjectResults.ForEachAsync(
            scopes.Of(parsed),
            "MODE",
            async subject => SchemaRow.Text(await ask(registry, parsed, subject, cancel), "mode") ?? "",
            options.FormatOf(parsed),
            parsed.InvocationConfiguration.Output)));
        return command;
    }

    private static string PathOf(string? subject) => subject is null ? "/mode" : $"/mode/{Uri.EscapeDataString(subject)}";
}

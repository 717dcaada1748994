using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Gateway.Cli.Output;

namespace Gateway.Cli.Registry.Commands;

/// <summary><c>gateway registry context …</c>.</summary>
internal static class ContextCommands
{
    public static Command Create(RegistryOptionSet options) => new("context", "List and delete contexts.") { List(options), Delete(options) };

    private static Command List(RegistryOptionSet options)
    {
        var command = new Command("list", "List contexts; . is the default one.\n\nExample:\n  gateway registry context list");
        command.Aliases.Add("ls");
        command.SetAction((parsed, cancel) => options.WithRegistryAsync(parsed, async registry =>
        {
            JsonElement names = await registry.Outside.GetAsync("/contexts", cancel);
            SubjectCommands.Lines(names.EnumerateArray().Select(static name => name.GetString()!), options.FormatOf(parsed), parsed.InvocationConfiguration.Output);
            return 0;
        }));
        return command;
    }

    private static Command Delete(RegistryOptionSet options)
    {
        var command = new Command("delete", "Delete a context that has no subjects left.\n\nExample:\n  gateway registry context delete .staging");
        var context = new Argument<string>("CONTEXT") { Description = "The context, with its dot or without." };
        command.Add(context);
        command.SetAction((parsed, cancel) => options.WithRegistryAsync(parsed, async registry =>
        {
            RegistryAnswer answer = await registry.Outside.SendAsync(HttpMethod.Delete, $"/contexts/{Uri.EscapeDataString(parsed.GetValue(context)!)}", null, cancel);
            if (!answer.Succeeded) throw RegistryDoor.Refusal(answer);
            TextWriter output = parsed.InvocationConfiguration.Output;
            if (options.FormatOf(parsed) == OutputFormat.Json) JsonOutput.WriteDocument(output, new JsonObject { ["context"] = parsed.GetValue(context) });
            else output.WriteLine($"Deleted context {parsed.GetValue(context)}");
            return 0;
        }));
        return command;
    }
}

using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Gateway.Cli.Output;

namespace Gateway.Cli.Registry.Commands;

/// <summary><c>gateway registry subject …</c>.</summary>
internal static class SubjectCommands
{
    public static Command Create(RegistryOptionSet options) => new("subject", "List and delete subjects.") { List(options), Delete(options) };

    private static Command List(RegistryOptionSet options)
    {
        var command = new Command("list", "List subjects.\n\nExample:\n  gateway registry subject list");
        command.Aliases.Add("ls");
        var deleted = new Option<bool>("--deleted") { Description = "Softly deleted subjects, too." };
        command.Add(deleted);
        command.SetAction((parsed, cancel) => options.WithRegistryAsync(parsed, async registry =>
        {
            JsonElement names = await registry.GetAsync($"/subjects{(parsed.GetValue(deleted) ? "?deleted=true" : "")}", cancel);
            Lines(names, options.FormatOf(parsed), parsed.InvocationConfiguration.Output);
            return 0;
        }));
        return command;
    }

    private static Command Delete(RegistryOptionSet options)
    {
        var command = new Command("delete", """
            Delete subjects: softly, so that data with their ids can still be read, and a second time with --permanent for good.

            Example:
              gateway registry subject delete orders-value
            """);
        var subjects = new Argument<string[]>("SUBJECT") { Arity = ArgumentArity.OneOrMore, Description = "The subjects." };
        var permanent = new Option<bool>("--permanent") { Description = "For good; the subjects have to be softly deleted." };
        command.Add(subjects);
        command.Add(permanent);
        command.SetAction((parsed, cancel) => options.WithRegistryAsync(parsed, registry => SubjectResults.ForEachAsync(
            parsed.GetValue(subjects)!,
            "VERSIONS",
            async name =>
            {
                string path = RegistryDoor.Subject(name!) + (parsed.GetValue(permanent) ? "?permanent=true" : "");
                JsonElement versions = await registry.AskAsync(HttpMethod.Delete, path, null, cancel);
                return string.Join(',', versions.EnumerateArray().Select(version => version.ToString()));
            },
            options.FormatOf(parsed),
            parsed.InvocationConfiguration.Output)));
        return command;
    }

    /// <summary>Prints a list of names, one a line or as JSON.</summary>
    public static void Lines(JsonElement names, OutputFormat format, TextWriter output)
    {
        if (format == OutputFormat.Json) JsonOutput.WriteDocument(output, JsonNode.Parse(names.GetRawText())!);
        else
            foreach (JsonElement name in names.EnumerateArray()) output.WriteLine(name.GetString());
    }
}

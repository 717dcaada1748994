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
        var command = new Command("list", "List subjects of a context.\n\nExample:\n  gateway registry subject list\n  gateway registry subject list --schema-context .staging");
        command.Aliases.Add("ls");
        var deleted = new Option<bool>("--deleted") { Description = "Softly deleted subjects, too." };
        command.Add(deleted);
        command.SetAction((parsed, cancel) => options.WithRegistryAsync(parsed, async registry =>
        {
            // Without a prefix registries list all contexts.
            JsonElement names = await registry.GetAsync($"/subjects?subjectPrefix={(parsed.GetValue(deleted) ? "&deleted=true" : "")}", cancel);
            Lines(names.EnumerateArray().Select(name => registry.NameOf(name.GetString()!)), options.FormatOf(parsed), parsed.InvocationConfiguration.Output);
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
    public static void Lines(IEnumerable<string> names, OutputFormat format, TextWriter output)
    {
        if (format == OutputFormat.Json) JsonOutput.WriteDocument(output, new JsonArray([.. names.Select(static name => (JsonNode)name)]));
        else
            foreach (string name in names) output.WriteLine(name);
    }
}

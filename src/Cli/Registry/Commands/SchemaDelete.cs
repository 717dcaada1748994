using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Gateway.Cli.Output;

namespace Gateway.Cli.Registry.Commands;

/// <summary><c>gateway registry schema delete</c>.</summary>
internal static class SchemaDelete
{
    public static Command Create(RegistryOptionSet options)
    {
        var command = new Command("delete", """
            Delete a version: softly, so that data with its id can still be read, and a second time with --permanent for good.

            Example:
              gateway registry schema delete orders-value --schema-version 3
            """);
        var subject = new Argument<string>("SUBJECT") { Description = "The subject." };
        var version = new Option<string>("--schema-version") { Description = "The version, or latest.", HelpName = "N|latest", Required = true };
        var permanent = new Option<bool>("--permanent") { Description = "For good; the version has to be softly deleted." };
        command.Add(subject);
        command.Add(version);
        command.Add(permanent);
        command.SetAction((parsed, cancel) => options.WithRegistryAsync(parsed, async registry =>
        {
            string name = parsed.GetValue(subject)!;
            string query = parsed.GetValue(permanent) ? "?permanent=true" : "";
            string path = $"{RegistryDoor.Subject(name)}/versions/{Uri.EscapeDataString(parsed.GetValue(version)!)}{query}";
            JsonElement gone = await registry.AskAsync(HttpMethod.Delete, path, null, cancel);
            TextWriter output = parsed.InvocationConfiguration.Output;
            bool isPermanent = parsed.GetValue(permanent);
            if (options.FormatOf(parsed) == OutputFormat.Json)
                JsonOutput.WriteDocument(output, new JsonObject { ["subject"] = name, ["version"] = gone.GetInt32(), ["permanent"] = isPermanent });
            else
                output.WriteLine(isPermanent ? $"Deleted version {gone} of {name} for good" : $"Deleted version {gone} of {name} softly; --permanent deletes it for good");
            return 0;
        }));
        return command;
    }
}

using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Gateway.Cli.Output;

namespace Gateway.Cli.Registry.Commands;

/// <summary><c>gateway registry schema check-compatibility</c>.</summary>
internal static class SchemaCheckCompatibility
{
    public static Command Create(RegistryOptionSet options)
    {
        var command = new Command("check-compatibility", """
            Tell whether a schema could be registered, and why not; ends with 1 when it could not.

            Example:
              gateway registry schema check-compatibility orders-value --schema order.avsc --schema-version latest
            """);
        var subject = new Argument<string>("SUBJECT") { Description = "The subject." };
        var version = new Option<string?>("--schema-version") { Description = "The version to compare with, or latest. Default: all that registering would look at.", HelpName = "N|latest" };
        var input = new SchemaInput();
        command.Add(subject);
        input.AddTo(command, required: true);
        command.Add(version);
        command.SetAction((parsed, cancel) => options.WithRegistryAsync(parsed, async registry =>
        {
            string one = parsed.GetValue(version) is { } number ? "/" + Uri.EscapeDataString(number) : "";
            string path = $"/compatibility{RegistryDoor.Subject(parsed.GetValue(subject)!)}/versions{one}?verbose=true";
            JsonElement verdict = await registry.AskAsync(HttpMethod.Post, path, await input.ReadAsync(parsed, withProperties: false, cancel), cancel);
            bool compatible = verdict.TryGetProperty("is_compatible", out JsonElement answer) && answer.ValueKind == JsonValueKind.True;
            List<string?> messages = verdict.TryGetProperty("messages", out JsonElement list) ? [.. list.EnumerateArray().Select(message => message.GetString())] : [];
            TextWriter output = parsed.InvocationConfiguration.Output;
            if (options.FormatOf(parsed) == OutputFormat.Json)
            {
                JsonOutput.WriteDocument(output, new JsonObject
                {
                    ["compatible"] = compatible,
                    ["messages"] = new JsonArray([.. messages.Select(message => (JsonNode?)message)]),
                });
            }
            else
            {
                output.WriteLine(compatible ? "Schema is compatible." : "Schema is not compatible.");
                foreach (string? message in messages) output.WriteLine(message);
            }
            return compatible ? 0 : 1;
        }));
        return command;
    }
}

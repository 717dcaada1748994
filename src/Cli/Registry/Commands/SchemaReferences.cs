using System.CommandLine;
using System.Globalization;
using System.Text.Json;

namespace Gateway.Cli.Registry.Commands;

/// <summary><c>gateway registry schema references</c>.</summary>
internal static class SchemaReferences
{
    public static Command Create(RegistryOptionSet options)
    {
        var command = new Command("references", """
            List the schemas that refer to a version.

            Example:
              gateway registry schema references customers-value --schema-version 1
            """);
        var subject = new Argument<string>("SUBJECT") { Description = "The subject." };
        var version = new Option<string>("--schema-version") { Description = "The version, or latest.", HelpName = "N|latest", Required = true };
        var deleted = new Option<bool>("--deleted") { Description = "Softly deleted referrers, too." };
        command.Add(subject);
        command.Add(version);
        command.Add(deleted);
        command.SetAction((parsed, cancel) => options.WithRegistryAsync(parsed, async registry =>
        {
            string deletedToo = parsed.GetValue(deleted) ? "?deleted=true" : "";
            string path = $"{RegistryDoor.Subject(parsed.GetValue(subject)!)}/versions/{Uri.EscapeDataString(parsed.GetValue(version)!)}/referencedby{deletedToo}";
            var rows = new List<SchemaRow>();
            foreach (JsonElement item in (await registry.GetAsync(path, cancel)).EnumerateArray())
            {
                int id = item.GetInt32();
                string ofId = string.Create(CultureInfo.InvariantCulture, $"/schemas/ids/{id}");
                string type = SchemaRow.Of(await registry.GetAsync(ofId, cancel)).Type;
                JsonElement users = await registry.GetAsync($"{ofId}/versions{deletedToo}", cancel);
                rows.AddRange(users.EnumerateArray().Select(user => registry.RowOf(user) with { Id = id, Type = type }));
            }
            SchemaRows.Write(rows, options.FormatOf(parsed), parsed.InvocationConfiguration.Output);
            return 0;
        }));
        return command;
    }
}

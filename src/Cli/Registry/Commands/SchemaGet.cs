using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Gateway.Cli.Output;

namespace Gateway.Cli.Registry.Commands;

/// <summary><c>gateway registry schema get</c>.</summary>
internal static class SchemaGet
{
    public static Command Create(RegistryOptionSet options)
    {
        var command = new Command("get", """
            Find schemas: a version of a subject, everything that has an id, or the version that holds a text.

            Example:
              gateway registry schema get orders-value --schema-version latest --print-schema
              gateway registry schema get --id 7
              gateway registry schema get orders-value --schema order.avsc
            """);
        var subject = new Argument<string?>("SUBJECT") { Arity = ArgumentArity.ZeroOrOne, Description = "The subject; not needed with --id." };
        var version = new Option<string?>("--schema-version") { Description = "A version of the subject, or latest.", HelpName = "N|latest" };
        var id = new Option<int?>("--id") { Description = "The id of the schema.", HelpName = "ID" };
        var printSchema = new Option<bool>("--print-schema") { Description = "Print the schema's text and nothing else." };
        var printMetadata = new Option<bool>("--print-metadata") { Description = "Print the version's metadata and nothing else." };
        var deleted = new Option<bool>("--deleted") { Description = "Softly deleted versions, too." };
        var input = new SchemaInput();
        command.Add(subject);
        command.Add(version);
        command.Add(id);
        input.AddTo(command, required: false);
        command.Add(printSchema);
        command.Add(printMetadata);
        command.Add(deleted);
        command.SetAction((parsed, cancel) => options.WithRegistryAsync(parsed, async registry =>
        {
            string? name = parsed.GetValue(subject);
            int asked = (parsed.GetValue(version) is null ? 0 : 1) + (parsed.GetValue(id) is null ? 0 : 1) + (input.IsGiven(parsed) ? 1 : 0);
            if (asked != 1) throw new CommandException("say one of --schema-version, --id and --schema");
            if (name is null && parsed.GetValue(id) is null) throw new CommandException("SUBJECT is missing; only --id goes without one");

            string deletedToo = parsed.GetValue(deleted) ? "?deleted=true" : "";
            JsonElement found;
            List<SchemaRow> rows;
            if (parsed.GetValue(id) is { } number)
            {
                string path = string.Create(CultureInfo.InvariantCulture, $"/schemas/ids/{number}");
                found = await registry.GetAsync(path, cancel);
                JsonElement users = await registry.GetAsync($"{path}/versions{deletedToo}", cancel);
                rows = [.. users.EnumerateArray().Select(user => registry.RowOf(user) with { Id = number, Type = SchemaRow.Of(found).Type })];
                if (name is not null) rows.RemoveAll(row => row.Subject != registry.NameOf(name));
            }
            else
            {
                found = input.IsGiven(parsed)
                    ? await registry.AskAsync(HttpMethod.Post, RegistryDoor.Subject(name!) + deletedToo, await input.ReadAsync(parsed, withProperties: false, cancel), cancel)
                    : await registry.GetAsync($"{RegistryDoor.Subject(name!)}/versions/{Uri.EscapeDataString(parsed.GetValue(version)!)}{deletedToo}", cancel);
                rows = [registry.RowOf(found)];
            }
            Print(found, rows, parsed.GetValue(printSchema), parsed.GetValue(printMetadata), options.FormatOf(parsed), parsed.InvocationConfiguration.Output);
            return 0;
        }));
        return command;
    }

    private static void Print(JsonElement found, List<SchemaRow> rows, bool schema, bool metadata, OutputFormat format, TextWriter output)
    {
        if (schema) output.WriteLine(SchemaRow.Text(found, "schema"));
        if (metadata)
            JsonOutput.WriteDocument(output, found.TryGetProperty("metadata", out JsonElement member) ? JsonNode.Parse(member.GetRawText())! : new JsonObject());
        if (!schema && !metadata) SchemaRows.Write(rows, format, output);
    }
}

using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Gateway.Cli.Output;
using Gateway.Schemas;

namespace Gateway.Cli.Registry.Commands;

/// <summary>A line about a schema version.</summary>
internal sealed record SchemaRow(string Subject, int Version, int Id, string Type)
{
    public static SchemaRow Of(JsonElement json) => new(
        Text(json, "subject") ?? "", Number(json, "version"), Number(json, "id"), Text(json, "schemaType") ?? SchemaTypes.Avro);

    public static int Number(JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out JsonElement value) && value.TryGetInt32(out int number) ? number : 0;

    public static string? Text(JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;
}

/// <summary>Prints schema versions, as a table or as JSON.</summary>
internal static class SchemaRows
{
    public static void Write(IEnumerable<SchemaRow> rows, OutputFormat format, TextWriter output)
    {
        if (format == OutputFormat.Json)
        {
            JsonOutput.WriteDocument(output, new JsonArray([.. rows.Select(row => (JsonNode)new JsonObject
            {
                ["subject"] = row.Subject, ["version"] = row.Version, ["id"] = row.Id, ["type"] = row.Type,
            })]));
            return;
        }
        var table = new TextTable("SUBJECT", "VERSION", "ID", "TYPE");
        foreach (SchemaRow row in rows)
            table.Add(row.Subject, row.Version.ToString(CultureInfo.InvariantCulture), row.Id.ToString(CultureInfo.InvariantCulture), row.Type);
        table.WriteTo(output);
    }
}

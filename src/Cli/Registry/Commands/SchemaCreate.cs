using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Gateway.Cli.Registry.Commands;

/// <summary><c>gateway registry schema create</c>.</summary>
internal static class SchemaCreate
{
    public static Command Create(RegistryOptionSet options)
    {
        var command = new Command("create", """
            Register a schema under a subject; one that is there already is found again.

            Example:
              gateway registry schema create orders-value --schema order.avsc
              gateway registry schema create orders-value --schema order.proto --references customer.proto:customers-value:1
            """);
        var subject = new Argument<string>("SUBJECT") { Description = "The subject, usually the topic's name with -key or -value." };
        var id = new Option<int?>("--id") { Description = "The id to register under; in mode IMPORT only.", HelpName = "ID" };
        var version = new Option<int?>("--schema-version") { Description = "The version to register as: the next one, or any in mode IMPORT.", HelpName = "N" };
        var normalize = new Option<bool>("--normalize") { Description = "Bring the schema into normal form first, so that equal schemas are one." };
        var input = new SchemaInput();
        command.Add(subject);
        input.AddTo(command, required: true, withProperties: true);
        command.Add(id);
        command.Add(version);
        command.Add(normalize);
        command.SetAction((parsed, cancel) => options.WithRegistryAsync(parsed, async registry =>
        {
            string name = parsed.GetValue(subject)!;
            JsonObject body = await input.ReadAsync(parsed, withProperties: true, cancel);
            if (parsed.GetValue(id) is { } givenId) body["id"] = givenId;
            if (parsed.GetValue(version) is { } givenVersion) body["version"] = givenVersion;
            string query = parsed.GetValue(normalize) ? "?normalize=true" : "";
            JsonElement registered = await registry.AskAsync(HttpMethod.Post, $"{RegistryDoor.Subject(name)}/versions{query}", body, cancel);
            int number = SchemaRow.Number(registered, "version");
            // Older registries answer with the id alone.
            if (number == 0) number = SchemaRow.Number(await registry.AskAsync(HttpMethod.Post, RegistryDoor.Subject(name) + query, body, cancel), "version");
            var row = new SchemaRow(name, number, SchemaRow.Number(registered, "id"), (string)body["schemaType"]!);
            SchemaRows.Write([row], options.FormatOf(parsed), parsed.InvocationConfiguration.Output);
            return 0;
        }));
        return command;
    }
}

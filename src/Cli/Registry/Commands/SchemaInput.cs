using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Gateway.Schemas;

namespace Gateway.Cli.Registry.Commands;

/// <summary>The options that describe a schema to send: its file, type, references and properties.</summary>
internal sealed class SchemaInput
{
    private readonly Option<string?> _file = new("--schema") { Description = "File with the schema's text; - reads standard input.", HelpName = "FILE" };
    private readonly Option<string?> _type = new("--type") { Description = "avro, protobuf or json. Default: by the file's name (.avsc, .proto, .json).", HelpName = "TYPE" };

    private readonly Option<string?> _references = new("--references")
    {
        Description = "What the schema refers to: name:subject:version,… or a file with a JSON array of {name, subject, version}.",
        HelpName = "LIST|FILE",
    };

    private readonly Option<string[]> _properties = new("-p", "--metadata-properties")
    {
        Description = "Properties of the version: key=value,… or a JSON object; may be repeated.",
        HelpName = "KEY=VALUE",
        DefaultValueFactory = _ => [],
    };

    public void AddTo(Command command, bool required, bool withProperties = false)
    {
        _file.Required = required;
        command.Add(_file);
        command.Add(_type);
        command.Add(_references);
        if (withProperties) command.Add(_properties);
    }

    public bool IsGiven(ParseResult parsed) => parsed.GetValue(_file) is not null;

    /// <summary>The request body.</summary>
    /// <exception cref="CommandException">Something of it cannot be read.</exception>
    public async Task<JsonObject> ReadAsync(ParseResult parsed, bool withProperties, CancellationToken cancel)
    {
        string file = parsed.GetValue(_file)!;
        var body = new JsonObject { ["schema"] = await TextOfAsync(file, cancel), ["schemaType"] = TypeOf(parsed.GetValue(_type), file) };
        if (parsed.GetValue(_references) is { Length: > 0 } references) body["references"] = await ReferencesOfAsync(references, cancel);
        if (withProperties && PropertiesOf(parsed.GetValue(_properties)!) is { Count: > 0 } properties)
            body["metadata"] = new JsonObject { ["properties"] = properties };
        return body;
    }

    private static async Task<string> TextOfAsync(string file, CancellationToken cancel)
    {
        try
        {
            return file == "-" ? await Console.In.ReadToEndAsync(cancel) : await File.ReadAllTextAsync(file, cancel);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"the file {file} cannot be read: {failure.Message}", failure);
        }
    }

    internal static string TypeOf(string? type, string file)
    {
        string name = type ?? Path.GetExtension(file).ToLowerInvariant() switch
        {
            ".avsc" or ".avro" => "avro",
            ".proto" or ".protobuf" => "protobuf",
            ".json" => "json",
            _ => throw new CommandException($"the name {file} does not tell the type of the schema; say --type avro, protobuf or json"),
        };
        return name.ToLowerInvariant() switch
        {
            "avro" => SchemaTypes.Avro,
            "protobuf" or "proto" => SchemaTypes.Protobuf,
            "json" => SchemaTypes.Json,
            _ => throw new CommandException($"--type: there is no type '{name}'; use avro, protobuf or json"),
        };
    }

    private static async Task<JsonArray> ReferencesOfAsync(string written, CancellationToken cancel)
    {
        if (File.Exists(written))
        {
            try
            {
                if (JsonNode.Parse(await TextOfAsync(written, cancel)) is JsonArray list) return list;
            }
            catch (JsonException)
            {
                // The same as JSON of another shape.
            }
            throw new CommandException($"--references: the file {written} holds no JSON array of {{name, subject, version}}");
        }
        return References(written);
    }

    /// <summary>References as words; a name may hold colons (a <c>$ref</c> URI), so a word is read from its end.</summary>
    internal static JsonArray References(string written)
    {
        var list = new JsonArray();
        foreach (string word in written.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            int last = word.LastIndexOf(':');
            int middle = last > 0 ? word.LastIndexOf(':', last - 1) : -1;
            if (middle <= 0 || !int.TryParse(word[(last + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int version))
                throw new CommandException($"--references: '{word}' is not name:subject:version, and there is no such file");
            list.Add((JsonNode)new JsonObject { ["name"] = word[..middle], ["subject"] = word[(middle + 1)..last], ["version"] = version });
        }
        return list;
    }

    internal static JsonObject PropertiesOf(IEnumerable<string> written)
    {
        var properties = new JsonObject();
        foreach (string words in written)
        {
            if (words.StartsWith('{'))
            {
                foreach ((string name, JsonNode? value) in ObjectOf(words)) properties[name] = value?.DeepClone();
                continue;
            }
            foreach (string word in words.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            {
                string[] parts = word.Split('=', 2);
                if (parts.Length != 2) throw new CommandException($"--metadata-properties: '{word}' is not key=value");
                properties[parts[0]] = parts[1];
            }
        }
        return properties;
    }

    private static JsonObject ObjectOf(string json)
    {
        try
        {
            if (JsonNode.Parse(json) is JsonObject members) return members;
        }
        catch (JsonException)
        {
            // Told below.
        }
        throw new CommandException("--metadata-properties: it starts as a JSON object but is none");
    }
}

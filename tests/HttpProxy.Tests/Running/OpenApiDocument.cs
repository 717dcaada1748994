using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.RegularExpressions;
using YamlDotNet.RepresentationModel;

namespace Gateway.HttpProxy.Tests.Running;

/// <summary>openapi/http-proxy.yaml, as far as answers can be held against it.</summary>
internal sealed partial class OpenApiDocument
{
    private readonly YamlMappingNode _root;
    private readonly List<(Regex Path, string Template, YamlMappingNode Item)> _paths;

    private OpenApiDocument(YamlMappingNode root)
    {
        _root = root;
        _paths = [.. ((YamlMappingNode)root["paths"]).Children
            .Select(path => (Text(path.Key), (YamlMappingNode)path.Value))
            // What is spelt out goes before what any name fits.
            .OrderBy(path => path.Item1.Count(letter => letter == '{'))
            .Select(path => (new Regex($"^{Parameter().Replace(Regex.Escape(path.Item1).Replace("\\{", "{", StringComparison.Ordinal), "[^/]+")}$"), path.Item1, path.Item2))];
    }

    internal static OpenApiDocument Instance { get; } = Load();

    /// <summary>Why an answer is not what the document says; null when it is, or when it says that there is no such operation.</summary>
    internal string? Fault(string method, string path, int status, string? type, JsonElement? body)
    {
        if (path.StartsWith("/kafka/v3", StringComparison.Ordinal)) path = path["/kafka".Length..];
        foreach ((Regex pattern, string template, YamlMappingNode item) in _paths)
        {
            if (!pattern.IsMatch(path) || Child(item, method) is not { } operation) continue;
            if (Child(operation["responses"], status.ToString(CultureInfo.InvariantCulture)) is not { } response) return $"{method} {template}: status {status} is not documented";
            if (type is null || Child(Resolve(response), "content") is not YamlMappingNode contents) return null;
            // Errors come in the type the client takes, and are documented in one of them.
            YamlNode? content = Child(contents, type) ?? (status >= 400 ? contents.Children.First().Value : null) ?? Child(contents, "*/*");
            if (content is null && type == "application/json") content = contents.Children.First().Value;
            if (content is null) return $"{method} {template}: {status} in {type} is not documented";
            if (body is not { } json || Child(content, "schema") is not { } schema) return null;
            return Fault(schema, json, "$") is { } why ? $"{method} {template}: {status}: {why}" : null;
        }
        // OPTIONS and HEAD are served everywhere, and documents list neither.
        return status is 404 or 405 || method is "options" or "head" ? null : $"{method} {path}: there is no such operation, and yet it answers {status}";
    }

    private string? Fault(YamlNode schemaNode, JsonElement json, string at)
    {
        YamlMappingNode schema = Resolve(schemaNode);
        string[] types = Child(schema, "type") switch
        {
            null => [],
            YamlSequenceNode several => [.. several.Select(Text)],
            { } one => [Text(one)],
        };
        if (json.ValueKind == JsonValueKind.Null) return types.Length == 0 || types.Contains("null") ? null : $"{at} is null";
        if (Child(schema, "allOf") is YamlSequenceNode all)
            foreach (YamlNode part in all)
                if (Fault(part, json, at) is { } why) return why;
        if (Child(schema, "oneOf") is YamlSequenceNode some && some.Select(part => Fault(part, json, at)).ToArray() is var faults && !faults.Contains(null)) return faults[0];
        if (types.Length > 0 && !types.Any(type => IsOf(type, json))) return $"{at} is {json.ValueKind}, not {string.Join(" or ", types)}";
        if (Child(schema, "enum") is YamlSequenceNode values && !values.Any(value => Text(value) == json.ToString())) return $"{at} is '{json}', which is not one of its values";
        return json.ValueKind switch
        {
            JsonValueKind.Array when Child(schema, "items") is { } items =>
                json.EnumerateArray().Select((item, i) => Fault(items, item, $"{at}[{i}]")).FirstOrDefault(why => why is not null),
            JsonValueKind.Object => ObjectFault(schema, json, at),
            _ => null,
        };
    }

    private string? ObjectFault(YamlMappingNode schema, JsonElement json, string at)
    {
        if (Child(schema, "required") is YamlSequenceNode required)
            foreach (YamlNode name in required)
                if (!json.TryGetProperty(Text(name), out _)) return $"{at} lacks {Text(name)}";
        if (Child(schema, "properties") is not YamlMappingNode properties) return null;
        foreach (JsonProperty member in json.EnumerateObject())
        {
            if (Child(properties, member.Name) is { } property)
            {
                if (Fault(property, member.Value, $"{at}.{member.Name}") is { } why) return why;
            }
            else if (Child(schema, "additionalProperties") is YamlScalarNode { Value: "false" })
            {
                return $"{at} has {member.Name}";
            }
        }
        return null;
    }

    private static bool IsOf(string type, JsonElement json) => type switch
    {
        "object" => json.ValueKind == JsonValueKind.Object,
        "array" => json.ValueKind == JsonValueKind.Array,
        "string" => json.ValueKind == JsonValueKind.String,
        "boolean" => json.ValueKind is JsonValueKind.True or JsonValueKind.False,
        "integer" => json.ValueKind == JsonValueKind.Number && json.TryGetInt64(out _),
        "number" => json.ValueKind == JsonValueKind.Number,
        _ => false,
    };

    private YamlMappingNode Resolve(YamlNode node)
    {
        while (Child(node, "$ref") is { } reference)
            node = Text(reference)[2..].Split('/').Aggregate((YamlNode)_root, (at, name) => at[new YamlScalarNode(name)]);
        return (YamlMappingNode)node;
    }

    private static YamlNode? Child(YamlNode node, string name) =>
        node is YamlMappingNode map && map.Children.TryGetValue(new YamlScalarNode(name), out YamlNode? child) ? child : null;

    private static string Text(YamlNode node) => ((YamlScalarNode)node).Value!;

    private static OpenApiDocument Load([CallerFilePath] string here = "")
    {
        var yaml = new YamlStream();
        using StreamReader text = File.OpenText(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "..", "openapi", "http-proxy.yaml"));
        yaml.Load(text);
        return new OpenApiDocument((YamlMappingNode)yaml.Documents[0].RootNode);
    }

    [GeneratedRegex(@"\{[^}]*\}")]
    private static partial Regex Parameter();
}

using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Gateway.HttpProxy.Tests.Running;

/// <summary>A request as the document shows it.</summary>
/// <param name="Method">Its method.</param>
/// <param name="Template">The path as documented.</param>
/// <param name="Names">The values of the path's parameters that have an example.</param>
/// <param name="Query">The query of all parameters that have one, with its question mark.</param>
/// <param name="ContentType">The type of its body; null for none.</param>
/// <param name="Body">Its body.</param>
internal sealed record ExampleRequest(string Method, string Template, IReadOnlyDictionary<string, string> Names, string Query, string? ContentType, byte[]? Body)
{
    public override string ToString() => $"{Method} {Template}{(ContentType is null ? "" : $" {ContentType}")}";
}

/// <summary>What the document shows beside what it says.</summary>
internal sealed partial class OpenApiDocument
{
    /// <summary>Every operation, once for each example of a body it has.</summary>
    internal IEnumerable<ExampleRequest> Requests()
    {
        foreach ((_, string template, YamlMappingNode item) in _paths)
        {
            foreach ((YamlNode method, YamlNode operation) in item.Children.Where(entry => Text(entry.Key) != "parameters"))
            {
                YamlMappingNode[] parameters = [.. Parameters(item).Concat(Parameters(operation)).Where(parameter => Child(parameter, "example") is not null)];
                var names = parameters.Where(parameter => Text(parameter["in"]) == "path").ToDictionary(p => Text(p["name"]), p => Text(p["example"]));
                string query = string.Join('&', parameters.Where(p => Text(p["in"]) == "query").Select(p => $"{Text(p["name"])}={Uri.EscapeDataString(Text(p["example"]))}"));
                var request = new ExampleRequest(Text(method).ToUpperInvariant(), template, names, query.Length == 0 ? "" : "?" + query, null, null);
                if (Child(operation, "requestBody") is not { } body)
                {
                    yield return request;
                    continue;
                }
                foreach ((YamlNode type, YamlNode content) in ((YamlMappingNode)Resolve(body)["content"]).Children)
                {
                    if (Child(content, "example") is not { } example) continue;
                    // What is no JSON stands as a text.
                    string text = example is YamlScalarNode scalar ? scalar.Value! : Json(example)!.ToJsonString();
                    yield return request with { ContentType = Text(type), Body = Encoding.UTF8.GetBytes(text) };
                }
            }
        }
    }

    /// <summary>The parameters in the query of an operation.</summary>
    internal IEnumerable<string> QueryOf(string method, string template)
    {
        YamlNode item = _root["paths"][template];
        return from parameter in Parameters(item).Concat(Parameters(item[method])) where Text(parameter["in"]) == "query" select Text(parameter["name"]);
    }

    /// <summary>Examples that are not what the schema beside them says.</summary>
    internal IEnumerable<string> FaultyExamples() => FaultyExamples(_root, "$");

    private IEnumerable<string> FaultyExamples(YamlNode node, string at)
    {
        IEnumerable<YamlNode> examples = [];
        YamlNode? schema = Child(node, "schema");
        if (schema is not null && Child(node, "example") is { } one) examples = [one];
        // A schema has a list of them; elsewhere the word is a member like any other.
        else if (Child(node, "examples") is YamlSequenceNode several) (schema, examples) = (node, several);
        foreach (YamlNode example in examples)
        {
            using JsonDocument json = JsonDocument.Parse(Json(example)?.ToJsonString() ?? "null");
            if (Fault(schema!, json.RootElement, at) is { } fault) yield return fault;
        }
        IEnumerable<(string Name, YamlNode Node)> children = node switch
        {
            YamlMappingNode map => map.Children.Select(child => (Text(child.Key), child.Value)),
            YamlSequenceNode list => list.Select((child, i) => ($"{i}", child)),
            _ => [],
        };
        foreach ((string name, YamlNode child) in children)
            foreach (string fault in FaultyExamples(child, $"{at}.{name}")) yield return fault;
    }

    private IEnumerable<YamlMappingNode> Parameters(YamlNode owner) => Child(owner, "parameters") is YamlSequenceNode list ? list.Select(Resolve) : [];

    private static JsonNode? Json(YamlNode node) => node switch
    {
        YamlMappingNode map => new JsonObject(map.Children.Select(child => KeyValuePair.Create(Text(child.Key), Json(child.Value)))),
        YamlSequenceNode list => new JsonArray([.. list.Select(Json)]),
        YamlScalarNode { Style: ScalarStyle.Plain, Value: "null" or "" } => null,
        YamlScalarNode { Style: ScalarStyle.Plain, Value: "true" or "false" } flag => JsonValue.Create(flag.Value == "true"),
        YamlScalarNode { Style: ScalarStyle.Plain } plain when long.TryParse(plain.Value, out long number) => JsonValue.Create(number),
        YamlScalarNode text => JsonValue.Create(text.Value),
        _ => throw new InvalidOperationException($"{node} is no example"),
    };
}

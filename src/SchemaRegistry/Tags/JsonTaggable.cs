using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Gateway.SchemaRegistry.Tags;

/// <summary>An object of a schema that is JSON: its tags are a member of it.</summary>
internal sealed class JsonTaggable(string path, bool isField, JsonObject node) : Taggable(path, isField)
{
    private const string Member = "confluent:tags";

    // Parsing bounded the nesting already, and printing adds none.
    private static readonly JsonDocumentOptions AnyDepth = new() { MaxDepth = 10_000 };

    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = 10_000 };

    public override IReadOnlyList<string> Tags
    {
        get => node[Member] is JsonArray tags
            ? [.. tags.OfType<JsonValue>().Select(tag => tag.TryGetValue<string>(out var text) ? text : null).OfType<string>()]
            : [];
        set
        {
            if (value.Count == 0) node.Remove(Member);
            else node[Member] = new JsonArray([.. value.Select(tag => JsonValue.Create(tag))]);
        }
    }

    public static JsonNode? Parse(string text) => JsonNode.Parse(text, documentOptions: AnyDepth);

    public static string Print(JsonNode? root) => root?.ToJsonString(Relaxed) ?? "null";
}

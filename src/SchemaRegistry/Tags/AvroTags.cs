using System.Text.Json.Nodes;

namespace Gateway.SchemaRegistry.Tags;

/// <summary>The records of an Avro schema by their full names, and their fields by these and their own.</summary>
internal static class AvroTags
{
    public static TaggableSchema Of(string canonicalText)
    {
        var root = JsonTaggable.Parse(canonicalText);
        var found = new List<Taggable>();
        Walk(root, "", found);
        return new TaggableSchema(found, () => JsonTaggable.Print(root));
    }

    private static void Walk(JsonNode? node, string space, List<Taggable> found)
    {
        if (node is JsonArray union)
        {
            foreach (var branch in union) Walk(branch, space, found);
        }
        else if (node is JsonObject type)
        {
            switch (TextOf(type["type"]))
            {
                case "record" or "error":
                    WalkRecord(type, space, found);
                    break;
                case "array":
                    Walk(type["items"], space, found);
                    break;
                case "map":
                    Walk(type["values"], space, found);
                    break;
                case null:
                    Walk(type["type"], space, found);
                    break;
            }
        }
    }

    private static void WalkRecord(JsonObject record, string space, List<Taggable> found)
    {
        var name = TextOf(record["name"]) ?? "";
        var end = name.LastIndexOf('.');
        // A namespace that is empty is none, which is not the same as one that is left out.
        space = end >= 0 ? name[..end] : TextOf(record["namespace"]) ?? space;
        var full = end >= 0 || space.Length == 0 ? name : $"{space}.{name}";
        found.Add(new JsonTaggable(full, isField: false, record));
        if (record["fields"] is not JsonArray fields) return;
        foreach (var field in fields.OfType<JsonObject>())
        {
            found.Add(new JsonTaggable($"{full}.{TextOf(field["name"])}", isField: true, field));
            Walk(field["type"], space, found);
        }
    }

    private static string? TextOf(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;
}

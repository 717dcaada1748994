using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Gateway.Schemas.Text;

namespace Gateway.Schemas.Json.Model;

/// <summary>Turns one JSON text into schemas in their places, and finds the ids and anchors among them.</summary>
/// <param name="dialectOf">The dialect a <c>$schema</c> names, or null when nobody knows it.</param>
/// <param name="meter">Counts the schemas and how deep they are nested.</param>
internal sealed class SchemaLoader(Func<string, SchemaDialect?> dialectOf, BudgetMeter meter)
{
    /// <summary>Schemas with an id of their own, the text's root first.</summary>
    public List<SchemaResource> Resources { get; } = [];

    /// <summary>Schemas that refer to others.</summary>
    public List<SchemaNode> Referring { get; } = [];

    /// <summary>The URI a text gives itself, or where it was found when it gives none.</summary>
    public static string UriOf(JsonElement root, string foundAt, JsonSchemaDraft byDefault)
    {
        if (root.ValueKind != JsonValueKind.Object) return foundAt;
        var draft = Text(root, "$schema") is { } uri ? JsonSchemaDrafts.Find(uri) ?? byDefault : byDefault;
        return Text(root, draft.IdKeyword()) is { } id && SchemaUri.Split(id).Uri is { Length: > 0 } own
            ? SchemaUri.Resolve(foundAt, own) : foundAt;
    }

    /// <summary>Reads a whole text.</summary>
    public SchemaNode Load(JsonElement root, string foundAt, SchemaDialect byDefault) => Build(root, null, "", foundAt, byDefault);

    /// <summary>Reads JSON that stands where no schema was expected, because somebody refers to it.</summary>
    public SchemaNode LoadAt(JsonElement json, SchemaNode parent, string step) =>
        Build(json, parent, step, parent.Resource.Uri, parent.Resource.Dialect);

    private SchemaNode Build(JsonElement json, SchemaNode? parent, string step, string baseUri, SchemaDialect dialect)
    {
        meter.Enter();
        RuntimeHelpers.EnsureSufficientExecutionStack();
        var node = new SchemaNode(json, parent, step);
        if (json.ValueKind == JsonValueKind.Object) Read(node, baseUri, dialect);
        else node.Resource = parent?.Resource ?? Identify(node, baseUri, dialect);
        meter.Leave();
        return node;
    }

    private void Read(SchemaNode node, string baseUri, SchemaDialect dialect)
    {
        var members = CompactJson.Members(node.Json);
        string? schemaUri = null, plainId = null, dollarId = null;
        var hasRef = false;
        foreach (var (name, value) in members)
        {
            if (value.ValueKind != JsonValueKind.String) continue;
            if (name == "$schema") schemaUri = value.GetString();
            else if (name == "id") plainId = value.GetString();
            else if (name == "$id") dollarId = value.GetString();
            else if (name == "$ref") hasRef = true;
        }
        // A schema counts as written in another draft only where it begins a resource, since only there can it be told apart.
        var own = schemaUri is null ? dialect : dialectOf(schemaUri) ?? dialect;
        var id = own.Draft == JsonSchemaDraft.Draft4 ? plainId : dollarId;
        if (hasRef && own.Draft.RefStandsAlone() && node.Parent is not null) id = null;
        var (uri, fragment) = id is null ? ("", null) : SchemaUri.Split(id);
        if (uri.Length > 0) meter.Joined(baseUri.Length + uri.Length);
        node.Resource = node.Parent is null || uri.Length > 0
            ? Identify(node, SchemaUri.Resolve(baseUri, uri), own)
            : node.Parent.Resource;
        if (fragment is { Length: > 0 } && fragment[0] != '/') node.Resource.AddAnchor(fragment, node, dynamic: false);

        var draft = node.Draft;
        var keywords = new SchemaKeyword[members.Count];
        for (var i = 0; i < keywords.Length; i++) keywords[i] = Keyword(node, members[i].Key, members[i].Value);
        node.SetKeywords(keywords);
        if (draft >= JsonSchemaDraft.Draft201909) FindAnchors(node, draft);
        if (keywords.Any(keyword => IsReference(draft, keyword))) Referring.Add(node);
    }

    /// <summary>Whether a keyword refers to another schema in that draft.</summary>
    public static bool IsReference(JsonSchemaDraft draft, SchemaKeyword keyword) =>
        keyword.Value.ValueKind == JsonValueKind.String && keyword.Name switch
        {
            "$ref" => true,
            "$recursiveRef" => draft == JsonSchemaDraft.Draft201909,
            "$dynamicRef" => draft == JsonSchemaDraft.Draft202012,
            _ => false,
        };

    private static void FindAnchors(SchemaNode node, JsonSchemaDraft draft)
    {
        if (TextOf("$anchor") is { } anchor) node.Resource.AddAnchor(anchor, node, dynamic: false);
        if (draft == JsonSchemaDraft.Draft202012 && TextOf("$dynamicAnchor") is { } name) node.Resource.AddAnchor(name, node, dynamic: true);
        if (draft == JsonSchemaDraft.Draft201909 && ReferenceEquals(node, node.Resource.Root))
            node.Resource.IsRecursiveAnchor = node.Find("$recursiveAnchor")?.Value.ValueKind == JsonValueKind.True;

        string? TextOf(string keyword) => node.Find(keyword)?.Value is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;
    }

    private SchemaKeyword Keyword(SchemaNode node, string name, JsonElement value)
    {
        var shape = KeywordShapes.Of(node.Draft, name);
        if (shape == KeywordShape.SchemaOrList) shape = value.ValueKind == JsonValueKind.Array ? KeywordShape.List : KeywordShape.Schema;
        return shape switch
        {
            KeywordShape.Schema when IsSchema(value) => new SchemaKeyword(name, value) { Schema = Child(node, value, SchemaNode.Escaped(name)) },
            KeywordShape.List when value.ValueKind == JsonValueKind.Array => new SchemaKeyword(name, value) { List = ListOf(node, name, value) },
            KeywordShape.Map when value.ValueKind == JsonValueKind.Object => new SchemaKeyword(name, value) { Map = MapOf(node, name, value) },
            _ => new SchemaKeyword(name, value),
        };
    }

    private List<SchemaNode> ListOf(SchemaNode node, string name, JsonElement value)
    {
        var list = new List<SchemaNode>();
        foreach (var item in value.EnumerateArray())
            list.Add(Child(node, item, string.Create(CultureInfo.InvariantCulture, $"/{name}/{list.Count}")));
        return list;
    }

    private List<KeyValuePair<string, SchemaNode>> MapOf(SchemaNode node, string name, JsonElement value)
    {
        var map = new List<KeyValuePair<string, SchemaNode>>();
        foreach (var (key, schema) in CompactJson.Members(value))
        {
            if (IsSchema(schema)) map.Add(new(key, Child(node, schema, SchemaNode.Escaped(name) + SchemaNode.Escaped(key))));
        }
        return map;
    }

    private SchemaNode Child(SchemaNode parent, JsonElement json, string step) =>
        Build(json, parent, step, parent.Resource.Uri, parent.Resource.Dialect);

    private SchemaResource Identify(SchemaNode node, string uri, SchemaDialect dialect)
    {
        var resource = new SchemaResource(uri, dialect, node);
        Resources.Add(resource);
        return resource;
    }

    private static bool IsSchema(JsonElement value) =>
        value.ValueKind is JsonValueKind.Object or JsonValueKind.True or JsonValueKind.False;

    private static string? Text(JsonElement json, string member) =>
        json.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}

using System.Text.Json;
using Gateway.Schemas.Text;

namespace Gateway.Schemas.Json.Model;

/// <summary>One schema or subschema in its place: an object of keywords, or true or false.</summary>
internal sealed class SchemaNode(JsonElement json, SchemaNode? parent, string step)
{
    private SchemaKeyword[] _keywords = [];
    private SchemaReferenceTarget? _reference;

    /// <summary>The schema's JSON: an object, or a boolean. Anything else is a fault and says nothing, like true.</summary>
    public JsonElement Json { get; } = json;

    /// <summary>The schema this is a part of; null for the root of a text.</summary>
    public SchemaNode? Parent { get; } = parent;

    /// <summary>The identified schema this belongs to: the nearest one with an id, itself included, or the text as a whole.</summary>
    public SchemaResource Resource { get; internal set; } = null!;

    /// <summary>The draft its keywords are read by.</summary>
    public JsonSchemaDraft Draft => Resource.Dialect.Draft;

    /// <summary>The keywords in the order written; where one is written twice, the last one only.</summary>
    public IReadOnlyList<SchemaKeyword> Keywords => _keywords;

    /// <summary>True for a schema that takes everything by being <c>true</c>.</summary>
    public bool IsTrue => Json.ValueKind == JsonValueKind.True;

    /// <summary>True for a schema that takes nothing by being <c>false</c>.</summary>
    public bool IsFalse => Json.ValueKind == JsonValueKind.False;

    /// <summary>JSON pointer of this schema in its text (<c>""</c> for the root).</summary>
    public string Pointer
    {
        get
        {
            var steps = new Stack<string>();
            for (var node = this; node is not null; node = node.Parent) steps.Push(node.Step);
            return string.Concat(steps);
        }
    }

    /// <summary>The root of the text this stands in.</summary>
    public SchemaNode Document
    {
        get
        {
            var node = this;
            while (node.Parent is not null) node = node.Parent;
            return node;
        }
    }

    /// <summary>
    /// What <c>$ref</c>, <c>$recursiveRef</c> or <c>$dynamicRef</c> leads to, read as if it were a plain <c>$ref</c>; null without one
    /// of them, or where it leads nowhere.
    /// </summary>
    public SchemaNode? Target => _reference?.Node;

    /// <summary>All that is known of the schema's own reference, or null where it makes none.</summary>
    public SchemaReferenceTarget? Reference
    {
        get => _reference;
        internal set => _reference = value;
    }

    /// <summary>A second reference: <c>$dynamicRef</c> or <c>$recursiveRef</c> beside a <c>$ref</c>.</summary>
    public SchemaReferenceTarget? SecondReference { get; internal set; }

    /// <summary>The pointer's part that leads here from <see cref="Parent"/>.</summary>
    internal string Step { get; } = step;

    /// <summary>The keyword of that name, or null.</summary>
    public SchemaKeyword? Find(string keyword)
    {
        foreach (var candidate in _keywords)
        {
            if (candidate.Name == keyword) return candidate;
        }
        return null;
    }

    /// <summary>The schemas right below this one, in the order written.</summary>
    public IEnumerable<SchemaNode> Children => _keywords.SelectMany(keyword => keyword.Schemas);

    internal static string Escaped(string name) => JsonLocation.Pointer([name]);

    internal void SetKeywords(SchemaKeyword[] keywords) => _keywords = keywords;

    /// <inheritdoc/>
    public override string ToString() => $"{Resource.Uri} {Pointer}";
}

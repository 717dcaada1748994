namespace Gateway.Schemas.Json.Model;

/// <summary>A schema that has a URI of its own: a text's root, or a subschema with an id.</summary>
internal sealed class SchemaResource(string uri, SchemaDialect dialect, SchemaNode root)
{
    private readonly Dictionary<string, SchemaNode> _anchors = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SchemaNode> _dynamicAnchors = new(StringComparer.Ordinal);

    /// <summary>Its URI, without fragment; the base of references in it.</summary>
    public string Uri { get; } = uri;

    /// <summary>What its keywords mean.</summary>
    public SchemaDialect Dialect { get; } = dialect;

    /// <summary>The schema itself.</summary>
    public SchemaNode Root { get; } = root;

    /// <summary>Names of places in it, dynamic ones included.</summary>
    public IReadOnlyDictionary<string, SchemaNode> Anchors => _anchors;

    /// <summary>Names that <c>$dynamicRef</c> finds in whoever refers here.</summary>
    public IReadOnlyDictionary<string, SchemaNode> DynamicAnchors => _dynamicAnchors;

    /// <summary>Whether <c>$recursiveRef</c> may lead out of here to whoever refers here (2019-09).</summary>
    public bool IsRecursiveAnchor { get; internal set; }

    internal void AddAnchor(string name, SchemaNode node, bool dynamic)
    {
        _anchors.TryAdd(name, node);
        if (dynamic) _dynamicAnchors.TryAdd(name, node);
    }
}

/// <summary>How a schema refers to another one, and where that leads.</summary>
/// <param name="Keyword"><c>$ref</c>, <c>$recursiveRef</c> or <c>$dynamicRef</c>.</param>
/// <param name="Text">The URI reference as written.</param>
/// <param name="Uri">The absolute URI it means, fragment included.</param>
/// <param name="Node">The schema it leads to, or null.</param>
/// <param name="DynamicAnchor">
/// The anchor to look for in whoever refers here before <paramref name="Node"/> is taken; empty for <c>$recursiveAnchor</c>, null where the
/// reference is a plain one.
/// </param>
internal sealed record SchemaReferenceTarget(string Keyword, string Text, string Uri, SchemaNode? Node, string? DynamicAnchor);

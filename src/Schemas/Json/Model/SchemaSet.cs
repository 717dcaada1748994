using System.Globalization;
using System.Text.Json;
using Gateway.Schemas.Text;

namespace Gateway.Schemas.Json.Model;

/// <summary>
/// The texts of one parse and everything with a URI in them. References lead within the set or to a bundled meta-schema; nothing is fetched.
/// </summary>
/// <param name="fallback">Where URIs are looked up that the set does not know; null for none.</param>
/// <param name="meter">What reading and resolving may cost.</param>
internal sealed class SchemaSet(Func<SchemaSet>? fallback, BudgetMeter meter)
{
    private const int FewEnoughToSearch = 32;

    private readonly Dictionary<string, SchemaResource> _byUri = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SchemaResource> _byName = new(StringComparer.Ordinal);
    private readonly Dictionary<(SchemaNode, string), SchemaNode?> _elsewhere = [];
    private readonly Dictionary<(SchemaNode, string), Dictionary<string, JsonElement>> _members = [];
    private readonly Queue<SchemaNode> _unresolved = new();

    /// <summary>Schemas whose reference leads nowhere, in the order met.</summary>
    public List<SchemaNode> Dangling { get; } = [];

    /// <summary>Adds a text. What it names itself never takes the place of what is there, unless it is the main one.</summary>
    /// <param name="root">The text.</param>
    /// <param name="foundAt">The URI it is known by from outside.</param>
    /// <param name="name">The same as written by whoever refers to it; null for the main text.</param>
    /// <param name="byDefault">Its dialect, where it does not say.</param>
    /// <param name="isMain">Whether its names go first.</param>
    public SchemaNode Add(JsonElement root, string foundAt, string? name, SchemaDialect byDefault, bool isMain)
    {
        var loader = new SchemaLoader(DialectOf, meter);
        var node = loader.Load(root, foundAt, byDefault);
        var known = new Dictionary<string, SchemaResource>(StringComparer.Ordinal);
        foreach (var resource in loader.Resources) known.TryAdd(resource.Uri, resource);
        known.TryAdd(foundAt, node.Resource);
        foreach (var (uri, resource) in known)
        {
            if (isMain) _byUri[uri] = resource;
            else _byUri.TryAdd(uri, resource);
        }
        if (name is not null && isMain) _byName[name] = node.Resource;
        else if (name is not null) _byName.TryAdd(name, node.Resource);
        foreach (var referring in loader.Referring) _unresolved.Enqueue(referring);
        return node;
    }

    /// <summary>Resolves the references of every text added so far.</summary>
    public void ResolveReferences()
    {
        while (_unresolved.TryDequeue(out var node))
        {
            meter.Step();
            foreach (var keyword in node.Keywords)
            {
                if (!SchemaLoader.IsReference(node.Draft, keyword)) continue;
                var target = Resolve(node, keyword);
                if (node.Reference is null) node.Reference = target;
                else node.SecondReference = target;
                if (target.Node is null) Dangling.Add(node);
            }
        }
    }

    /// <summary>The resource of that URI (without fragment), or null.</summary>
    public SchemaResource? Find(string uri) => _byUri.GetValueOrDefault(uri) ?? fallback?.Invoke().Find(uri);

    private SchemaDialect? DialectOf(string schemaUri)
    {
        if (JsonSchemaDrafts.Find(schemaUri) is { } draft) return SchemaDialect.Of(draft);
        var uri = SchemaUri.Split(schemaUri).Uri;
        return (_byUri.GetValueOrDefault(uri) ?? _byName.GetValueOrDefault(uri)) is { } metaSchema ? SchemaDialect.DescribedBy(metaSchema) : null;
    }

    private SchemaReferenceTarget Resolve(SchemaNode from, SchemaKeyword keyword)
    {
        var text = keyword.Value.GetString()!;
        var (relative, fragment) = SchemaUri.Split(text);
        meter.Joined(from.Resource.Uri.Length + relative.Length);
        var uri = SchemaUri.Resolve(from.Resource.Uri, relative);
        var resource = _byUri.GetValueOrDefault(uri) ?? Named(relative) ?? Named(text) ?? fallback?.Invoke().Find(uri);
        var node = resource is null ? null
            : string.IsNullOrEmpty(fragment) ? resource.Root
            : fragment[0] == '/' ? At(resource.Root, fragment)
            : resource.Anchors.GetValueOrDefault(fragment);
        string? anchor = null;
        if (keyword.Name == "$recursiveRef" && resource is { IsRecursiveAnchor: true }) anchor = "";
        else if (keyword.Name == "$dynamicRef" && fragment is not null && node is not null
            && ReferenceEquals(resource!.DynamicAnchors.GetValueOrDefault(fragment), node)) anchor = fragment;
        return new SchemaReferenceTarget(keyword.Name, text, fragment is null ? uri : $"{uri}#{fragment}", node, anchor);
    }

    private SchemaResource? Named(string reference)
    {
        if (_byName.Count == 0 || reference.Length == 0) return null;
        if (_byName.TryGetValue(reference, out var resource)) return resource;
        return reference.StartsWith("./", StringComparison.Ordinal) ? _byName.GetValueOrDefault(reference[2..]) : null;
    }

    /// <summary>The schema at a JSON pointer: one that is known as such, or whatever stands there, read as a schema.</summary>
    private SchemaNode? At(SchemaNode start, string pointer)
    {
        var steps = pointer[1..].Split('/');
        for (var i = 0; i < steps.Length; i++) steps[i] = Unescaped(steps[i]);
        var (node, at) = (start, 0);
        while (at < steps.Length)
        {
            meter.Step();
            var keyword = node.Find(steps[at]);
            var (next, used) = keyword switch
            {
                { Schema: { } one } => (one, 1),
                { List: { } list } when at + 1 < steps.Length => (Index(steps[at + 1]) is { } i && i < list.Count ? list[i] : null, 2),
                { Map: not null } when at + 1 < steps.Length => (keyword.Named(steps[at + 1]), 2),
                _ => (null, 0),
            };
            if (next is null) return Elsewhere(node, steps.AsSpan(at));
            (node, at) = (next, at + used);
        }
        return node;
    }

    private SchemaNode? Elsewhere(SchemaNode node, ReadOnlySpan<string> steps)
    {
        var path = "";
        foreach (var step in steps) path += SchemaNode.Escaped(step);
        if (_elsewhere.TryGetValue((node, path), out var known)) return known;
        JsonElement? json = node.Json;
        var walked = "";
        foreach (var step in steps)
        {
            meter.Step();
            json = json switch
            {
                { ValueKind: JsonValueKind.Object } value => Member(value, step, node, walked),
                { ValueKind: JsonValueKind.Array } value => Index(step) is { } i && i < value.GetArrayLength() ? value[i] : null,
                _ => null,
            };
            walked += SchemaNode.Escaped(step);
        }
        SchemaNode? found = null;
        if (json is { ValueKind: JsonValueKind.Object or JsonValueKind.True or JsonValueKind.False } schema)
        {
            var loader = new SchemaLoader(DialectOf, meter);
            found = loader.LoadAt(schema, node, path);
            foreach (var resource in loader.Resources) _byUri.TryAdd(resource.Uri, resource);
            foreach (var referring in loader.Referring) _unresolved.Enqueue(referring);
        }
        _elsewhere.Add((node, path), found);
        return found;
    }

    private JsonElement? Member(JsonElement value, string name, SchemaNode node, string path)
    {
        if (value.GetPropertyCount() <= FewEnoughToSearch) return value.TryGetProperty(name, out var member) ? member : null;
        if (!_members.TryGetValue((node, path), out var members))
        {
            members = CompactJson.Members(value).ToDictionary(entry => entry.Key, entry => entry.Value, StringComparer.Ordinal);
            _members.Add((node, path), members);
        }
        return members.TryGetValue(name, out var found) ? found : null;
    }

    private static int? Index(string step) =>
        int.TryParse(step, NumberStyles.None, CultureInfo.InvariantCulture, out var index) ? index : null;

    private static string Unescaped(string step) =>
        step.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
}

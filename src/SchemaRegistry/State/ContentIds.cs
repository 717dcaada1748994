namespace Gateway.SchemaRegistry.State;

/// <summary>
/// The id that answers for a content. An import can give one content several; the lowest of those that are there answers, so that every reader of
/// the topic agrees.
/// </summary>
internal sealed class ContentIds
{
    private readonly LayeredMap<(string Context, string SchemaType, Guid Guid), int>.Builder _lowest = new();

    // Only the contents that have more than one; there are few.
    private readonly Dictionary<(string Context, string SchemaType, Guid Guid), SortedSet<int>> _several = [];

    public LayeredMap<(string Context, string SchemaType, Guid Guid), int> ToImmutable() => _lowest.ToImmutable();

    public void Add((string Context, string SchemaType, Guid Guid) content, int id)
    {
        if (!_lowest.TryGetValue(content, out var lowest)) _lowest[content] = id;
        else if (lowest != id)
        {
            if (!_several.TryGetValue(content, out var ids)) _several.Add(content, ids = [lowest]);
            ids.Add(id);
            _lowest[content] = ids.Min;
        }
    }

    public void Remove((string Context, string SchemaType, Guid Guid) content, int id)
    {
        if (!_several.TryGetValue(content, out var ids))
        {
            if (_lowest.TryGetValue(content, out var only) && only == id) _lowest.Remove(content);
            return;
        }
        ids.Remove(id);
        _lowest[content] = ids.Min;
        if (ids.Count == 1) _several.Remove(content);
    }
}

using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace Gateway.SchemaRegistry.State;

/// <summary>
/// Builds a map sorted by name. Up to the first image its order is nobody's concern, and a plain dictionary takes in a whole log several times faster.
/// </summary>
internal sealed class SortedMapBuilder<TValue>
{
    private Dictionary<string, TValue>? _unsorted = new(StringComparer.Ordinal);
    private ImmutableSortedDictionary<string, TValue>.Builder? _sorted;

    public TValue this[string name]
    {
        set
        {
            if (_sorted is null) _unsorted![name] = value;
            else _sorted[name] = value;
        }
    }

    public bool TryGetValue(string name, [MaybeNullWhen(false)] out TValue value) =>
        _sorted is null ? _unsorted!.TryGetValue(name, out value) : _sorted.TryGetValue(name, out value);

    public void Remove(string name)
    {
        if (_sorted is null) _unsorted!.Remove(name);
        else _sorted.Remove(name);
    }

    public ImmutableSortedDictionary<string, TValue> ToImmutable()
    {
        _sorted ??= ImmutableSortedDictionary.CreateRange(StringComparer.Ordinal, _unsorted!).ToBuilder();
        _unsorted = null;
        return _sorted.ToImmutable();
    }
}

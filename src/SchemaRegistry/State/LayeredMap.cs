using System.Collections;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace Gateway.SchemaRegistry.State;

/// <summary>
/// An immutable map that is quick to make of very much: what a log held when it was read lies in a plain dictionary that nobody changes any more, what
/// changed since lies over it.
/// </summary>
internal sealed class LayeredMap<TKey, TValue> : IReadOnlyCollection<KeyValuePair<TKey, TValue>> where TKey : notnull
{
    private readonly Dictionary<TKey, TValue> _ground;
    private readonly ImmutableDictionary<TKey, Change> _changes;

    private LayeredMap(Dictionary<TKey, TValue> ground, ImmutableDictionary<TKey, Change> changes, int count) =>
        (_ground, _changes, Count) = (ground, changes, count);

    public int Count { get; }

    public IEnumerable<TKey> Keys => this.Select(static entry => entry.Key);

    public TValue this[TKey key] => TryGetValue(key, out var value) ? value : throw new KeyNotFoundException();

    public bool TryGetValue(TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        if (_changes.Count == 0 || !_changes.TryGetValue(key, out var change)) return _ground.TryGetValue(key, out value);
        value = change.Value;
        return change.IsThere;
    }

    /// <summary>The same with one more, or with another value.</summary>
    public LayeredMap<TKey, TValue> SetItem(TKey key, TValue value) =>
        new(_ground, _changes.SetItem(key, new Change(true, value)), TryGetValue(key, out _) ? Count : Count + 1);

    public IEnumerator<KeyValuePair<TKey, TValue>> GetEnumerator()
    {
        foreach (var entry in _ground)
            if (!_changes.ContainsKey(entry.Key)) yield return entry;
        foreach (var (key, change) in _changes)
            if (change.IsThere) yield return KeyValuePair.Create(key, change.Value!);
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>What a key stands for now, if for anything.</summary>
    private readonly record struct Change(bool IsThere, TValue? Value);

    /// <summary>The map as it grows: up to its first image the dictionary itself, then the changes.</summary>
    internal sealed class Builder
    {
        private readonly Dictionary<TKey, TValue> _ground = [];
        private ImmutableDictionary<TKey, Change>.Builder? _changes;
        private int _count;

        public TValue this[TKey key]
        {
            set
            {
                if (!TryGetValue(key, out _)) _count++;
                if (_changes is null) _ground[key] = value;
                else _changes[key] = new Change(true, value);
            }
        }

        public bool TryGetValue(TKey key, [MaybeNullWhen(false)] out TValue value)
        {
            if (_changes is null || !_changes.TryGetValue(key, out var change)) return _ground.TryGetValue(key, out value);
            value = change.Value;
            return change.IsThere;
        }

        public void Remove(TKey key)
        {
            if (!TryGetValue(key, out _)) return;
            _count--;
            if (_changes is null) _ground.Remove(key);
            else if (_ground.ContainsKey(key)) _changes[key] = default;
            else _changes.Remove(key);
        }

        public LayeredMap<TKey, TValue> ToImmutable()
        {
            _changes ??= ImmutableDictionary.CreateBuilder<TKey, Change>();
            return new LayeredMap<TKey, TValue>(_ground, _changes.ToImmutable(), _count);
        }
    }
}

using System.Collections.Concurrent;
using Gateway.Schemas;

namespace Gateway.SchemaRegistry.State;

/// <summary>
/// Parsed schemas by what they were parsed of. What was used since the last half of the room filled up stays when the next one does; the rest goes.
/// So schemas in use stay, however many others pass through.
/// </summary>
/// <param name="maxCharacters">Room for keys, which tell roughly what the schemas take.</param>
internal sealed class KeptSchemas(long maxCharacters)
{
    private readonly Lock _gate = new();
    private volatile ConcurrentDictionary<string, ISchema> _used = new(StringComparer.Ordinal);
    private volatile ConcurrentDictionary<string, ISchema> _before = new(StringComparer.Ordinal);
    private long _characters;

    public ISchema? Find(string key)
    {
        if (_used.TryGetValue(key, out var kept)) return kept;
        if (!_before.TryGetValue(key, out kept)) return null;
        Keep(key, kept);
        return kept;
    }

    public void Keep(string key, ISchema schema)
    {
        // One that is larger than that would drive out all others, twice.
        if (key.Length > maxCharacters / 2) return;
        lock (_gate)
        {
            if (_characters + key.Length > maxCharacters / 2) (_before, _used, _characters) = (_used, new(StringComparer.Ordinal), 0);
            if (_used.TryAdd(key, schema)) _characters += key.Length;
        }
    }
}

namespace Gateway.Schemas.Json.Validation;

/// <summary>Which members of an object or items of an array some schema has looked at, by position. One object serves one value.</summary>
internal sealed class EvaluatedParts
{
    private ulong[] _bits = [];

    /// <summary>Whether there is nothing left to look at.</summary>
    public bool All { get; private set; }

    public void MarkAll() => All = true;

    public void Mark(int position)
    {
        var word = position >> 6;
        if (word >= _bits.Length) Array.Resize(ref _bits, Math.Max(word + 1, _bits.Length * 2));
        _bits[word] |= 1UL << (position & 63);
    }

    public bool Has(int position) => All || ((position >> 6) < _bits.Length && (_bits[position >> 6] & (1UL << (position & 63))) != 0);

    public void Clear()
    {
        All = false;
        Array.Clear(_bits);
    }

    /// <summary>Takes over what another schema looked at in the same value.</summary>
    public void Add(EvaluatedParts other)
    {
        All |= other.All;
        if (other._bits.Length > _bits.Length) Array.Resize(ref _bits, other._bits.Length);
        for (var i = 0; i < other._bits.Length; i++) _bits[i] |= other._bits[i];
    }
}

namespace Gateway.Schemas.Json.Patterns;

/// <summary>The capturing groups of a pattern. They are counted before anything is read: <c>\2</c> may refer to one that opens later.</summary>
internal sealed class EcmaGroups
{
    private readonly Dictionary<string, int> _names = new(StringComparer.Ordinal);

    /// <summary>How many there are.</summary>
    public int Count { get; private set; }

    /// <summary>Whether something refers back to one; otherwise nobody needs to know what they captured.</summary>
    public bool AreReferredTo { get; private set; }

    /// <summary>Looks through a pattern, which may turn out to be none.</summary>
    public static EcmaGroups In(string pattern)
    {
        var groups = new EcmaGroups();
        for (var i = 0; i < pattern.Length; i++)
        {
            switch (pattern[i])
            {
                case '\\':
                    groups.AreReferredTo |= i + 1 < pattern.Length && pattern[i + 1] is (>= '1' and <= '9') or 'k';
                    i++;
                    break;
                case '[':
                    i = EndOfClass(pattern, i);
                    break;
                case '(':
                    groups.Add(pattern, i);
                    break;
            }
        }
        return groups;
    }

    /// <summary>The number of the first group of that name, or null.</summary>
    public int? Named(string name) => _names.TryGetValue(name, out var number) ? number : null;

    private void Add(string pattern, int at)
    {
        if (at + 1 >= pattern.Length || pattern[at + 1] != '?')
        {
            Count++;
            return;
        }
        if (at + 3 >= pattern.Length || pattern[at + 2] != '<' || pattern[at + 3] is '=' or '!') return;
        Count++;
        var end = pattern.IndexOf('>', at);
        if (end > 0) _names.TryAdd(pattern[(at + 3)..end], Count);
    }

    private static int EndOfClass(string pattern, int start)
    {
        for (var i = start + 1; i < pattern.Length; i++)
        {
            if (pattern[i] == '\\') i++;
            else if (pattern[i] == ']') return i;
        }
        return pattern.Length;
    }
}

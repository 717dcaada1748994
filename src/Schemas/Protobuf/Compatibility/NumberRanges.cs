namespace Gateway.Schemas.Protobuf.Compatibility;

/// <summary>A set of numbers given as ranges, both ends included.</summary>
internal sealed class NumberRanges
{
    private readonly List<int> _firsts = [];
    private readonly List<int> _lasts = [];

    public NumberRanges(IEnumerable<(int First, int Last)> ranges)
    {
        foreach (var (first, last) in ranges.Order())
        {
            // Ranges that overlap become one, so that only one can hold a number.
            if (_lasts.Count > 0 && first <= _lasts[^1]) _lasts[^1] = Math.Max(last, _lasts[^1]);
            else
            {
                _firsts.Add(first);
                _lasts.Add(last);
            }
        }
    }

    public bool Contain(int number)
    {
        var index = _firsts.BinarySearch(number);
        if (index < 0) index = ~index - 1;
        return index >= 0 && number <= _lasts[index];
    }
}

namespace Gateway.Schemas.Json.Compatibility;

/// <summary>
/// Pairs as many branches as possible with compatible ones of the other side, each with one at most. Branches that read the same are tried
/// first, then those in the same place, and others are compared only as far as the search needs them: two versions of a schema mostly differ
/// in few branches, and then a few comparisons do instead of all.
/// </summary>
internal sealed class BranchMatching
{
    private const int StepsPerVerdict = 8;

    private readonly SchemaComparison _comparison;
    private readonly IReadOnlyList<ComparedSchema> _before;
    private readonly IReadOnlyList<ComparedSchema> _after;
    private readonly int[] _matchOfBefore;
    private readonly int[] _matchOfAfter;
    private readonly Verdict[]?[] _verdicts;
    private int _count;

    public BranchMatching(SchemaComparison comparison, IReadOnlyList<ComparedSchema> before, IReadOnlyList<ComparedSchema> after)
    {
        _comparison = comparison;
        _before = before;
        _after = after;
        _matchOfBefore = new int[before.Count];
        _matchOfAfter = new int[after.Count];
        _verdicts = new Verdict[]?[before.Count];
        Array.Fill(_matchOfBefore, -1);
        Array.Fill(_matchOfAfter, -1);
    }

    private enum Verdict : byte
    {
        Unknown,
        Compatible,
        Incompatible,
    }

    /// <summary>For each branch of the original the compatible pair it is matched in, or null.</summary>
    public PairResult?[] Find()
    {
        MatchEqualOnes();
        var limit = Math.Min(_before.Count, _after.Count);
        // A search that found nothing has seen a part of the graph no later search can gain by.
        var exhausted = new bool[_after.Count];
        for (var i = 0; i < _before.Count && _count < limit; i++)
            if (_matchOfBefore[i] < 0) Augment(i, exhausted);
        var matches = new PairResult?[_before.Count];
        for (var i = 0; i < _before.Count; i++)
            if (_matchOfBefore[i] >= 0) matches[i] = _comparison.Below(_before[i], _after[_matchOfBefore[i]]);
        return matches;
    }

    private void MatchEqualOnes()
    {
        var places = new Dictionary<int, int>();
        for (var j = 0; j < _after.Count; j++) places[_after[j].Structure] = j;
        for (var i = 0; i < _before.Count; i++)
        {
            if (!places.TryGetValue(_before[i].Structure, out var j) || !IsCompatible(i, j)) continue;
            (_matchOfBefore[i], _matchOfAfter[j]) = (j, i);
            _count++;
        }
    }

    /// <summary>Looks for a way to match one branch more, breadth first, and takes it.</summary>
    private void Augment(int start, bool[] exhausted)
    {
        var cameFrom = new Dictionary<int, int>();
        var waiting = new Queue<int>();
        waiting.Enqueue(start);
        while (waiting.TryDequeue(out var i))
        {
            if (Unmatched(i) is { } end)
            {
                cameFrom[end] = i;
                Take(end, cameFrom);
                return;
            }
            for (var j = 0; j < _after.Count; j++)
            {
                if (_matchOfAfter[j] < 0 || exhausted[j] || cameFrom.ContainsKey(j) || !IsCompatible(i, j)) continue;
                cameFrom.Add(j, i);
                waiting.Enqueue(_matchOfAfter[j]);
            }
        }
        foreach (var j in cameFrom.Keys) exhausted[j] = true;
    }

    /// <summary>A branch that suits and is still to be had.</summary>
    private int? Unmatched(int i)
    {
        for (var k = 0; k < _after.Count; k++)
        {
            var j = (i + k) % _after.Count;
            if (_matchOfAfter[j] < 0 && IsCompatible(i, j)) return j;
        }
        return null;
    }

    private void Take(int end, Dictionary<int, int> cameFrom)
    {
        _count++;
        for (var j = end; j >= 0;)
        {
            var i = cameFrom[j];
            var next = _matchOfBefore[i];
            (_matchOfBefore[i], _matchOfAfter[j]) = (j, i);
            j = next;
        }
    }

    private bool IsCompatible(int i, int j)
    {
        _comparison.Charge();
        var row = _verdicts[i] ??= new Verdict[_after.Count];
        if (row[j] == Verdict.Unknown)
        {
            _comparison.Charge(StepsPerVerdict);
            row[j] = _comparison.IsCompatible(_before[i], _after[j]) ? Verdict.Compatible : Verdict.Incompatible;
        }
        return row[j] == Verdict.Compatible;
    }
}

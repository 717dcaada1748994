using System.Text;
using Gateway.Schemas.Compatibility;

namespace Gateway.Schemas.Json.Compatibility;

/// <summary>
/// Tells differences with the paths that lead to them. A pair is told wherever it stands, but not inside itself; schemas used all over can
/// make that endless in effect, so there is a limit, which never hides that there is a difference.
/// </summary>
internal sealed class DifferenceListing(PairResult root, CompatibilityPolicy policy, BudgetMeter meter)
{
    private const int MaxDifferences = 1000;
    private const int MaxVisits = 100_000;
    private const int MaxPathCharacters = 4_000_000;

    private readonly List<SchemaDifference> _found = [];
    private int _visits;
    private int _characters;

    /// <summary>Those that break readers.</summary>
    public IReadOnlyList<SchemaDifference> Incompatible()
    {
        if (!root.IsIncompatible) return [];
        List(IsIncompatible);
        // Only where the limit came before the first difference.
        if (_found.Count == 0) Shortest();
        return _found;
    }

    /// <summary>All of them.</summary>
    public IReadOnlyList<SchemaDifference> All()
    {
        List(_ => true);
        return _found;
    }

    private bool IsFull => _found.Count >= MaxDifferences || _visits >= MaxVisits || _characters >= MaxPathCharacters;

    private bool IsIncompatible(Finding finding) =>
        finding.Token is { } token ? JsonChanges.IsIncompatible(token, policy) : finding.Below!.IsIncompatible;

    private void List(Func<Finding, bool> counts)
    {
        var path = new StringBuilder("#/");
        var open = new Stack<Place>();
        Enter(root, path.Length);
        while (open.Count > 0 && !IsFull)
        {
            var place = open.Pop();
            path.Length = place.PathLength;
            if (place.Next == place.Pair.Findings.Count)
            {
                place.Pair.IsListed = false;
                continue;
            }
            open.Push(place with { Next = place.Next + 1 });
            var finding = place.Pair.Findings[place.Next];
            if (!counts(finding) || finding.Below is { IsListed: true }) continue;
            _visits++;
            meter.Step();
            Extend(path, finding);
            if (finding.Token is { } token) Tell(token, path.ToString());
            else Enter(finding.Below!, path.Length);
        }
        foreach (var place in open) place.Pair.IsListed = false;

        void Enter(PairResult pair, int pathLength)
        {
            pair.IsListed = true;
            open.Push(new Place(pair, 0, pathLength));
        }
    }

    /// <summary>The difference the fewest steps away.</summary>
    private void Shortest()
    {
        var seen = new HashSet<PairResult> { root };
        var waiting = new Queue<(PairResult Pair, string Path)>([(root, "#/")]);
        while (waiting.TryDequeue(out var next))
        {
            foreach (var finding in next.Pair.Findings)
            {
                if (!IsIncompatible(finding)) continue;
                meter.Step();
                var path = new StringBuilder(next.Path);
                Extend(path, finding);
                if (finding.Token is { } token)
                {
                    Tell(token, path.ToString());
                    return;
                }
                if (seen.Add(finding.Below!)) waiting.Enqueue((finding.Below!, path.ToString()));
            }
        }
    }

    private void Tell(string token, string path)
    {
        _characters += path.Length;
        _found.Add(new SchemaDifference(token, path, JsonChangeTexts.Describe(token, path), null, SchemaTypes.Json));
    }

    private static void Extend(StringBuilder path, Finding finding)
    {
        if (finding.Step is null) return;
        if (path.Length > 2) path.Append('/');
        path.Append(finding.Step);
        if (finding.Name is not null) path.Append('/').Append(finding.Name);
    }

    private readonly record struct Place(PairResult Pair, int Next, int PathLength);
}

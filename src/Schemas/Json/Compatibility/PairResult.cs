using System.Runtime.InteropServices;

namespace Gateway.Schemas.Json.Compatibility;

/// <summary>What was found about a pair of schemas, and may still change while pairs it rests on are compared.</summary>
internal sealed class PairResult(ComparedSchema original, ComparedSchema update)
{
    private static readonly ComparedSchema Nothing = new(SchemaKind.Empty);
    private List<Finding>? _findings;
    private List<PairResult>? _dependents;

    /// <summary>A pair without any difference.</summary>
    public static PairResult Same { get; } = new(Nothing, Nothing) { State = PairState.Done };

    /// <summary>A pair of different kinds.</summary>
    public static PairResult TypeChanged { get; } = new(Nothing, Nothing)
    {
        State = PairState.Done,
        IsIncompatible = true,
        _findings = [new Finding("TYPE_CHANGED", null, null, null)],
    };

    public ComparedSchema Original { get; } = original;

    public ComparedSchema Update { get; } = update;

    public PairState State { get; set; }

    /// <summary>Whether the reader cannot take all the writer's data. Once true it stays so.</summary>
    public bool IsIncompatible { get; set; }

    /// <summary>Whether this rests on a pair that was taken for compatible before it was compared to the end.</summary>
    public bool IsProvisional { get; set; }

    /// <summary>Whether the pair waits to be compared, for the first time or again.</summary>
    public bool IsQueued { get; set; }

    /// <summary>Whether the listing of differences is inside this pair.</summary>
    public bool IsListed { get; set; }

    public IReadOnlyList<Finding> Findings => _findings ?? (IReadOnlyList<Finding>)[];

    /// <summary>Notes a finding.</summary>
    public void Add(Finding finding) => (_findings ??= new List<Finding>(1)).Add(finding);

    /// <summary>Forgets what was found, before the pair is compared again.</summary>
    public void Clear() => _findings?.Clear();

    /// <summary>Remembers who took this pair for compatible.</summary>
    public void AddDependent(PairResult dependent)
    {
        _dependents ??= [];
        if (_dependents.Count == 0 || !ReferenceEquals(_dependents[^1], dependent)) _dependents.Add(dependent);
    }

    /// <summary>Hands out, once, who took this pair for compatible.</summary>
    public List<PairResult> TakeDependents()
    {
        var taken = _dependents ?? [];
        _dependents = null;
        return taken;
    }
}

/// <summary>How far a pair has been compared.</summary>
internal enum PairState
{
    New,
    InProgress,
    Done,
}

/// <summary>One difference, or a pair below with its own; relative to the pair that holds it.</summary>
/// <param name="Token">The difference; null for a pair.</param>
/// <param name="Step">First step of the path, or null for the place of the pair itself.</param>
/// <param name="Name">Second step of the path, or null.</param>
/// <param name="Below">The pair; null for a difference.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Finding(string? Token, string? Step, string? Name, PairResult? Below);

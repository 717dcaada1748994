using System.Globalization;
using Gateway.Schemas.Compatibility;
using Gateway.Schemas.Json.Model;

namespace Gateway.Schemas.Json.Compatibility;

/// <summary>
/// Compares what a writer had (the original) with what a reader has (the update). Every pair of schemas is compared once. A pair that is met
/// again while it is being compared, or too deep down, is taken for compatible; when it turns out otherwise, whoever took it so is compared
/// again. What is left in the end is the greatest set of pairs that agree with each other, so recursion ends and hides nothing.
/// </summary>
internal sealed class SchemaComparison
{
    // Beyond this the pair waits its turn instead of taking up stack. References make chains much longer than schemas are deep.
    private const int MaxRecursion = 100;

    // What it takes to compare a pair and to remember it, against the glance that is one step. Budgets are meant to end within half a second.
    private const int StepsPerPair = 120;
    private const int StepsPerLeaf = 18;

    private readonly Dictionary<(ComparedSchema, ComparedSchema), PairResult> _results = [];
    private readonly Queue<PairResult> _queue = new();
    private readonly BudgetMeter _meter;
    private readonly ComparisonModel _model;
    private readonly PairResult _outside = new(new ComparedSchema(SchemaKind.Empty), new ComparedSchema(SchemaKind.Empty));
    private PairResult _current;
    private int _recursion;

    private SchemaComparison(CompatibilityPolicy policy, SchemaBudget budget)
    {
        Policy = policy;
        _current = _outside;
        _meter = budget.Start();
        _model = new ComparisonModel(new SchemaStructures(), policy == CompatibilityPolicy.Exhaustive, _meter);
        Names = new PropertyNamePatterns(_meter);
    }

    public CompatibilityPolicy Policy { get; }

    public bool IsExhaustive => Policy == CompatibilityPolicy.Exhaustive;

    public PropertyNamePatterns Names { get; }

    /// <summary>Compares two schemas to the end.</summary>
    /// <param name="original">What the writer had.</param>
    /// <param name="update">What the reader has.</param>
    /// <param name="policy">Which differences count, and what is looked at.</param>
    /// <param name="budget">What it may cost.</param>
    public static DifferenceListing Run(SchemaNode original, SchemaNode update, CompatibilityPolicy policy, SchemaBudget budget)
    {
        var comparison = new SchemaComparison(policy, budget);
        var root = comparison.Below(comparison._model.Of(original), comparison._model.Of(update));
        comparison.Settle();
        return new DifferenceListing(root, policy, comparison._meter);
    }

    /// <summary>The result for a pair the current one rests on.</summary>
    public PairResult Below(ComparedSchema original, ComparedSchema update)
    {
        _meter.Step();
        original = _model.Resolve(original);
        update = _model.Resolve(update);
        if (ReferenceEquals(original, update) || (original.Structure == update.Structure && !original.HasReference)) return PairResult.Same;
        if (original.Kind != update.Kind && original.Kind != SchemaKind.Combined && update.Kind != SchemaKind.Combined
            && !(IsExhaustive && update.Unchecked.Count > 0))
            return SchemaRules.MayChangeKind(original, update) ? PairResult.Same : PairResult.TypeChanged;

        if (IsLeaf(original) && IsLeaf(update))
        {
            Charge(StepsPerLeaf);
            var leaf = new PairResult(original, update);
            Evaluate(leaf);
            return leaf;
        }
        if (!_results.TryGetValue((original, update), out var result))
        {
            Charge(StepsPerPair);
            result = new PairResult(original, update);
            _results.Add((original, update), result);
            if (_recursion < MaxRecursion) Evaluate(result);
            else Enqueue(result);
        }
        if (result.State == PairState.Done && !result.IsProvisional) return result;
        _current.IsProvisional = true;
        if (!result.IsIncompatible) result.AddDependent(_current);
        return result;
    }

    /// <summary>Whether the reader can take all the writer's data, where nobody asks why not.</summary>
    public bool IsCompatible(ComparedSchema original, ComparedSchema update)
    {
        original = _model.Resolve(original);
        update = _model.Resolve(update);
        return !Mismatch.IsCertain(this, original, update) && !Below(original, update).IsIncompatible;
    }

    /// <summary>The same where either may be absent, which says everything.</summary>
    public void CompareOptional(string step, string? name, ComparedSchema? original, ComparedSchema? update)
    {
        if (original is not null && update is not null) AddPair(step, name, Below(original, update));
        else if (original is not null) Add("SCHEMA_REMOVED", step, name);
        else if (update is not null) Add("SCHEMA_ADDED", step, name);
    }

    /// <summary>Notes a difference of the current pair.</summary>
    public void Add(string token, string? step = null, string? name = null) => _current.Add(new Finding(token, step, name, null));

    /// <summary>Takes over what was found about a pair below.</summary>
    public void AddPair(string? step, string? name, PairResult below)
    {
        if (below.Findings.Count > 0 || below.State != PairState.Done || below.IsProvisional)
            _current.Add(new Finding(null, step, name, below));
    }

    /// <summary>Charges work that is no comparison of a pair.</summary>
    public void Charge(int steps = 1) => _meter.Step(steps);

    public static string Index(int index) => index.ToString(CultureInfo.InvariantCulture);

    public ComparedSchema Resolve(ComparedSchema schema) => _model.Resolve(schema);

    /// <summary>Schemas without others in them: comparing them again costs less than remembering.</summary>
    private static bool IsLeaf(ComparedSchema schema) =>
        schema is ComparedString or ComparedNumber or ComparedValues or { Kind: SchemaKind.Boolean or SchemaKind.Null or SchemaKind.Empty };

    private void Evaluate(PairResult result)
    {
        var outer = _current;
        _current = result;
        _recursion++;
        result.State = PairState.InProgress;
        result.Clear();
        SchemaRules.Compare(this, result.Original, result.Update);
        result.State = PairState.Done;
        _recursion--;
        _current = outer;
        if (result.IsIncompatible || !HasIncompatible(result.Findings)) return;
        result.IsIncompatible = true;
        foreach (var dependent in result.TakeDependents()) Enqueue(dependent);
    }

    private bool HasIncompatible(IReadOnlyList<Finding> findings)
    {
        for (var i = 0; i < findings.Count; i++)
            if (findings[i].Token is { } token ? JsonChanges.IsIncompatible(token, Policy) : findings[i].Below!.IsIncompatible) return true;
        return false;
    }

    private void Enqueue(PairResult result)
    {
        if (result.IsQueued) return;
        result.IsQueued = true;
        _queue.Enqueue(result);
    }

    /// <summary>Compares what waits until nothing changes any more.</summary>
    private void Settle()
    {
        while (_queue.TryDequeue(out var next))
        {
            _meter.Step();
            next.IsQueued = false;
            if (!ReferenceEquals(next, _outside)) Evaluate(next);
        }
    }
}

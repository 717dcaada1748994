using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Gateway.Schemas.Json.Model;
using Gateway.Schemas.Json.Patterns;
using Gateway.Schemas.Text;

namespace Gateway.Schemas.Json.Validation;

/// <summary>
/// One value being held against a schema: what it has cost, which schemas led here, and, in a run that explains, where we stand and what is
/// wrong. A value is first looked at without explaining; only one that does not fit is gone through again for the reasons.
/// </summary>
internal sealed class ValidationRun
{
    private const int MaxErrors = 5;
    private const int EnoughErrors = 100;

    // Keeping the way to a value makes a step dearer, and a reason in words much more. Whoever asked has the verdict already; a few do.
    private const int StepsWhenExplaining = 4, StepsPerReason = 400;

    /// <summary>
    /// How long all patterns may take for one value, together, explaining included. Steps alone cannot tell what a pattern takes: that hangs on
    /// the states it meets, from nanoseconds to microseconds a character.
    /// </summary>
    private static readonly TimeSpan PatternTime = TimeSpan.FromMilliseconds(250);

    private readonly SchemaBudget _budget;
    private readonly IReadOnlyDictionary<SchemaNode, CompiledSchema> _schemas;
    private readonly bool _tracksScope;
    private readonly int _maxFrames;
    private readonly List<SchemaResource> _scope = [];
    private readonly List<string> _path = [];
    private List<string> _errors = [];
    private bool _explains;
    private long _stepsLeft;
    private long _patternTicks;
    private int _frames;
    private int _errorCount;
    private int _firstDepth;

    public ValidationRun(SchemaBudget budget, IReadOnlyDictionary<SchemaNode, CompiledSchema> schemas, bool tracksScope)
    {
        (_budget, _schemas, _tracksScope) = (budget, schemas, tracksScope);
        _maxFrames = budget.MaxDepth * 4;
        _stepsLeft = budget.MaxSteps;
    }

    /// <summary>The run after the first, for the reasons.</summary>
    public ValidationRun Explaining() => new(_budget, _schemas, _tracksScope) { _explains = true, _patternTicks = _patternTicks };

    /// <summary>Where the first reason was found, as a JSON pointer into the value.</summary>
    public string FirstPath { get; private set; } = "";

    /// <summary>Whether reasons are wanted.</summary>
    public bool Explains => _explains;

    /// <summary>The reasons found, the first few of them.</summary>
    public IReadOnlyList<string> Errors => _errors;

    /// <summary>How many reasons there were.</summary>
    public int ErrorCount => _errorCount;

    /// <summary>The resources that lead here, outermost first.</summary>
    public IReadOnlyList<SchemaResource> Scope => _scope;

    public void Enter(SchemaResource resource)
    {
        Step(_explains ? StepsWhenExplaining : 1);
        if (++_frames > _maxFrames) throw TooDeep();
        if ((_frames & 15) == 0 && !RuntimeHelpers.TryEnsureSufficientExecutionStack()) throw TooDeep();
        if (_tracksScope) _scope.Add(resource);
    }

    public void Leave(SchemaResource resource)
    {
        _frames--;
        if (_tracksScope) _scope.RemoveAt(_scope.Count - 1);
    }

    public void Step(int count = 1)
    {
        if ((_stepsLeft -= count) < 0)
            throw new SchemaBudgetException($"validation takes more than {_budget.MaxSteps} steps, which is the limit");
        _budget.Shared?.Take(count);
    }

    /// <summary>Matches a pattern on the account of this run.</summary>
    public bool Matches(SchemaPattern pattern, string text)
    {
        Step(pattern.Cost(text));
        var started = Stopwatch.GetTimestamp();
        var matches = pattern.IsMatch(text);
        _patternTicks += Stopwatch.GetTimestamp() - started;
        if (Stopwatch.GetElapsedTime(0, _patternTicks) > PatternTime)
            throw new SchemaBudgetException(
                $"the schema's patterns take more than {PatternTime.TotalMilliseconds} ms for one value, which is the limit");
        return matches;
    }

    /// <summary>The compiled form of a schema, when it was compiled.</summary>
    public CompiledSchema? Find(SchemaNode node) => _schemas.GetValueOrDefault(node);

    public void Push(int position)
    {
        if (_explains) _path.Add(position.ToString(CultureInfo.InvariantCulture));
    }

    public void Push(string step)
    {
        if (_explains) _path.Add(step);
    }

    public void Pop()
    {
        if (_explains) _path.RemoveAt(_path.Count - 1);
    }

    /// <summary>Notes that a value did not pass a check.</summary>
    public void Report(Check check, in JsonElement value)
    {
        if (_errorCount >= EnoughErrors) return;
        Step(StepsPerReason);
        if (check.Explain(value, this) is { } reason) Add(reason, check.Location);
    }

    /// <summary>Notes that there was a value where the schema takes none.</summary>
    public void Report(CompiledSchema schema)
    {
        var name = _path.Count > 0 ? $"\"{_path[^1]}\" is not allowed here" : "no value is allowed";
        var step = schema.Node.Parent is null ? "" : schema.Node.Pointer;
        Add(name, "#" + step);
    }

    /// <summary>Whether a value fits, where it is no fault when it does not.</summary>
    public bool AcceptsQuietly(CompiledSchema schema, in JsonElement value, EvaluatedParts? evaluated)
    {
        var explained = _explains;
        _explains = false;
        var accepts = schema.Accepts(value, this, evaluated);
        _explains = explained;
        return accepts;
    }

    /// <summary>Why a value does not fit one of several schemas, for somebody who sums up; and how much deeper in the value that is.</summary>
    public (string Reason, int Depth, string Path) FirstReason(CompiledSchema schema, in JsonElement value)
    {
        var (outer, outerCount, outerPath, outerDepth) = (_errors, _errorCount, FirstPath, _firstDepth);
        (_errors, _errorCount) = ([], 0);
        var done = false;
        try
        {
            schema.Accepts(value, this, null);
            done = true;
            return (_errors.FirstOrDefault() ?? "does not fit", _firstDepth - _path.Count, FirstPath);
        }
        finally
        {
            // When the budget ends here, what was known before is what there is to tell; failing that, what was found on the way.
            if (done || outer.Count > 0) (_errors, _errorCount, FirstPath, _firstDepth) = (outer, outerCount, outerPath, outerDepth);
        }
    }

    /// <summary>Notes a reason that was found by <see cref="FirstReason"/>.</summary>
    public void Adopt((string Reason, int Depth, string Path) reason)
    {
        if (_errorCount++ == 0) (FirstPath, _firstDepth) = (reason.Path, _path.Count + reason.Depth);
        if (_errors.Count < MaxErrors) _errors.Add(reason.Reason);
    }

    /// <summary>What is wrong, for people.</summary>
    public string Summary()
    {
        var text = new StringBuilder(_errors.Count == 0 ? "the value does not fit the schema" : string.Join("; ", _errors));
        if (_errorCount > _errors.Count && _errors.Count > 0) text.Append("; and more");
        return text.ToString();
    }

    /// <summary>A value as it is shown in messages.</summary>
    public static string Show(in JsonElement value)
    {
        var text = value.GetRawText();
        return text.Length > 60 ? string.Concat(text.AsSpan(0, 60), "…") : text;
    }

    private void Add(string reason, string location)
    {
        if (_errorCount++ == 0) (FirstPath, _firstDepth) = (JsonLocation.Pointer(_path), _path.Count);
        if (_errors.Count < MaxErrors) _errors.Add($"at \"{JsonLocation.Pointer(_path)}\": {reason} (schema {location})");
    }

    private SchemaBudgetException TooDeep() => new(
        $"schemas are applied more than {_maxFrames} levels deep, which is the limit; "
        + "a $ref that leads back to itself for the same value never ends");
}

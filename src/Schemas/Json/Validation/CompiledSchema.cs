using System.Runtime.CompilerServices;
using System.Text.Json;
using Gateway.Schemas.Json.Model;

namespace Gateway.Schemas.Json.Validation;

/// <summary>A schema ready to be held against values: its checks, by the kind of value they speak about. Immutable once compiled.</summary>
internal sealed class CompiledSchema(SchemaNode node)
{
    private Check[] _all = [];
    private Check[] _forNull = [], _forBoolean = [], _forNumber = [], _forString = [], _forArray = [], _forObject = [];
    private Check? _unevaluated;

    /// <summary>The schema.</summary>
    public SchemaNode Node { get; } = node;

    /// <summary>Whether it takes nothing, by being <c>false</c>.</summary>
    public bool IsFalse => Node.IsFalse;

    /// <summary>Everything it checks.</summary>
    public IEnumerable<Check> Checks => _unevaluated is null ? _all : _all.Append(_unevaluated);

    /// <summary>Whether a value fits.</summary>
    public bool Accepts(in JsonElement value, ValidationRun run, EvaluatedParts? evaluated)
    {
        if (IsFalse)
        {
            if (run.Explains) run.Report(this);
            return false;
        }
        var checks = value.ValueKind switch
        {
            JsonValueKind.Object => _forObject,
            JsonValueKind.Array => _forArray,
            JsonValueKind.String => _forString,
            JsonValueKind.Number => _forNumber,
            JsonValueKind.True or JsonValueKind.False => _forBoolean,
            _ => _forNull,
        };
        if (checks.Length == 0 && _unevaluated is null) return true;
        run.Enter(Node.Resource);
        var fits = _unevaluated is not null && value.ValueKind is JsonValueKind.Object or JsonValueKind.Array
            ? WithLeftovers(checks, value, run, evaluated)
            : PassesAll(checks, value, run, evaluated);
        run.Leave(Node.Resource);
        return fits;
    }

    internal void SetChecks(List<Check> checks, Check? unevaluated)
    {
        _all = [.. checks];
        _unevaluated = unevaluated;
        _forNull = For(ValueKinds.Null);
        _forBoolean = For(ValueKinds.Boolean);
        _forNumber = For(ValueKinds.Number);
        _forString = For(ValueKinds.String);
        _forArray = For(ValueKinds.Array);
        _forObject = For(ValueKinds.Object);
    }

    private Check[] For(ValueKinds kind) => [.. _all.Where(check => (check.AppliesTo & kind) != 0)];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool PassesAll(Check[] checks, in JsonElement value, ValidationRun run, EvaluatedParts? evaluated)
    {
        var passes = true;
        foreach (var check in checks)
        {
            if (check.Passes(value, run, evaluated)) continue;
            if (!run.Explains) return false;
            passes = false;
            run.Report(check, value);
        }
        return passes;
    }

    /// <summary>What the other keywords have looked at decides what <c>unevaluated…</c> sees, so it goes last, with a set of its own.</summary>
    private bool WithLeftovers(Check[] checks, in JsonElement value, ValidationRun run, EvaluatedParts? outer)
    {
        var parts = new EvaluatedParts();
        if (!PassesAll(checks, value, run, parts)) return false;
        if (!_unevaluated!.Passes(value, run, parts))
        {
            if (run.Explains) run.Report(_unevaluated, value);
            return false;
        }
        outer?.Add(parts);
        return true;
    }
}

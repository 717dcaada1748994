using System.Text.Json;
using Gateway.Schemas.Json.Model;

namespace Gateway.Schemas.Json.Validation;

/// <summary><c>allOf</c>.</summary>
internal sealed class AllOfCheck(SchemaNode node, CompiledSchema[] schemas) : Check(node, "allOf")
{
    public override IEnumerable<CompiledSchema> AppliedInPlace => schemas;

    public override bool Passes(in JsonElement value, ValidationRun run, EvaluatedParts? evaluated)
    {
        var passes = true;
        foreach (var schema in schemas)
        {
            if (schema.Accepts(value, run, evaluated)) continue;
            if (!run.Explains) return false;
            passes = false;
        }
        return passes;
    }

    public override string? Explain(in JsonElement value, ValidationRun run) => null;
}

/// <summary><c>anyOf</c> and <c>oneOf</c>.</summary>
internal sealed class SomeOfCheck(SchemaNode node, string keyword, CompiledSchema[] schemas) : Check(node, keyword)
{
    private const int BranchesShown = 3;
    private const int BranchesExplained = 20;

    private readonly bool _one = keyword == "oneOf";

    public override IEnumerable<CompiledSchema> AppliedInPlace => schemas;

    public override bool Passes(in JsonElement value, ValidationRun run, EvaluatedParts? evaluated)
    {
        var fitting = 0;
        var branch = evaluated is null ? null : new EvaluatedParts();
        foreach (var schema in schemas)
        {
            branch?.Clear();
            if (!run.AcceptsQuietly(schema, value, branch)) continue;
            fitting++;
            evaluated?.Add(branch!);
            // What another branch looks at counts too, so with somebody interested all of them have to be asked.
            if (_one ? fitting > 1 : evaluated is null) break;
        }
        return _one ? fitting == 1 : fitting > 0;
    }

    public override string? Explain(in JsonElement value, ValidationRun run)
    {
        var reasons = new List<(string Reason, int Depth, string Path)>();
        var fitting = new List<int>();
        for (var i = 0; i < schemas.Length; i++)
        {
            if (run.AcceptsQuietly(schemas[i], value, null)) fitting.Add(i);
            else if (reasons.Count < BranchesExplained) reasons.Add(run.FirstReason(schemas[i], value));
        }
        if (fitting.Count > 1)
            return $"{ValidationRun.Show(value)} fits {fitting.Count} schemas of {Keyword} ({string.Join(", ", fitting.Take(5))}), not one";
        // Where only one branch took the value itself and found fault further in, that is the one that was meant.
        if (reasons.Count == schemas.Length && reasons.Count(reason => reason.Depth > 0) == 1)
        {
            run.Adopt(reasons.Find(reason => reason.Depth > 0));
            return null;
        }
        var shown = reasons.Take(BranchesShown).Select((reason, i) => $"{i}: {reason.Reason}");
        return $"{ValidationRun.Show(value)} fits none of the {schemas.Length} schemas of {Keyword} [{string.Join("; ", shown)}]";
    }
}

/// <summary><c>not</c>.</summary>
internal sealed class NotCheck(SchemaNode node, CompiledSchema schema) : Check(node, "not")
{
    public override IEnumerable<CompiledSchema> AppliedInPlace => [schema];

    public override bool Passes(in JsonElement value, ValidationRun run, EvaluatedParts? evaluated) =>
        !run.AcceptsQuietly(schema, value, null);

    public override string Explain(in JsonElement value, ValidationRun run) => $"{ValidationRun.Show(value)} fits the schema of not";
}

/// <summary><c>if</c>, <c>then</c> and <c>else</c>.</summary>
internal sealed class ConditionCheck(SchemaNode node, CompiledSchema condition, CompiledSchema? then, CompiledSchema? otherwise)
    : Check(node, "if")
{
    public override IEnumerable<CompiledSchema> AppliedInPlace => new[] { condition, then, otherwise }.OfType<CompiledSchema>();

    public override bool Passes(in JsonElement value, ValidationRun run, EvaluatedParts? evaluated)
    {
        var parts = evaluated is null ? null : new EvaluatedParts();
        var holds = run.AcceptsQuietly(condition, value, parts);
        if (holds && parts is not null) evaluated!.Add(parts);
        return (holds ? then : otherwise)?.Accepts(value, run, evaluated) ?? true;
    }

    public override string? Explain(in JsonElement value, ValidationRun run) => null;
}

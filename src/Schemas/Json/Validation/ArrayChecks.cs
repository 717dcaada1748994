using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using Gateway.Schemas.Json.Model;

namespace Gateway.Schemas.Json.Validation;

/// <summary>
/// Schemas for the first items, each its own, and one for the rest: <c>prefixItems</c> and <c>items</c>, or as older drafts call them.
/// </summary>
internal sealed class ItemsCheck(SchemaNode node, CompiledSchema[] first, CompiledSchema? rest) : Check(node, "items")
{
    public override ValueKinds AppliesTo => ValueKinds.Array;

    public override bool Passes(in JsonElement value, ValidationRun run, EvaluatedParts? evaluated)
    {
        var passes = true;
        var position = 0;
        foreach (var item in value.EnumerateArray())
        {
            var schema = position < first.Length ? first[position] : rest;
            if (schema is null) break;
            run.Step();
            run.Push(position);
            passes &= schema.Accepts(item, run, null);
            run.Pop();
            if (!passes && !run.Explains) return false;
            evaluated?.Mark(position);
            position++;
        }
        return passes;
    }

    public override string? Explain(in JsonElement value, ValidationRun run) => null;
}

/// <summary><c>contains</c> with <c>minContains</c> and <c>maxContains</c>.</summary>
internal sealed class ContainsCheck(SchemaNode node, CompiledSchema schema, int atLeast, int atMost) : Check(node, "contains")
{
    // Since 2020-12 an item that was found counts as looked at.
    private readonly bool _marks = node.Draft == JsonSchemaDraft.Draft202012;

    public override ValueKinds AppliesTo => ValueKinds.Array;

    public override bool Passes(in JsonElement value, ValidationRun run, EvaluatedParts? evaluated)
    {
        var marked = _marks ? evaluated : null;
        var (position, found) = (0, 0);
        foreach (var item in value.EnumerateArray())
        {
            run.Step();
            if (run.AcceptsQuietly(schema, item, null))
            {
                marked?.Mark(position);
                if (++found > atMost) return false;
                if (found >= atLeast && atMost == int.MaxValue && marked is null) return true;
            }
            position++;
        }
        return found >= atLeast;
    }

    public override string Explain(in JsonElement value, ValidationRun run)
    {
        var found = 0;
        foreach (var item in value.EnumerateArray()) found += run.AcceptsQuietly(schema, item, null) ? 1 : 0;
        return found < atLeast
            ? $"{found} items fit the schema of contains, fewer than {atLeast}"
            : $"{found} items fit the schema of contains, more than {atMost}";
    }
}

/// <summary><c>uniqueItems</c>.</summary>
internal sealed class UniqueItemsCheck(SchemaNode node) : Check(node, "uniqueItems")
{
    private const int FewEnoughToCompare = 6, BytesPerStep = 16;

    public override ValueKinds AppliesTo => ValueKinds.Array;

    public override bool Passes(in JsonElement value, ValidationRun run, EvaluatedParts? evaluated) => FindTwice(value, run) is null;

    public override string Explain(in JsonElement value, ValidationRun run) =>
        FindTwice(value, run) is { } twice ? $"{ValidationRun.Show(twice)} is there twice" : "an item is there twice";

    private static JsonElement? FindTwice(in JsonElement value, ValidationRun run)
    {
        var count = value.GetArrayLength();
        // Every item is hashed or compared whole, at every level that has the keyword.
        run.Step(count + JsonMarshal.GetRawUtf8Value(value).Length / BytesPerStep);
        if (count <= FewEnoughToCompare)
        {
            Span<JsonElement> seen = new JsonElement[count];
            var filled = 0;
            foreach (var item in value.EnumerateArray())
            {
                foreach (var earlier in seen[..filled])
                {
                    if (JsonEquality.Instance.Equals(earlier, item)) return item;
                }
                seen[filled++] = item;
            }
            return null;
        }
        var known = new HashSet<JsonElement>(count, JsonEquality.Instance);
        foreach (var item in value.EnumerateArray())
        {
            if (!known.Add(item)) return item;
        }
        return null;
    }
}

/// <summary><c>minItems</c>, <c>maxItems</c>, <c>minProperties</c> and <c>maxProperties</c>.</summary>
internal sealed class CountCheck(SchemaNode node, string keyword, int limit, bool isUpper, ValueKinds kind) : Check(node, keyword)
{
    public override ValueKinds AppliesTo => kind;

    public override bool Passes(in JsonElement value, ValidationRun run, EvaluatedParts? evaluated) =>
        isUpper ? CountOf(value) <= limit : CountOf(value) >= limit;

    public override string Explain(in JsonElement value, ValidationRun run) => string.Create(
        CultureInfo.InvariantCulture,
        $"{CountOf(value)} {(kind == ValueKinds.Array ? "items" : "members")} are {(isUpper ? "more" : "fewer")} than {limit}");

    private static int CountOf(in JsonElement value) =>
        value.ValueKind == JsonValueKind.Array ? value.GetArrayLength() : value.GetPropertyCount();
}

/// <summary><c>unevaluatedItems</c> and <c>unevaluatedProperties</c>: whatever nobody else has looked at.</summary>
internal sealed class UnevaluatedCheck(SchemaNode node, CompiledSchema? items, CompiledSchema? properties)
    : Check(node, items is null ? "unevaluatedProperties" : "unevaluatedItems")
{
    public override bool Passes(in JsonElement value, ValidationRun run, EvaluatedParts? evaluated)
    {
        if (value.ValueKind == JsonValueKind.Array) return items is null || Items(value, items, run, evaluated!);
        return properties is null || Members(value, properties, run, evaluated!);
    }

    public override string? Explain(in JsonElement value, ValidationRun run) => null;

    private static bool Items(in JsonElement value, CompiledSchema schema, ValidationRun run, EvaluatedParts evaluated)
    {
        var (passes, position) = (true, -1);
        foreach (var item in value.EnumerateArray())
        {
            run.Step();
            if (evaluated.Has(++position)) continue;
            run.Push(position);
            passes &= schema.Accepts(item, run, null);
            run.Pop();
            if (!passes && !run.Explains) return false;
        }
        evaluated.MarkAll();
        return passes;
    }

    private static bool Members(in JsonElement value, CompiledSchema schema, ValidationRun run, EvaluatedParts evaluated)
    {
        var (passes, position) = (true, -1);
        foreach (var member in value.EnumerateObject())
        {
            run.Step();
            if (evaluated.Has(++position)) continue;
            if (run.Explains) run.Push(member.Name);
            passes &= schema.Accepts(member.Value, run, null);
            run.Pop();
            if (!passes && !run.Explains) return false;
        }
        evaluated.MarkAll();
        return passes;
    }
}

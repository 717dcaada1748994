using System.Runtime.InteropServices;
using System.Text.Json;
using Gateway.Schemas.Json.Model;
using Gateway.Schemas.Json.Patterns;

namespace Gateway.Schemas.Json.Validation;

/// <summary><c>properties</c>, <c>patternProperties</c> and <c>additionalProperties</c>, in one pass over the members.</summary>
internal sealed class MembersCheck(
    SchemaNode node, Utf8Names<CompiledSchema> properties, (SchemaPattern Pattern, CompiledSchema Schema)[] patterns, CompiledSchema? additional)
    : Check(node, "properties")
{
    public override ValueKinds AppliesTo => ValueKinds.Object;

    public override bool Passes(in JsonElement value, ValidationRun run, EvaluatedParts? evaluated)
    {
        var passes = true;
        var position = 0;
        foreach (var member in value.EnumerateObject())
        {
            run.Step();
            var known = false;
            var named = properties.Find(member);
            if (named >= 0)
            {
                known = true;
                passes &= Accepts(properties.Values[named], member, run);
            }
            if (patterns.Length > 0)
            {
                var name = member.Name;
                foreach (var (pattern, schema) in patterns)
                {
                    if (!run.Matches(pattern, name)) continue;
                    known = true;
                    passes &= Accepts(schema, member, run);
                }
            }
            if (!known && additional is not null)
            {
                known = true;
                passes &= Accepts(additional, member, run);
            }
            if (!passes && !run.Explains) return false;
            if (known) evaluated?.Mark(position);
            position++;
        }
        return passes;
    }

    public override string? Explain(in JsonElement value, ValidationRun run) => null;

    private static bool Accepts(CompiledSchema schema, in JsonProperty member, ValidationRun run)
    {
        if (!run.Explains) return schema.Accepts(member.Value, run, null);
        run.Push(member.Name);
        var accepts = schema.Accepts(member.Value, run, null);
        run.Pop();
        return accepts;
    }
}

/// <summary><c>required</c>.</summary>
internal sealed class RequiredCheck(SchemaNode node, IReadOnlyList<string> names) : Check(node, "required")
{
    private readonly Utf8Names<bool> _names = new(names.Select(name => new KeyValuePair<string, bool>(name, true)));

    public override ValueKinds AppliesTo => ValueKinds.Object;

    public override bool Passes(in JsonElement value, ValidationRun run, EvaluatedParts? evaluated) => NamesIn.HasAll(value, _names, run, null);

    public override string Explain(in JsonElement value, ValidationRun run) =>
        $"required {NamesIn.Missing(value, _names, run)} missing";
}

/// <summary><c>dependentRequired</c>, and <c>dependencies</c> where they list names.</summary>
internal sealed class DependentNamesCheck(SchemaNode node, string keyword, IEnumerable<KeyValuePair<string, Utf8Names<bool>>> dependencies)
    : Check(node, keyword)
{
    private readonly Utf8Names<Utf8Names<bool>> _dependencies = new(dependencies);

    public override ValueKinds AppliesTo => ValueKinds.Object;

    public override bool Passes(in JsonElement value, ValidationRun run, EvaluatedParts? evaluated)
    {
        foreach (var member in value.EnumerateObject())
        {
            run.Step();
            var position = _dependencies.Find(member);
            if (position >= 0 && !NamesIn.HasAll(value, _dependencies.Values[position], run, null)) return false;
        }
        return true;
    }

    public override string Explain(in JsonElement value, ValidationRun run)
    {
        foreach (var member in value.EnumerateObject())
        {
            var position = _dependencies.Find(member);
            if (position >= 0 && !NamesIn.HasAll(value, _dependencies.Values[position], run, null))
                return $"where there is \"{member.Name}\", {NamesIn.Missing(value, _dependencies.Values[position], run)} missing";
        }
        return "a member that others depend on is missing";
    }
}

/// <summary><c>dependentSchemas</c>, and <c>dependencies</c> where they are schemas.</summary>
internal sealed class DependentSchemasCheck(SchemaNode node, string keyword, IEnumerable<KeyValuePair<string, CompiledSchema>> dependencies)
    : Check(node, keyword)
{
    private readonly Utf8Names<CompiledSchema> _dependencies = new(dependencies);

    public override ValueKinds AppliesTo => ValueKinds.Object;

    public override IEnumerable<CompiledSchema> AppliedInPlace => _dependencies.Values;

    public override bool Passes(in JsonElement value, ValidationRun run, EvaluatedParts? evaluated)
    {
        var passes = true;
        foreach (var member in value.EnumerateObject())
        {
            run.Step();
            var position = _dependencies.Find(member);
            if (position < 0 || _dependencies.Values[position].Accepts(value, run, evaluated)) continue;
            if (!run.Explains) return false;
            passes = false;
        }
        return passes;
    }

    public override string? Explain(in JsonElement value, ValidationRun run) => null;
}

/// <summary><c>propertyNames</c>.</summary>
internal sealed class NamesCheck(SchemaNode node, CompiledSchema schema) : Check(node, "propertyNames")
{
    public override ValueKinds AppliesTo => ValueKinds.Object;

    public override bool Passes(in JsonElement value, ValidationRun run, EvaluatedParts? evaluated)
    {
        foreach (var member in value.EnumerateObject())
        {
            if (!run.AcceptsQuietly(schema, NameOf(member), null)) return false;
        }
        return true;
    }

    public override string Explain(in JsonElement value, ValidationRun run)
    {
        foreach (var member in value.EnumerateObject())
        {
            var name = NameOf(member);
            if (!run.AcceptsQuietly(schema, name, null))
                return $"the name {ValidationRun.Show(name)} does not fit [{run.FirstReason(schema, name).Reason}]";
        }
        return "a name does not fit";
    }

    private static JsonElement NameOf(in JsonProperty member)
    {
        var name = JsonMarshal.GetRawUtf8PropertyName(member);
        var quoted = new byte[name.Length + 2];
        quoted[0] = quoted[^1] = (byte)'"';
        name.CopyTo(quoted.AsSpan(1));
        var reader = new Utf8JsonReader(quoted);
        return JsonElement.ParseValue(ref reader);
    }
}

/// <summary>Looks for several names in an object at once.</summary>
internal static class NamesIn
{
    private const int FewEnoughToSearch = 3;

    public static bool HasAll(in JsonElement value, Utf8Names<bool> names, ValidationRun run, bool[]? found)
    {
        if (names.Count <= FewEnoughToSearch && found is null)
        {
            for (var i = 0; i < names.Count; i++)
            {
                run.Step();
                if (!value.TryGetProperty(names.Utf8At(i), out _)) return false;
            }
            return true;
        }
        var seen = found ?? new bool[names.Count];
        var left = names.Count;
        foreach (var member in value.EnumerateObject())
        {
            run.Step();
            var position = names.Find(member);
            if (position < 0 || seen[position]) continue;
            seen[position] = true;
            left--;
        }
        return left == 0;
    }

    public static string Missing(in JsonElement value, Utf8Names<bool> names, ValidationRun run)
    {
        var found = new bool[names.Count];
        HasAll(value, names, run, found);
        var missing = Enumerable.Range(0, names.Count).Where(i => !found[i]).Select(i => $"\"{names.NameAt(i)}\"").ToList();
        return string.Join(", ", missing.Take(5))
            + (missing.Count > 5 ? $" and {missing.Count - 5} more are" : missing.Count == 1 ? " is" : " are");
    }
}

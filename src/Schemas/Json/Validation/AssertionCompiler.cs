using System.Text.Json;
using Gateway.Schemas.Json.Model;
using Gateway.Schemas.Json.Patterns;

namespace Gateway.Schemas.Json.Validation;

/// <summary>
/// The keywords that look at the value itself. A keyword whose value is not what it should be says nothing: new texts were held against
/// the meta-schema before, old ones have to stay readable.
/// </summary>
internal static class AssertionCompiler
{
    public static void Compile(SchemaNode node, List<Check> checks, SchemaCompiler compiler)
    {
        foreach (var keyword in node.Keywords)
        {
            if (Of(node, keyword, compiler) is { } check) checks.Add(check);
        }
        // Cheap ones first.
        checks.Sort((a, b) => (a is TypeCheck ? 0 : 1).CompareTo(b is TypeCheck ? 0 : 1));
    }

    /// <summary>A keyword's value as a count, or null.</summary>
    public static int? Count(JsonElement value) => value.ValueKind == JsonValueKind.Number ? JsonDecimal.Of(value).AsCount() : null;

    /// <summary>A pattern, or null where the text is none and that is tolerated.</summary>
    public static SchemaPattern? Pattern(string text, SchemaNode node, string below, SchemaCompiler compiler)
    {
        try
        {
            return SchemaPattern.Parse(text);
        }
        catch (PatternFault fault) when (compiler.IsStrict)
        {
            throw new SchemaFault($"the pattern is no regular expression of ECMA-262: {fault.Message}", node, below);
        }
        catch (PatternFault)
        {
            return null;
        }
    }

    private static Check? Of(SchemaNode node, SchemaKeyword keyword, SchemaCompiler compiler)
    {
        var value = keyword.Value;
        var draft = node.Draft;
        return keyword.Name switch
        {
            "type" => Type(node, value),
            "enum" when value.ValueKind == JsonValueKind.Array => new EnumCheck(node, "enum", value.EnumerateArray()),
            "const" when draft >= JsonSchemaDraft.Draft6 => new EnumCheck(node, "const", [value]),
            "minimum" or "maximum" when value.ValueKind == JsonValueKind.Number => Limit(node, keyword),
            "exclusiveMinimum" or "exclusiveMaximum" when value.ValueKind == JsonValueKind.Number && draft >= JsonSchemaDraft.Draft6 =>
                new LimitCheck(node, keyword.Name, value, keyword.Name == "exclusiveMaximum", isExclusive: true),
            "multipleOf" when value.ValueKind == JsonValueKind.Number && JsonDecimal.Of(value).Sign > 0 => new MultipleOfCheck(node, value),
            "minLength" or "maxLength" when Count(value) is { } limit => new LengthCheck(node, keyword.Name, limit, keyword.Name == "maxLength"),
            "minItems" or "maxItems" when Count(value) is { } limit =>
                new CountCheck(node, keyword.Name, limit, keyword.Name == "maxItems", ValueKinds.Array),
            "minProperties" or "maxProperties" when Count(value) is { } limit =>
                new CountCheck(node, keyword.Name, limit, keyword.Name == "maxProperties", ValueKinds.Object),
            "pattern" when value.ValueKind == JsonValueKind.String => PatternOf(node, value.GetString()!, compiler),
            "uniqueItems" when value.ValueKind == JsonValueKind.True => new UniqueItemsCheck(node),
            "required" when Names(value) is { Count: > 0 } names => new RequiredCheck(node, names),
            "dependentRequired" when draft >= JsonSchemaDraft.Draft201909 => Dependencies(node, keyword),
            "dependencies" => Dependencies(node, keyword),
            _ => null,
        };
    }

    private static TypeCheck? Type(SchemaNode node, JsonElement value)
    {
        ValueKinds kinds = 0;
        var integers = false;
        IEnumerable<JsonElement> names = value.ValueKind == JsonValueKind.Array ? value.EnumerateArray() : [value];
        foreach (var name in names)
        {
            switch (name.ValueKind == JsonValueKind.String ? name.GetString() : null)
            {
                case "null": kinds |= ValueKinds.Null; break;
                case "boolean": kinds |= ValueKinds.Boolean; break;
                case "number": kinds |= ValueKinds.Number; break;
                case "string": kinds |= ValueKinds.String; break;
                case "array": kinds |= ValueKinds.Array; break;
                case "object": kinds |= ValueKinds.Object; break;
                case "integer": integers = true; break;
                default: return null;
            }
        }
        return new TypeCheck(node, kinds, integers);
    }

    private static LimitCheck Limit(SchemaNode node, SchemaKeyword keyword)
    {
        var isUpper = keyword.Name == "maximum";
        // In draft 4 the exclusive forms are booleans beside the limit.
        var isExclusive = node.Draft == JsonSchemaDraft.Draft4
            && node.Find(isUpper ? "exclusiveMaximum" : "exclusiveMinimum")?.Value.ValueKind == JsonValueKind.True;
        return new LimitCheck(node, keyword.Name, keyword.Value, isUpper, isExclusive);
    }

    private static Check PatternOf(SchemaNode node, string text, SchemaCompiler compiler) =>
        Pattern(text, node, "/pattern", compiler) is { } pattern
            ? new PatternCheck(node, pattern) : new UnusablePatternCheck(node, "pattern", text, ValueKinds.String);

    private static DependentNamesCheck? Dependencies(SchemaNode node, SchemaKeyword keyword)
    {
        if (keyword.Value.ValueKind != JsonValueKind.Object) return null;
        var dependencies = new List<KeyValuePair<string, Utf8Names<bool>>>();
        foreach (var member in keyword.Value.EnumerateObject())
        {
            if (Names(member.Value) is { } names)
                dependencies.Add(new(member.Name, new Utf8Names<bool>(names.Select(name => new KeyValuePair<string, bool>(name, true)))));
        }
        return dependencies.Count > 0 ? new DependentNamesCheck(node, keyword.Name, dependencies) : null;
    }

    private static List<string>? Names(JsonElement value) => value.ValueKind != JsonValueKind.Array ? null
        : [.. value.EnumerateArray().Where(name => name.ValueKind == JsonValueKind.String).Select(name => name.GetString()!)];
}

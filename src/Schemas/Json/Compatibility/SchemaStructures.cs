using System.Globalization;
using System.Text;
using Gateway.Schemas.Json.Validation;

namespace Gateway.Schemas.Json.Compatibility;

/// <summary>Numbers for schemas, equal for equal ones. Both schemas of a comparison share one table.</summary>
internal sealed class SchemaStructures
{
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);

    /// <summary>Gives a schema its number, which is why its parts must have theirs.</summary>
    /// <param name="schema">The schema, all else set.</param>
    /// <param name="rest">Whatever of its text no member tells of.</param>
    public void Number(ComparedSchema schema, string rest)
    {
        var key = new KeyWriter(schema);
        key.Add("id", schema.Id).Add("title", schema.Title).Add("description", schema.Description).Add("default", schema.Default);
        foreach (var (name, value) in schema.Unchecked.OrderBy(keyword => keyword.Key, StringComparer.Ordinal)) key.Add(name, value);
        switch (schema)
        {
            case ComparedString text:
                key.Add(text.IsRequired).Add("min", text.MinLength).Add("max", text.MaxLength).Add("pattern", text.Pattern);
                break;
            case ComparedNumber number:
                key.Add(number.IsRequired).Add(number.IsInteger).Add("min", number.Minimum).Add("max", number.Maximum)
                    .Add("exmin", number.ExclusiveMinimum?.Value).Add(number.ExclusiveMinimum?.IsFlag ?? false)
                    .Add("exmax", number.ExclusiveMaximum?.Value).Add(number.ExclusiveMaximum?.IsFlag ?? false)
                    .Add("multiple", number.MultipleOf);
                break;
            case ComparedValues values:
                foreach (var value in values.Values.Order(StringComparer.Ordinal)) key.Add("value", value);
                break;
            case ComparedNot not:
                key.Add("not", not.Negated);
                break;
            case ComparedConditional conditional:
                key.Add("if", conditional.If).Add("then", conditional.Then).Add("else", conditional.Else);
                break;
            case ComparedCombined combined:
                key.Add("of", combined.Keyword);
                foreach (var branch in combined.Branches) key.Add("branch", branch);
                break;
            case ComparedObject obj:
                Add(key, obj);
                break;
            case ComparedArray array:
                key.Add(array.IsRequired).Add("items", array.AllItems);
                foreach (var item in array.Tuple) key.Add("item", item);
                key.Add(array.PermitsAdditional).Add("additional", array.Additional).Add("unevaluated", array.Unevaluated)
                    .Add("contains", array.Contains).Add("minItems", array.MinItems).Add("maxItems", array.MaxItems)
                    .Add("minContains", array.MinContains).Add("maxContains", array.MaxContains).Add(array.UniqueItems);
                break;
            case ComparedReference reference:
                schema.HasReference = true;
                key.Add("ref", reference.Text);
                break;
        }
        key.Add("rest", rest);
        var written = key.ToString();
        if (!_numbers.TryGetValue(written, out var known)) _numbers.Add(written, known = _numbers.Count);
        schema.Structure = known;
    }

    private static void Add(KeyWriter key, ComparedObject obj)
    {
        key.Add(obj.IsRequired);
        foreach (var name in obj.Names.Order(StringComparer.Ordinal)) key.Add("name", name).Add("is", obj.Properties[name]);
        foreach (var name in obj.Required.Order(StringComparer.Ordinal)) key.Add("required", name);
        foreach (var (pattern, schema) in obj.Patterns) key.Add("pattern", pattern).Add("is", schema);
        key.Add(obj.PermitsAdditional).Add("additional", obj.Additional).Add("unevaluated", obj.Unevaluated)
            .Add("names", obj.PropertyNames).Add("min", obj.MinProperties).Add("max", obj.MaxProperties);
        foreach (var (name, others) in obj.PropertyDependencies.OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            key.Add("when", name);
            foreach (var other in others.Order(StringComparer.Ordinal)) key.Add("needs", other);
        }
        foreach (var (name, schema) in obj.SchemaDependencies.OrderBy(entry => entry.Key, StringComparer.Ordinal))
            key.Add("when", name).Add("is", schema);
    }

    /// <summary>Writes what a schema consists of in a way that different schemas cannot share: names with values, values with lengths.</summary>
    private sealed class KeyWriter(ComparedSchema schema)
    {
        private readonly StringBuilder _text = new StringBuilder().Append((int)schema.Kind).Append(schema.IsConnectBytes ? '+' : '-');

        public KeyWriter Add(bool flag)
        {
            _text.Append(flag ? '1' : '0');
            return this;
        }

        public KeyWriter Add(string name, string? value)
        {
            if (value is not null) _text.Append(name).Append(value.Length).Append(':').Append(value);
            return this;
        }

        public KeyWriter Add(string name, JsonDecimal? value) => Add(name, value?.ToString());

        public KeyWriter Add(string name, ComparedSchema? part)
        {
            if (part is null) return this;
            if (part.HasReference) schema.HasReference = true;
            _text.Append(name).Append('#').Append(part.Structure.ToString(CultureInfo.InvariantCulture)).Append(';');
            return this;
        }

        public override string ToString() => _text.ToString();
    }
}

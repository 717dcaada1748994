using System.Globalization;
using System.Text;
using System.Text.Json;
using Gateway.Schemas.Avro.Model;
using Gateway.Schemas.Text;

namespace Gateway.Schemas.Avro.Printing;

/// <summary>
/// Prints a schema the way registries store it, byte for byte: no layout, fixed member order, short names inside their namespace,
/// types already known (from a reference or from earlier in the text) by name only.
/// </summary>
internal sealed class AvroText
{
    private readonly StringBuilder _output = new();
    private readonly HashSet<string> _known;
    private readonly bool _normalized;

    private AvroText(IEnumerable<string> known, bool normalized)
    {
        _known = new HashSet<string>(known, StringComparer.Ordinal);
        _normalized = normalized;
    }

    /// <param name="schema">What to print.</param>
    /// <param name="known">Full names of types defined elsewhere.</param>
    /// <param name="normalized">Puts aliases and attributes in order and drops empty docs, so that equal schemas print equal.</param>
    public static string Print(AvroSchema schema, IEnumerable<string> known, bool normalized)
    {
        var text = new AvroText(known, normalized);
        text.Append(schema, null);
        return text._output.ToString();
    }

    private void Append(AvroSchema schema, string? space)
    {
        switch (schema)
        {
            case AvroNamed named:
                AppendNamed(named, space);
                break;
            case AvroArray array:
                AppendContainer(array, "items", array.Items, space);
                break;
            case AvroMap map:
                AppendContainer(map, "values", map.Values, space);
                break;
            case AvroUnion union:
                _output.Append('[');
                for (var i = 0; i < union.Branches.Count; i++)
                {
                    if (i > 0) _output.Append(',');
                    Append(union.Branches[i], space);
                }
                _output.Append(']');
                break;
            case { Properties.Count: 0 }:
                CompactJson.AppendString(_output, schema.Type.WireName());
                break;
            default:
                Open("type", schema.Type.WireName());
                AppendProperties(schema);
                _output.Append('}');
                break;
        }
    }

    private void AppendContainer(AvroSchema container, string member, AvroSchema content, string? space)
    {
        Open("type", container.Type.WireName());
        Member(member);
        Append(content, space);
        AppendProperties(container);
        _output.Append('}');
    }

    private void AppendNamed(AvroNamed named, string? space)
    {
        if (!_known.Add(named.Name.Full))
        {
            CompactJson.AppendString(_output, named.Name.From(space));
            return;
        }
        Open("type", named is AvroRecord { IsError: true } ? "error" : named.Type.WireName());
        TextMember("name", named.Name.Name);
        if (named.Name.Space != space) TextMember("namespace", named.Name.Space ?? "");
        if (named.Doc is { } doc && !(_normalized && doc.Length == 0)) TextMember("doc", doc);
        switch (named)
        {
            case AvroRecord record:
                AppendFields(record);
                break;
            case AvroEnum @enum:
                TextsMember("symbols", @enum.Symbols);
                if (@enum.DefaultSymbol is { } symbol) TextMember("default", symbol);
                break;
            case AvroFixed @fixed:
                Member("size");
                _output.Append(@fixed.Size.ToString(CultureInfo.InvariantCulture));
                break;
        }
        AppendProperties(named);
        AppendAliases([.. named.Aliases.Select(alias => alias.From(named.Name.Space))], [.. named.Aliases.Select(alias => alias.Full)]);
        _output.Append('}');
    }

    private void AppendFields(AvroRecord record)
    {
        Member("fields");
        _output.Append('[');
        foreach (var field in record.Fields)
        {
            if (field.Position > 0) _output.Append(',');
            Open("name", field.Name);
            Member("type");
            Append(field.Schema, record.Name.Space);
            if (field.Doc is { } doc) TextMember("doc", doc);
            if (field.Default is { } value)
            {
                Member("default");
                AvroDefaultText.Append(_output, field.Schema, value, _normalized);
            }
            if (field.Order != AvroOrder.Ascending) TextMember("order", field.Order == AvroOrder.Descending ? "descending" : "ignore");
            AppendAliases(field.Aliases, field.Aliases);
            foreach (var property in Ordered(field.Properties, null)) AppendProperty(property);
            _output.Append('}');
        }
        _output.Append(']');
    }

    private void AppendAliases(IReadOnlyList<string> printed, IReadOnlyList<string> full)
    {
        if (printed.Count == 0) return;
        if (!_normalized)
        {
            TextsMember("aliases", printed);
            return;
        }
        var order = Enumerable.Range(0, full.Count).OrderBy(i => full[i], StringComparer.Ordinal);
        TextsMember("aliases", [.. order.Select(i => printed[i])]);
    }

    private void AppendProperties(AvroSchema schema)
    {
        // Logical types lead on the schemas that print them apart: primitives and fixed.
        var logicalType = schema.Type is <= AvroType.String or AvroType.Fixed ? schema.LogicalType : null;
        foreach (var property in Ordered(schema.Properties, logicalType)) AppendProperty(property);
    }

    private IEnumerable<KeyValuePair<string, JsonElement>> Ordered(
        IReadOnlyList<KeyValuePair<string, JsonElement>> properties, AvroLogicalType? logicalType) =>
        !_normalized
            ? properties
            : properties.OrderBy(property => Rank(property.Key, logicalType)).ThenBy(property => property.Key, StringComparer.Ordinal);

    private static int Rank(string name, AvroLogicalType? logicalType) => (name, logicalType) switch
    {
        ("logicalType", not null) => 0,
        ("precision", { Name: "decimal" }) => 1,
        ("scale", { Name: "decimal", Scale: > 0 }) => 2,
        _ => 3,
    };

    private void AppendProperty(KeyValuePair<string, JsonElement> property)
    {
        Member(property.Key);
        CompactJson.AppendValue(_output, property.Value, _normalized);
    }

    private void Open(string firstMember, string value)
    {
        _output.Append("{\"").Append(firstMember).Append("\":");
        CompactJson.AppendString(_output, value);
    }

    private void Member(string name)
    {
        _output.Append(',');
        CompactJson.AppendString(_output, name);
        _output.Append(':');
    }

    private void TextMember(string name, string value)
    {
        Member(name);
        CompactJson.AppendString(_output, value);
    }

    private void TextsMember(string name, IReadOnlyList<string> values)
    {
        Member(name);
        _output.Append('[');
        for (var i = 0; i < values.Count; i++)
        {
            if (i > 0) _output.Append(',');
            CompactJson.AppendString(_output, values[i]);
        }
        _output.Append(']');
    }
}

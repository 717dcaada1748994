using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Gateway.Schemas.Avro.Model;
using Gateway.Schemas.Text;

namespace Gateway.Schemas.Avro.Parsing;

/// <summary>Builds schemas from JSON. One parser reads one text; its names carry over from the texts it refers to.</summary>
internal sealed class AvroParser(AvroNames names, bool strict, BudgetMeter meter)
{
    // What the language itself defines; everything else on a schema or a field is an attribute to keep.
    private static readonly HashSet<string> SchemaWords =
        new(StringComparer.Ordinal) { "doc", "fields", "items", "name", "namespace", "size", "symbols", "values", "type", "aliases" };
    private static readonly HashSet<string> EnumWords = new(SchemaWords, StringComparer.Ordinal) { "default" };
    private static readonly HashSet<string> FieldWords =
        new(StringComparer.Ordinal) { "default", "doc", "name", "order", "type", "aliases" };
    private static readonly AvroPrimitive[] Bare =
        [.. Enumerable.Range(0, (int)AvroType.String + 1).Select(type => new AvroPrimitive((AvroType)type))];

    // Shared, since most schemas and fields have none; never added to.
    private static readonly List<string> None = [];

    private readonly List<string> _path = [];

    /// <summary>Where the parser stands; after a fault, where the fault is.</summary>
    public IReadOnlyList<string> Path => _path;

    public AvroSchema Parse(JsonElement json, string? space)
    {
        meter.Enter();
        RuntimeHelpers.EnsureSufficientExecutionStack();
        var schema = json.ValueKind switch
        {
            JsonValueKind.String => ByName(json.GetString()!, space),
            JsonValueKind.Object => FromObject(json, space),
            JsonValueKind.Array => Union(json, space),
            _ => throw new AvroParseException($"A schema is a name, an object or an array, not {Describe(json)}"),
        };
        meter.Leave();
        return schema;
    }

    private AvroSchema ByName(string name, string? space) =>
        AvroTypes.TryGetPrimitive(name, out var primitive) ? Bare[(int)primitive]
        : Find(name, space) ?? throw new AvroParseException($"Undefined name: \"{name}\"");

    private AvroNamed? Find(string name, string? space)
    {
        meter.Joined(name.Length + (space?.Length ?? 0));
        return names.Find(name, space);
    }

    private AvroSchema FromObject(JsonElement json, string? space)
    {
        var type = RequiredText(json, "type", "No type");
        if (AvroTypes.TryGetPrimitive(type, out var primitive))
        {
            var properties = Properties(json, SchemaWords);
            return properties.Count == 0 ? Bare[(int)primitive] : Finish(new AvroPrimitive(primitive), properties);
        }
        return type switch
        {
            "record" or "error" => Record(json, space, type == "error"),
            "enum" => Enum(json, space),
            "fixed" => Fixed(json, space),
            "array" => Finish(new AvroArray(At("items", Required(json, "items", "No items type"), space)), Properties(json, SchemaWords)),
            "map" => Finish(new AvroMap(At("values", Required(json, "values", "No values type"), space)), Properties(json, SchemaWords)),
            // A name in an object form refers like a bare one; attributes beside it have nothing to belong to.
            _ => (AvroSchema?)Find(type, space) ?? throw new AvroParseException($"Type not supported: {type}"),
        };
    }

    private AvroRecord Record(JsonElement json, string? space, bool isError)
    {
        var record = new AvroRecord(NameOf(json, space), OptionalText(json, "doc"), isError);
        record.Aliases = NamedAliases(json, record.Name);
        names.Define(record);
        var fieldsJson = Required(json, "fields", "Record has no fields");
        if (fieldsJson.ValueKind != JsonValueKind.Array) throw new AvroParseException("Record has no fields: \"fields\" is not an array");
        _path.Add("fields");
        var fields = new List<AvroField>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var fieldJson in fieldsJson.EnumerateArray())
        {
            _path.Add(fields.Count.ToString(CultureInfo.InvariantCulture));
            var field = Field(fieldJson, record.Name.Space, fields.Count);
            if (!seen.Add(field.Name)) throw new AvroParseException($"Duplicate field {field.Name} in record {record.Name.Full}");
            fields.Add(field);
            Up();
        }
        Up();
        record.SetFields(fields);
        Finish(record, Properties(json, SchemaWords));
        // Only now are all types complete enough for defaults to be held against them.
        if (strict) CheckDefaults(record);
        return record;
    }

    private AvroField Field(JsonElement json, string? space, int position)
    {
        if (json.ValueKind != JsonValueKind.Object) throw new AvroParseException($"A field is an object, not {Describe(json)}");
        var name = RequiredText(json, "name", "No field name");
        if (strict && !AvroName.IsIdentifier(name)) throw new AvroParseException($"Invalid field name: \"{name}\"");
        var schema = At("type", Required(json, "type", "No field type"), space);
        var aliases = TextArray(json, "aliases", "aliases");
        if (strict && aliases.FirstOrDefault(alias => !AvroName.IsIdentifier(alias)) is { } wrong)
            throw new AvroParseException($"Invalid alias: \"{wrong}\"");
        JsonElement? byDefault = json.TryGetProperty("default", out var written) ? NumberFromText(schema, written) : null;
        return new AvroField
        {
            Name = name,
            Position = position,
            Schema = schema,
            Doc = OptionalText(json, "doc"),
            Default = byDefault,
            Order = Order(json),
            Aliases = aliases,
            Properties = Properties(json, FieldWords),
        };
    }

    /// <summary>A number written as text, where the field is a float or a double, becomes that number.</summary>
    private static JsonElement NumberFromText(AvroSchema schema, JsonElement written)
    {
        if (schema.Type is not (AvroType.Float or AvroType.Double) || written.ValueKind != JsonValueKind.String) return written;
        if (AvroDefaults.IsNumberByName(written)) return written;
        if (!double.TryParse(written.GetString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            || !double.IsFinite(number))
            return written;
        using var document = JsonDocument.Parse(JavaNumbers.PrintDouble(number));
        return document.RootElement.Clone();
    }

    private void CheckDefaults(AvroRecord record)
    {
        _path.Add("fields");
        foreach (var field in record.Fields)
        {
            if (field.Default is not { } value || AvroDefaults.Fits(field.Schema, value, meter)) continue;
            _path.Add(field.Position.ToString(CultureInfo.InvariantCulture));
            _path.Add("default");
            throw new AvroParseException($"Invalid default for field {field.Name}: {Describe(value)} is not a {field.Schema.BranchName}");
        }
        Up();
    }

    private static AvroOrder Order(JsonElement field)
    {
        if (!field.TryGetProperty("order", out var json)) return AvroOrder.Ascending;
        return (json.ValueKind == JsonValueKind.String ? json.GetString()!.ToUpperInvariant() : "") switch
        {
            "ASCENDING" => AvroOrder.Ascending,
            "DESCENDING" => AvroOrder.Descending,
            "IGNORE" => AvroOrder.Ignore,
            _ => throw new AvroParseException($"Invalid order: {Describe(json)}"),
        };
    }

    private AvroEnum Enum(JsonElement json, string? space)
    {
        var name = NameOf(json, space);
        if (!json.TryGetProperty("symbols", out var symbolsJson) || symbolsJson.ValueKind != JsonValueKind.Array)
            throw new AvroParseException("Enum has no symbols");
        var symbols = TextArray(json, "symbols", "symbols");
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var symbol in symbols)
        {
            if (strict && !AvroName.IsIdentifier(symbol)) throw new AvroParseException($"Invalid enum symbol: \"{symbol}\"");
            if (!seen.Add(symbol)) throw new AvroParseException($"Duplicate enum symbol: {symbol}");
        }
        var defaultSymbol = OptionalText(json, "default");
        if (defaultSymbol is not null && !seen.Contains(defaultSymbol))
            throw new AvroParseException($"The enum default {defaultSymbol} is not among the symbols of {name.Full}");
        var result = new AvroEnum(name, OptionalText(json, "doc"), symbols, defaultSymbol) { Aliases = NamedAliases(json, name) };
        names.Define(result);
        return Finish(result, Properties(json, EnumWords));
    }

    private AvroFixed Fixed(JsonElement json, string? space)
    {
        var name = NameOf(json, space);
        if (!json.TryGetProperty("size", out var sizeJson)
            || sizeJson.ValueKind != JsonValueKind.Number || !sizeJson.TryGetInt32(out var size) || size < 0)
            throw new AvroParseException("Invalid or no size");
        var result = new AvroFixed(name, OptionalText(json, "doc"), size) { Aliases = NamedAliases(json, name) };
        names.Define(result);
        return Finish(result, Properties(json, SchemaWords));
    }

    private AvroUnion Union(JsonElement json, string? space)
    {
        var branches = new List<AvroSchema>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var branchJson in json.EnumerateArray())
        {
            var branch = At(branches.Count.ToString(CultureInfo.InvariantCulture), branchJson, space);
            if (branch.Type == AvroType.Union) throw new AvroParseException("Nested union");
            if (!seen.Add(branch.BranchName)) throw new AvroParseException($"Duplicate in union: {branch.BranchName}");
            branches.Add(branch);
        }
        return new AvroUnion(branches);
    }

    private AvroName NameOf(JsonElement json, string? space)
    {
        var written = RequiredText(json, "name", "No name in schema");
        var own = OptionalText(json, "namespace") ?? space;
        meter.Joined(written.Length + (own?.Length ?? 0));
        var name = AvroName.Of(written, own);
        if (strict && !name.IsValid) throw new AvroParseException($"Invalid name: \"{name.Full}\"");
        return name;
    }

    private List<AvroName> NamedAliases(JsonElement json, AvroName owner)
    {
        var aliases = TextArray(json, "aliases", "aliases").ConvertAll(alias =>
        {
            meter.Joined(alias.Length + (owner.Space?.Length ?? 0));
            return AvroName.Of(alias, owner.Space);
        });
        if (strict && aliases.Find(alias => !alias.IsValid) is { } wrong) throw new AvroParseException($"Invalid alias: \"{wrong.Full}\"");
        return aliases;
    }

    private AvroSchema At(string step, JsonElement json, string? space)
    {
        _path.Add(step);
        var schema = Parse(json, space);
        Up();
        return schema;
    }

    private void Up() => _path.RemoveAt(_path.Count - 1);

    private static T Finish<T>(T schema, List<KeyValuePair<string, JsonElement>> properties) where T : AvroSchema
    {
        schema.Properties = properties;
        schema.LogicalType = AvroLogicalType.Of(schema);
        return schema;
    }

    private static List<KeyValuePair<string, JsonElement>> Properties(JsonElement json, HashSet<string> words) =>
        CompactJson.Members(json, without: words);

    private static List<string> TextArray(JsonElement json, string member, string what)
    {
        if (!json.TryGetProperty(member, out var array)) return None;
        if (array.ValueKind != JsonValueKind.Array) throw new AvroParseException($"{what} is not an array: {Describe(array)}");
        var texts = new List<string>();
        // An alias counts once.
        var seen = member == "aliases" ? new HashSet<string>(StringComparer.Ordinal) : null;
        foreach (var item in array.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.String) throw new AvroParseException($"{what} holds {Describe(item)}, which is not text");
            var text = item.GetString()!;
            if (seen?.Add(text) ?? true) texts.Add(text);
        }
        return texts;
    }

    private static JsonElement Required(JsonElement json, string member, string fault) =>
        json.TryGetProperty(member, out var value) ? value : throw new AvroParseException(fault);

    private static string RequiredText(JsonElement json, string member, string fault) =>
        OptionalText(json, member) ?? throw new AvroParseException(fault);

    private static string? OptionalText(JsonElement json, string member) =>
        json.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static string Describe(JsonElement json)
    {
        var text = json.GetRawText();
        return text.Length > 80 ? text[..80] + "…" : text;
    }
}

using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Gateway.Schemas.Avro.Model;
using Gateway.Schemas.Text;

namespace Gateway.Schemas.Avro.Data;

/// <summary>Turns JSON into binary data, checking each value against its schema.</summary>
internal sealed class AvroJsonEncoder
{
    private readonly JsonForm _form;
    private readonly bool _isDefault;
    private readonly IBufferWriter<byte> _output;
    private readonly BudgetMeter _meter;
    private readonly AvroBinaryWriter _writer;
    private readonly List<string> _path = [];

    public AvroJsonEncoder(JsonForm form, IBufferWriter<byte> output, SchemaBudget budget)
        : this(form, output, budget.Start())
    {
    }

    private AvroJsonEncoder(JsonForm form, IBufferWriter<byte> output, BudgetMeter meter, bool isDefault = false) =>
        (_form, _output, _meter, _isDefault, _writer) = (form, output, meter, isDefault, new AvroBinaryWriter(output));

    /// <summary>
    /// For a field's default, which is bare whatever the form. A union's is of the first branch it fits, and members that no field has say
    /// nothing, as the JVM library has it.
    /// </summary>
    public static AvroJsonEncoder OfDefault(IBufferWriter<byte> output, SchemaBudget budget) =>
        new(JsonForm.Plain, output, budget.Start(), isDefault: true);

    public void Encode(AvroSchema schema, JsonElement value)
    {
        try
        {
            Value(schema, value);
        }
        catch (InvalidOperationException fault)
        {
            throw new SchemaDataException($"A string is not valid text: {fault.Message}", fault);
        }
    }

    private void Value(AvroSchema schema, JsonElement value)
    {
        _meter.Enter();
        switch (schema)
        {
            case AvroRecord record:
                Record(record, value);
                break;
            case AvroEnum @enum:
                var ordinal = value.ValueKind == JsonValueKind.String ? @enum.OrdinalOf(value.GetString()!) : -1;
                if (ordinal < 0) throw Mismatch(schema, value);
                _writer.WriteLong(ordinal);
                break;
            case AvroFixed @fixed:
                if (!AvroJsonText.TryReadBytes(value, out var bytes) || bytes.Length != @fixed.Size) throw Mismatch(schema, value);
                _writer.WriteFixed(bytes);
                break;
            case AvroArray array:
                Items(array, value);
                break;
            case AvroMap map:
                Entries(map, value);
                break;
            case AvroUnion union:
                Union(union, value);
                break;
            default:
                Primitive(schema, value);
                break;
        }
        _meter.Leave();
    }

    private void Primitive(AvroSchema schema, JsonElement value)
    {
        if (!AvroJsonFit.IsPrimitive(schema.Type, value)) throw Mismatch(schema, value);
        switch (schema.Type)
        {
            case AvroType.Boolean:
                _writer.WriteBoolean(value.GetBoolean());
                break;
            case AvroType.Int or AvroType.Long:
                _writer.WriteLong(value.GetInt64());
                break;
            case AvroType.Float:
                AvroJsonText.TryReadFloat(value, out var single);
                _writer.WriteFloat(single);
                break;
            case AvroType.Double:
                AvroJsonText.TryReadDouble(value, out var number);
                _writer.WriteDouble(number);
                break;
            case AvroType.Bytes:
                AvroJsonText.TryReadBytes(value, out var bytes);
                _writer.WriteBytes(bytes);
                break;
            case AvroType.String:
                _writer.WriteString(value.GetString()!);
                break;
        }
    }

    private void Record(AvroRecord record, JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Object) throw Mismatch(record, value);
        var given = new JsonElement?[record.Fields.Count];
        foreach (var member in value.EnumerateObject())
        {
            if (record.Find(member.Name) is { } field) given[field.Position] = member.Value;
            else if (!_isDefault) throw Fault($"The record {record.Name.Full} has no field \"{member.Name}\"");
        }
        foreach (var field in record.Fields)
        {
            _path.Add(field.Name);
            if (given[field.Position] is { } present) Value(field.Schema, present);
            else if (_form == JsonForm.Plain && field.Default is { } byDefault) Default(field.Schema, byDefault);
            else throw Fault($"The field {field.Name} of {record.Name.Full} is missing");
            _path.RemoveAt(_path.Count - 1);
        }
    }

    /// <summary>On the same budget: a default may need itself.</summary>
    private void Default(AvroSchema schema, JsonElement value) =>
        new AvroJsonEncoder(JsonForm.Plain, _output, _meter, isDefault: true).Value(schema, value);

    private void Items(AvroArray array, JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Array) throw Mismatch(array, value);
        var count = value.GetArrayLength();
        if (count > 0) _writer.WriteLong(count);
        var index = 0;
        foreach (var item in value.EnumerateArray())
        {
            _path.Add((index++).ToString(CultureInfo.InvariantCulture));
            Value(array.Items, item);
            _path.RemoveAt(_path.Count - 1);
        }
        _writer.WriteLong(0);
    }

    private void Entries(AvroMap map, JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Object) throw Mismatch(map, value);
        var entries = CompactJson.Members(value);
        if (entries.Count > 0) _writer.WriteLong(entries.Count);
        foreach (var entry in entries)
        {
            _path.Add(entry.Key);
            _writer.WriteString(entry.Key);
            Value(map.Values, entry.Value);
            _path.RemoveAt(_path.Count - 1);
        }
        _writer.WriteLong(0);
    }

    private void Union(AvroUnion union, JsonElement value)
    {
        var (name, inner) = Tagged(value);
        var tagged = -1;
        for (var i = 0; i < union.Branches.Count && tagged < 0; i++)
            if (union.Branches[i].BranchName == name) tagged = i;
        if (_form == JsonForm.Plain)
        {
            var bare = BareBranch(union, value, tagged, inner);
            if (bare >= 0)
            {
                Branch(union, bare, value);
                return;
            }
        }
        if (tagged < 0) throw Mismatch(union, value);
        if (name != "null") _path.Add(name!);
        Branch(union, tagged, inner);
        if (name != "null") _path.RemoveAt(_path.Count - 1);
    }

    /// <summary>
    /// The branch a bare value is of; -1 when it is to be read as a tag. What names a branch and holds a value of it is a tag: otherwise
    /// writing what was read would change it, wherever a map or a record could also be meant.
    /// </summary>
    private int BareBranch(AvroUnion union, JsonElement value, int tagged, JsonElement inner)
    {
        if (_isDefault) return FirstFit(union, value, AvroFit.Default);
        if (tagged >= 0 && AvroJsonFit.Fits(union.Branches[tagged], inner, _meter, AvroFit.Near)) return -1;
        var fitting = FirstFit(union, value, AvroFit.Exact);
        return fitting >= 0 ? fitting : FirstFit(union, value, AvroFit.Near);
    }

    private int FirstFit(AvroUnion union, JsonElement value, AvroFit how)
    {
        for (var i = 0; i < union.Branches.Count; i++)
            if (AvroJsonFit.Fits(union.Branches[i], value, _meter, how)) return i;
        return -1;
    }

    private void Branch(AvroUnion union, int index, JsonElement value)
    {
        _writer.WriteLong(index);
        Value(union.Branches[index], value);
    }

    private static (string? Name, JsonElement Value) Tagged(JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Null) return ("null", value);
        if (value.ValueKind != JsonValueKind.Object) return (null, value);
        using var members = value.EnumerateObject();
        if (!members.MoveNext()) return (null, value);
        var only = members.Current;
        return members.MoveNext() || only.Name == "null" ? (null, value) : (only.Name, only.Value);
    }

    private SchemaDataException Mismatch(AvroSchema schema, JsonElement value)
    {
        var text = value.GetRawText();
        var expected = schema is AvroUnion union
            ? $"one of the branches {string.Join(", ", union.Branches.Select(branch => branch.BranchName))}"
            : schema.BranchName;
        return Fault($"{(text.Length > 80 ? text[..80] + "…" : text)} is not {expected}");
    }

    private SchemaDataException Fault(string message) => new(_path.Count == 0 ? message : $"{message}, at {JsonLocation.Pointer(_path)}");
}

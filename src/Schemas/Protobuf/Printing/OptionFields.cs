using System.Globalization;
using Gateway.Schemas.Protobuf.Model;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Gateway.Schemas.Protobuf.Printing;

/// <summary>The fields of one message inside options, read from its bytes. What no field or extension is known for is left out.</summary>
internal sealed class OptionFields
{
    private const int MaxDepth = 100;

    private readonly ProtoMessage _message;
    private readonly ProtoFile _file;
    private readonly int _depth;
    private readonly List<(ProtoField Field, List<object> Values)> _fields = [];
    private readonly Dictionary<ProtoField, List<object>> _values = [];

    private OptionFields(ProtoMessage message, ProtoFile file, int depth)
    {
        if (depth > MaxDepth) throw new SchemaBudgetException($"options are nested more than {MaxDepth} levels deep, which is the limit");
        _message = message;
        _file = file;
        _depth = depth;
    }

    public static OptionFields Read(ProtoMessage message, ByteString bytes, ProtoFile file)
    {
        var fields = new OptionFields(message, file, 0);
        try
        {
            fields.Read(bytes.CreateCodedInput(), endTag: 0);
        }
        catch (InvalidProtocolBufferException)
        {
            // Custom options are bytes to whoever made the descriptor; where they are not what the extension says, nothing is printed.
        }
        return fields;
    }

    /// <summary>Fields with their values, each field once, in the order they came or sorted by the name printed.</summary>
    public IEnumerable<(ProtoField Field, IReadOnlyList<ProtoOptionValue> Values)> Values(bool sorted)
    {
        var fields = sorted ? _fields.OrderBy(entry => Key(entry.Field), StringComparer.Ordinal) : _fields.AsEnumerable();
        foreach (var (field, values) in fields.Where(entry => entry.Values.Count > 0))
            yield return (field, [.. values.Select(value => value as ProtoOptionValue ?? ((OptionFields)value).ToMessage(sorted))]);
    }

    private ProtoOptionValue.Message ToMessage(bool sorted) => new([.. Values(sorted).Select(entry =>
        KeyValuePair.Create(Key(entry.Field), entry.Values.Count == 1 ? entry.Values[0] : new ProtoOptionValue.Many(entry.Values)))]);

    /// <summary>The name in text format, where groups go by their message's name.</summary>
    private static string Key(ProtoField field)
    {
        if (field.IsExtension) return $"[{field.FullName}]";
        return field.Proto.Type == FieldDescriptorProto.Types.Type.Group ? field.MessageType!.Name : field.Name;
    }

    private void Read(CodedInputStream input, uint endTag)
    {
        for (var tag = input.ReadTag(); tag != endTag; tag = input.ReadTag())
        {
            if (tag == 0) return;
            var number = WireFormat.GetTagFieldNumber(tag);
            var field = _message.Find(number) ?? Extension(number);
            if (field is null || !Take(field, WireFormat.GetTagWireType(tag), input)) input.SkipLastField();
        }
    }

    private ProtoField? Extension(int number)
    {
        if (_file.FindExtension(_message, number) is { } extension) return extension;
        foreach (var file in _file.OptionDependencies)
            if (file.FindExtension(_message, number) is { } imported) return imported;
        return null;
    }

    /// <summary>Takes the value in, or leaves it where it does not have the field's form.</summary>
    private bool Take(ProtoField field, WireFormat.WireType wireType, CodedInputStream input)
    {
        if (field.Kind == ProtoKind.Message)
        {
            if (wireType == WireFormat.WireType.LengthDelimited) Message(field).Read(input.ReadBytes().CreateCodedInput(), endTag: 0);
            else if (wireType == WireFormat.WireType.StartGroup)
                Message(field).Read(input, WireFormat.MakeTag(field.Number, WireFormat.WireType.EndGroup));
            else return false;
            return true;
        }
        if (wireType == WireFormat.WireType.LengthDelimited && field.IsRepeated && field.Kind.IsPackable())
        {
            var run = input.ReadBytes().CreateCodedInput();
            while (!run.IsAtEnd) Entry(field).Add(Scalar(field, run));
            return true;
        }
        if (wireType != WireTypeOf(field.Kind)) return false;
        var values = Entry(field);
        if (!field.IsRepeated) values.Clear();
        var value = Scalar(field, input);
        if (field.IsRepeated || field.HasPresence || _message.IsMapEntry || !IsZero(field, value)) values.Add(value);
        return true;
    }

    /// <summary>Whether it is what such a field has when it is not set: written or not is the same then, and only one is to be printed.</summary>
    private static bool IsZero(ProtoField field, ProtoOptionValue value) => value switch
    {
        ProtoOptionValue.Quoted quoted => quoted.Bytes.Length == 0,
        ProtoOptionValue.Word word => word.Text is "0" or "false" || (field.EnumType?.Find(0) is { } zero && word.Text == zero.Name),
        _ => false,
    };

    /// <summary>A message to read into: parts of one that is not repeated are put together.</summary>
    private OptionFields Message(ProtoField field)
    {
        var values = Entry(field);
        if (!field.IsRepeated && values.Count > 0) return (OptionFields)values[0];
        var message = new OptionFields(field.MessageType!, _file, _depth + 1);
        values.Add(message);
        return message;
    }

    private List<object> Entry(ProtoField field)
    {
        if (_values.TryGetValue(field, out var values)) return values;
        values = [];
        _values.Add(field, values);
        _fields.Add((field, values));
        return values;
    }

    private static WireFormat.WireType WireTypeOf(ProtoKind kind) => kind switch
    {
        ProtoKind.Double or ProtoKind.Fixed64 or ProtoKind.SFixed64 => WireFormat.WireType.Fixed64,
        ProtoKind.Float or ProtoKind.Fixed32 or ProtoKind.SFixed32 => WireFormat.WireType.Fixed32,
        ProtoKind.String or ProtoKind.Bytes => WireFormat.WireType.LengthDelimited,
        _ => WireFormat.WireType.Varint,
    };

    private static ProtoOptionValue Scalar(ProtoField field, CodedInputStream input)
    {
        return field.Kind switch
        {
            ProtoKind.String or ProtoKind.Bytes => new ProtoOptionValue.Quoted(input.ReadBytes()),
            ProtoKind.Double => Word(ProtoOptionReader.Number(input.ReadDouble())),
            ProtoKind.Float => Word(ProtoOptionReader.Number(input.ReadFloat())),
            ProtoKind.Bool => Word(input.ReadBool() ? "true" : "false"),
            ProtoKind.Enum => EnumWord(field, input.ReadEnum()),
            ProtoKind.Int32 => Word(input.ReadInt32().ToString(CultureInfo.InvariantCulture)),
            ProtoKind.Int64 => Word(input.ReadInt64().ToString(CultureInfo.InvariantCulture)),
            ProtoKind.UInt32 => Word(input.ReadUInt32().ToString(CultureInfo.InvariantCulture)),
            ProtoKind.UInt64 => Word(input.ReadUInt64().ToString(CultureInfo.InvariantCulture)),
            ProtoKind.SInt32 => Word(input.ReadSInt32().ToString(CultureInfo.InvariantCulture)),
            ProtoKind.SInt64 => Word(input.ReadSInt64().ToString(CultureInfo.InvariantCulture)),
            ProtoKind.Fixed32 => Word(input.ReadFixed32().ToString(CultureInfo.InvariantCulture)),
            ProtoKind.Fixed64 => Word(input.ReadFixed64().ToString(CultureInfo.InvariantCulture)),
            ProtoKind.SFixed32 => Word(input.ReadSFixed32().ToString(CultureInfo.InvariantCulture)),
            _ => Word(input.ReadSFixed64().ToString(CultureInfo.InvariantCulture)),
        };

        static ProtoOptionValue Word(string text) => new ProtoOptionValue.Word(text);

        static ProtoOptionValue EnumWord(ProtoField field, int number) =>
            Word(field.EnumType!.Find(number)?.Name ?? number.ToString(CultureInfo.InvariantCulture));
    }
}

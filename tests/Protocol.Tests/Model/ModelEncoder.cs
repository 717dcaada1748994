using System.Buffers.Binary;
using System.Collections;
using System.Text;
using Gateway.Common.Buffers;

namespace Gateway.Protocol.Tests.Model;

/// <summary>
/// A second, slow encoder that interprets the attributes instead of being generated from them. It shares no code with the
/// generator or <c>KafkaWriter</c>, so equal bytes mean that both understood the layout the same way.
/// </summary>
public static class ModelEncoder
{
    public static byte[] Encode(WireMessage message, object value, short version)
    {
        var bytes = new List<byte>();
        Struct(bytes, message, message.Fields, value, version);
        return [.. bytes];
    }

    private static void Struct(List<byte> to, WireMessage message, IReadOnlyList<WireField> fields, object value, short version)
    {
        foreach (WireField field in fields)
        {
            if (!field.IsTagged && field.IsIn(version)) Field(to, message, field, field.Property.GetValue(value), version);
        }
        if (!message.IsFlexible(version)) return;
        var tagged = new SortedDictionary<int, byte[]>();
        foreach (WireField field in fields)
        {
            object? content = field.Property.GetValue(value);
            if (!field.IsTagged || !field.IsIn(version) || ModelComparer.Same(field, content, field.Default)) continue;
            var one = new List<byte>();
            Field(one, message, field, content, version);
            tagged.Add(field.Attribute.Tag, [.. one]);
        }
        Varint(to, tagged.Count);
        foreach ((int tag, byte[] content) in tagged)
        {
            Varint(to, tag);
            Varint(to, content.Length);
            to.AddRange(content);
        }
    }

    private static void Field(List<byte> to, WireMessage message, WireField field, object? value, short version)
    {
        bool compact = message.IsFlexible(version) && !field.Attribute.NeverFlexible;
        if (!field.IsList)
        {
            Single(to, message, field, value, version, compact);
            return;
        }
        var list = (IList?)value;
        Length(to, list?.Count ?? -1, compact, sizeof(int));
        foreach (object? element in list ?? Array.Empty<object>()) Single(to, message, field, element, version, compact);
    }

    private static void Single(List<byte> to, WireMessage message, WireField field, object? value, short version, bool compact)
    {
        switch (field.WireType)
        {
            case "bool": to.Add((bool)value! ? (byte)1 : (byte)0); break;
            case "int8": to.Add(unchecked((byte)(sbyte)value!)); break;
            case "int16" or "uint16": BigEndian(to, Convert.ToInt64(value), 2); break;
            case "float64": BigEndian(to, BitConverter.DoubleToInt64Bits((double)value!), 8); break;
            case "int32": BigEndian(to, (int)value!, 4); break;
            case "int64": BigEndian(to, (long)value!, 8); break;
            case "uuid": to.AddRange(Convert.FromHexString(((Guid)value!).ToString("N"))); break;
            case "string": Blob(to, value is null ? null : Encoding.UTF8.GetBytes((string)value), compact, sizeof(short)); break;
            case "bytes": Blob(to, (byte[]?)value, compact, sizeof(int)); break;
            case "records": Blob(to, ((RecordsLease?)value)?.Span.ToArray(), compact, sizeof(int)); break;
            default:
                if (field.NullableType && !field.IsList) to.Add(value is not null ? (byte)1 : field.IsTagged ? (byte)0 : (byte)0xFF);
                if (value is not null) Struct(to, message, field.Fields!, value, version);
                break;
        }
    }

    private static void Blob(List<byte> to, byte[]? content, bool compact, int width)
    {
        Length(to, content?.Length ?? -1, compact, width);
        to.AddRange(content ?? []);
    }

    private static void Length(List<byte> to, int length, bool compact, int width)
    {
        if (compact) Varint(to, length + 1);
        else BigEndian(to, length, width);
    }

    private static void BigEndian(List<byte> to, long value, int width)
    {
        Span<byte> eight = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(eight, value);
        to.AddRange(eight[(8 - width)..]);
    }

    private static void Varint(List<byte> to, int value)
    {
        while (value > 127)
        {
            to.Add((byte)(value % 128 + 128));
            value /= 128;
        }
        to.Add((byte)value);
    }
}

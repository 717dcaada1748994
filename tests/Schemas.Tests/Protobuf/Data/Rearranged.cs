using Gateway.Schemas.Protobuf.Model;
using Google.Protobuf;

namespace Gateway.Schemas.Tests.Protobuf.Data;

/// <summary>Writes the same message in ways no serialiser would: fields shuffled, messages in parts, packed runs cut up or unpacked.</summary>
internal sealed class Rearranged(Random random)
{
    /// <summary>Another encoding of the same message: values of one field and members of one oneof keep their order.</summary>
    public byte[] Message(ProtoMessage type, byte[] bytes)
    {
        var groups = new Dictionary<string, Queue<byte[]>>();
        var order = new List<string>();
        foreach (var (number, wireType, content, raw) in FieldsOf(bytes))
        {
            var field = type.Find(number);
            var group = field?.OneOf is { IsSynthetic: false } oneOf ? "oneof " + oneOf.Name : "field " + number;
            if (!groups.TryGetValue(group, out var parts)) groups.Add(group, parts = []);
            foreach (var part in Field(field, number, wireType, content, raw))
            {
                parts.Enqueue(part);
                order.Add(group);
            }
        }
        random.Shuffle(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(order));
        return [.. order.SelectMany(group => groups[group].Dequeue())];
    }

    private IEnumerable<byte[]> Field(ProtoField? field, int number, uint wireType, byte[] content, byte[] raw)
    {
        if (random.Next(10) == 0) yield return Raw(5_000 + random.Next(100), 2, [1, 2, 3]);
        if (field is { Kind: ProtoKind.Message } && wireType == 2)
        {
            var inner = Message(field.MessageType!, content);
            var cut = random.Next(3) == 0 && !field.IsRepeated ? random.Next(FieldsOf(inner).Count() + 1) : 0;
            var all = FieldsOf(inner).Select(part => part.Raw).ToList();
            if (cut > 0) yield return Raw(number, 2, [.. all.Take(cut).SelectMany(part => part)]);
            yield return Raw(number, 2, [.. all.Skip(cut).SelectMany(part => part)]);
        }
        else if (field is { IsRepeated: true } && field.Kind.IsPackable() && wireType == 2)
        {
            foreach (var part in Run(field, number, content)) yield return part;
        }
        else
        {
            if (field is { IsRepeated: false, OneOf: null, Kind: not ProtoKind.Message } && random.Next(10) == 0) yield return raw;
            yield return raw;
        }
    }

    private IEnumerable<byte[]> Run(ProtoField field, int number, byte[] content)
    {
        var wireType = field.Kind switch
        {
            ProtoKind.Double or ProtoKind.Fixed64 or ProtoKind.SFixed64 => 1u,
            ProtoKind.Float or ProtoKind.Fixed32 or ProtoKind.SFixed32 => 5u,
            _ => 0u,
        };
        for (var at = 0; at < content.Length;)
        {
            var end = at + LengthOf(content, at, wireType);
            if (random.Next(2) == 0) yield return Raw(number, wireType, content[at..end]);
            else yield return Raw(number, 2, content[at..end]);
            at = end;
        }
    }

    /// <summary>A field with its tag, and its length where it has one.</summary>
    public static byte[] Raw(int number, uint wireType, byte[] content)
    {
        using var stream = new MemoryStream();
        var output = new CodedOutputStream(stream);
        output.WriteTag(((uint)number << 3) | wireType);
        if (wireType == 2) output.WriteLength(content.Length);
        output.Flush();
        stream.Write(content);
        return stream.ToArray();
    }

    private static IEnumerable<(int Number, uint WireType, byte[] Content, byte[] Raw)> FieldsOf(byte[] bytes)
    {
        for (var at = 0; at < bytes.Length;)
        {
            var start = at;
            var tag = Varint(bytes, ref at);
            var wireType = (uint)tag & 7;
            if (wireType == 2)
            {
                var length = (int)Varint(bytes, ref at);
                yield return ((int)(tag >> 3), wireType, bytes[at..(at + length)], bytes[start..(at + length)]);
                at += length;
                continue;
            }
            var content = at;
            at += wireType == 3 ? GroupLength(bytes, at, tag >> 3) : LengthOf(bytes, at, wireType);
            yield return ((int)(tag >> 3), wireType, bytes[content..at], bytes[start..at]);
        }
    }

    private static int GroupLength(byte[] bytes, int start, ulong number)
    {
        var at = start;
        while (true)
        {
            var tag = Varint(bytes, ref at);
            if (tag == ((number << 3) | 4)) return at - start;
            var length = (tag & 7) switch
            {
                3 => GroupLength(bytes, at, tag >> 3),
                2 => (int)Varint(bytes, ref at),
                _ => LengthOf(bytes, at, (uint)tag & 7),
            };
            at += length;
        }
    }

    private static int LengthOf(byte[] bytes, int start, uint wireType)
    {
        var at = start;
        if (wireType == 0) Varint(bytes, ref at);
        return wireType switch { 0 => at - start, 1 => 8, _ => 4 };
    }

    private static ulong Varint(byte[] bytes, ref int at)
    {
        ulong value = 0;
        for (var shift = 0; ; shift += 7)
        {
            var part = bytes[at++];
            value |= (ulong)(part & 0x7f) << shift;
            if (part < 0x80) return value;
        }
    }
}

using System.Buffers;
using Gateway.Schemas.Protobuf.Model;

namespace Gateway.Schemas.Protobuf.Data;

/// <summary>
/// The list in front of a message that says which type of the file it is: a count, then one index per level of nesting, all of them
/// zigzag varints. The list that says "the first type" is written as a single zero.
/// </summary>
internal static class MessageIndexes
{
    public static void Write(ReadOnlySpan<int> indexes, IBufferWriter<byte> output)
    {
        if (indexes is [0])
        {
            output.Write("\0"u8);
            return;
        }
        WriteNumber(indexes.Length, output);
        foreach (var index in indexes) WriteNumber(index, output);
    }

    /// <summary>Reads the list and looks up what it names; the reader stands behind it afterwards.</summary>
    /// <exception cref="SchemaDataException">There is no such list, or no such type in the file.</exception>
    public static ProtoMessage Read(ref WireReader reader, ProtoFile file)
    {
        var start = reader.Position;
        var count = ReadNumber(ref reader);
        if (count < 0) throw reader.Fault($"a list of message indexes cannot have {count} members", start);
        var found = At(file.Messages, count == 0 ? 0 : ReadNumber(ref reader), ref reader, start);
        // Ends at the file's own depth of nesting at the latest, whatever the count says.
        for (var level = 1; level < count; level++) found = At(found.Nested, ReadNumber(ref reader), ref reader, start);
        return found;
    }

    private static ProtoMessage At(IReadOnlyList<ProtoMessage> among, long index, ref WireReader reader, int start) =>
        index >= 0 && index < among.Count
            ? among[(int)index]
            : throw reader.Fault($"the message indexes name type {index} of {among.Count}", start);

    private static long ReadNumber(ref WireReader reader)
    {
        var zigzag = reader.ReadVarint();
        return (long)(zigzag >> 1) ^ -(long)(zigzag & 1);
    }

    private static void WriteNumber(int number, IBufferWriter<byte> output)
    {
        var span = output.GetSpan(5);
        var zigzag = ((uint)number << 1) ^ (uint)(number >> 31);
        var length = 0;
        for (; zigzag > 0x7f; zigzag >>= 7) span[length++] = (byte)(zigzag | 0x80);
        span[length++] = (byte)zigzag;
        output.Advance(length);
    }
}

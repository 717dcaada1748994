using System.Buffers.Binary;
using System.Buffers.Text;
using Gateway.Common.Records;
using Gateway.HttpProxy.Http;

namespace Gateway.HttpProxy.Streams;

/// <summary>
/// Where a stream stands in all of its partitions, as text that clients hand back unread: version, topic id, partitions with the offset each goes
/// on at, checksum; in base64url. It carries the topic's id, so that it never goes on in a later topic of the same name.
/// </summary>
internal sealed class StreamCursor
{
    private const byte Version = 1;
    private const int TopicIdLength = 16;
    private const int FixedLength = 1 + TopicIdLength + sizeof(uint);
    // Partition and offset as varints.
    private const int MostPerPartition = 5 + 10;

    private StreamCursor(Guid topicId, IReadOnlyDictionary<int, long> offsets)
    {
        TopicId = topicId;
        Offsets = offsets;
    }

    /// <summary>The topic it was made for.</summary>
    internal Guid TopicId { get; }

    /// <summary>By partition, the offset to go on at.</summary>
    internal IReadOnlyDictionary<int, long> Offsets { get; }

    /// <summary>The most bytes <see cref="Write"/> takes.</summary>
    internal static int MaxLength(int partitions) => Base64Url.GetEncodedLength(FixedLength + (partitions * MostPerPartition));

    /// <summary>Writes the cursor of these positions.</summary>
    /// <returns>How many bytes it has.</returns>
    internal static int Write(Span<byte> to, Guid topicId, ReadOnlySpan<StreamPosition> positions)
    {
        int most = FixedLength + (positions.Length * MostPerPartition);
        Span<byte> plain = most <= 512 ? stackalloc byte[most] : new byte[most];
        plain[0] = Version;
        topicId.TryWriteBytes(plain[1..]);
        int length = 1 + TopicIdLength;
        foreach (StreamPosition position in positions)
        {
            length += Varint.Write(plain[length..], position.Partition);
            length += Varint.Write(plain[length..], position.Offset);
        }
        BinaryPrimitives.WriteUInt32LittleEndian(plain[length..], Crc32C.Compute(plain[..length]));
        return Base64Url.EncodeToUtf8(plain[..(length + sizeof(uint))], to);
    }

    /// <summary>Reads a cursor.</summary>
    /// <exception cref="ProblemException">It is none, or was altered: 400.</exception>
    internal static StreamCursor Read(string text)
    {
        byte[] plain;
        try
        {
            plain = Base64Url.DecodeFromChars(text);
        }
        catch (FormatException)
        {
            throw Unreadable();
        }
        if (plain.Length < FixedLength || plain[0] != Version) throw Unreadable();
        ReadOnlySpan<byte> body = plain.AsSpan(0, plain.Length - sizeof(uint));
        if (BinaryPrimitives.ReadUInt32LittleEndian(plain.AsSpan(body.Length)) != Crc32C.Compute(body)) throw Unreadable();
        var offsets = new Dictionary<int, long>();
        int at = 1 + TopicIdLength;
        while (at < body.Length)
        {
            if (!Varint.TryRead32(body, ref at, out int partition) || !Varint.TryRead64(body, ref at, out long offset)) throw Unreadable();
            if (partition < 0 || offset < 0 || !offsets.TryAdd(partition, offset)) throw Unreadable();
        }
        return new StreamCursor(new Guid(body.Slice(1, TopicIdLength)), offsets);
    }

    private static ProblemException Unreadable() =>
        new(Problem.InvalidParameter, "The cursor is not one of this proxy's; pass back an id of an event as it came, or say where to start with from.");
}

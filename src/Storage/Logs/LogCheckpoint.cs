using System.Buffers.Binary;
using Gateway.Common.Ids;
using Gateway.Common.Records;
using Gateway.Storage.Files;

namespace Gateway.Storage.Logs;

/// <summary>Names one replica directory: a partition that comes back to a node is another incarnation, and old files and frames are not its own.</summary>
/// <param name="Id">The partition.</param>
/// <param name="Incarnation">Rises with every creation in a data directory.</param>
internal readonly record struct LogKey(TopicIdPartition Id, long Incarnation);

/// <summary>
/// A log's own durable facts: everything below <paramref name="RecoveryPoint"/> is durable in its segments, and journal frames up to
/// <paramref name="AppliedSequence"/> are in it. Holds the epochs, which are primary data.
/// </summary>
/// <param name="Key">Whose it is.</param>
/// <param name="LogStartOffset">The first offset that can be read.</param>
/// <param name="RecoveryPoint">Below it a bad batch is damage, above it only a torn tail.</param>
/// <param name="AppliedSequence">Frames up to here need no replay.</param>
/// <param name="Epochs">The leader epochs.</param>
/// <param name="IsGapless">
/// It was never compacted, so each batch starts where the one before it ends. No checksum covers a stored batch's offset: this is what tells a
/// rotten one.
/// </param>
internal sealed record LogCheckpoint(
    LogKey Key, long LogStartOffset, long RecoveryPoint, long AppliedSequence, IReadOnlyList<EpochStart> Epochs, bool IsGapless)
{
    internal const string FileName = "checkpoint";

    private const uint Magic = 0x4B43_5747; // "GWCK"
    private const int HeaderSize = 68;
    private const int EpochSize = 12;
    private const int GaplessFlag = 1;

    internal byte[] Encode()
    {
        byte[] bytes = new byte[HeaderSize + (Epochs.Count * EpochSize) + sizeof(uint)];
        Span<byte> rest = bytes;
        BinaryPrimitives.WriteUInt32LittleEndian(rest, Magic);
        BinaryPrimitives.WriteInt32LittleEndian(rest[4..], DataDirectory.CurrentFormatVersion);
        _ = Key.Id.TopicId.TryWriteBytes(rest[8..], bigEndian: true, out _);
        BinaryPrimitives.WriteInt32LittleEndian(rest[24..], Key.Id.Partition);
        BinaryPrimitives.WriteInt64LittleEndian(rest[28..], Key.Incarnation);
        BinaryPrimitives.WriteInt64LittleEndian(rest[36..], LogStartOffset);
        BinaryPrimitives.WriteInt64LittleEndian(rest[44..], RecoveryPoint);
        BinaryPrimitives.WriteInt64LittleEndian(rest[52..], AppliedSequence);
        BinaryPrimitives.WriteInt32LittleEndian(rest[60..], Epochs.Count);
        BinaryPrimitives.WriteInt32LittleEndian(rest[64..], IsGapless ? GaplessFlag : 0);
        rest = rest[HeaderSize..];
        foreach (EpochStart start in Epochs)
        {
            BinaryPrimitives.WriteInt32LittleEndian(rest, start.Epoch);
            BinaryPrimitives.WriteInt64LittleEndian(rest[4..], start.StartOffset);
            rest = rest[EpochSize..];
        }

        BinaryPrimitives.WriteUInt32LittleEndian(rest, Crc32C.Compute(bytes.AsSpan(0, bytes.Length - sizeof(uint))));
        return bytes;
    }

    /// <summary>What a log without a checkpoint begins with.</summary>
    internal static LogCheckpoint New(LogKey key) => new(key, 0, 0, 0, [], IsGapless: true);

    /// <summary>Null when there is none.</summary>
    /// <exception cref="DamagedLogException">It is not what was written.</exception>
    internal static LogCheckpoint? Load(IFileSystem files, string directory, LogKey expected)
    {
        string path = Path.Combine(directory, FileName);
        byte[]? bytes = DurableFile.Read(files, path);
        if (bytes is null) return null;
        LogCheckpoint checkpoint = Decode(bytes) ?? throw new DamagedLogException($"{path} fails its checksum");
        if (checkpoint.Key != expected) throw new DamagedLogException($"{path} belongs to {checkpoint.Key}, not to {expected}");
        return checkpoint;
    }

    internal static LogCheckpoint? Decode(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < HeaderSize + sizeof(uint)) return null;
        if (BinaryPrimitives.ReadUInt32LittleEndian(bytes) != Magic) return null;
        if (BinaryPrimitives.ReadUInt32LittleEndian(bytes[^4..]) != Crc32C.Compute(bytes[..^4])) return null;
        int count = BinaryPrimitives.ReadInt32LittleEndian(bytes[60..]);
        if (count < 0 || HeaderSize + ((long)count * EpochSize) + sizeof(uint) != bytes.Length) return null;
        var epochs = new EpochStart[count];
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<byte> entry = bytes[(HeaderSize + (i * EpochSize))..];
            epochs[i] = new EpochStart(BinaryPrimitives.ReadInt32LittleEndian(entry), BinaryPrimitives.ReadInt64LittleEndian(entry[4..]));
        }

        var id = new TopicIdPartition(new Guid(bytes.Slice(8, 16), bigEndian: true), BinaryPrimitives.ReadInt32LittleEndian(bytes[24..]));
        return new LogCheckpoint(
            new LogKey(id, BinaryPrimitives.ReadInt64LittleEndian(bytes[28..])),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[36..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[44..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[52..]),
            epochs,
            (BinaryPrimitives.ReadInt32LittleEndian(bytes[64..]) & GaplessFlag) != 0);
    }
}

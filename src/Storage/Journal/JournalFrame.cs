using System.Buffers.Binary;
using Gateway.Common.Ids;
using Gateway.Common.Records;
using Gateway.Storage.Logs;

namespace Gateway.Storage.Journal;

/// <summary>What a frame says happened to a log.</summary>
internal enum FrameKind : byte
{
    /// <summary>Batches were appended at the offset; the payload holds them.</summary>
    Append = 1,
    /// <summary>The log was created.</summary>
    Create = 2,
    /// <summary>Everything below the offset is durable in the segments: a run too large to be written twice.</summary>
    SegmentsSynced = 3,
    /// <summary>The log was cut to end at the offset.</summary>
    Truncate = 4,
    /// <summary>The log start moved to the offset.</summary>
    LogStart = 5,
    /// <summary>The epoch started at the offset.</summary>
    EpochStart = 6,
    /// <summary>The log was deleted.</summary>
    Delete = 7,
}

/// <summary>
/// The fixed part of a journal frame. Its checksum covers the run and the sequence too: a frame left over from the file's earlier
/// life, or from a process that died, is not the one that is expected there.
/// </summary>
/// <param name="Run">Counts the openings of the journal.</param>
/// <param name="Sequence">Rises by one per frame, across files and runs.</param>
/// <param name="Kind">What happened.</param>
/// <param name="Key">To which log.</param>
/// <param name="Offset">The offset it is about.</param>
/// <param name="Epoch">The leader epoch.</param>
/// <param name="PayloadLength">Bytes behind the fixed part.</param>
/// <param name="PayloadCrc">Their checksum.</param>
/// <param name="DurableUpTo">
/// Every frame up to this sequence was durable before this one was written: if one of them cannot be read, it is damaged and not just torn. Zero
/// from releases that did not say.
/// </param>
internal readonly record struct JournalFrame(
    long Run, long Sequence, FrameKind Kind, LogKey Key, long Offset, int Epoch, int PayloadLength, uint PayloadCrc, long DurableUpTo)
{
    internal const int Size = 80;

    /// <summary>Where in a frame its run stands: what a search for frames looks for.</summary>
    internal const int RunPosition = 16;

    internal void Write(Span<byte> bytes)
    {
        bytes = bytes[..Size];
        BinaryPrimitives.WriteInt32LittleEndian(bytes[4..], PayloadLength);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[8..], PayloadCrc);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[12..], (int)Kind);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[16..], Run);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[24..], Sequence);
        _ = Key.Id.TopicId.TryWriteBytes(bytes[32..], bigEndian: true, out _);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[48..], Key.Id.Partition);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[52..], Epoch);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[56..], Key.Incarnation);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[64..], Offset);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[72..], DurableUpTo);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, Crc32C.Compute(bytes[4..]));
    }

    /// <summary>False unless the checksum is right; says nothing about the payload.</summary>
    internal static bool TryRead(ReadOnlySpan<byte> bytes, out JournalFrame frame)
    {
        frame = default;
        if (bytes.Length < Size) return false;
        bytes = bytes[..Size];
        if (BinaryPrimitives.ReadUInt32LittleEndian(bytes) != Crc32C.Compute(bytes[4..])) return false;
        var id = new TopicIdPartition(new Guid(bytes.Slice(32, 16), bigEndian: true), BinaryPrimitives.ReadInt32LittleEndian(bytes[48..]));
        frame = new JournalFrame(
            BinaryPrimitives.ReadInt64LittleEndian(bytes[16..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[24..]),
            (FrameKind)BinaryPrimitives.ReadInt32LittleEndian(bytes[12..]),
            new LogKey(id, BinaryPrimitives.ReadInt64LittleEndian(bytes[56..])),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[64..]),
            BinaryPrimitives.ReadInt32LittleEndian(bytes[52..]),
            BinaryPrimitives.ReadInt32LittleEndian(bytes[4..]),
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[72..]));
        return frame.PayloadLength >= 0;
    }
}

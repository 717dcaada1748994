using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Gateway.Common.Records;
using Gateway.Storage.Files;

namespace Gateway.Storage.Segments;

/// <summary>A batch boundary: the batch of <paramref name="Offset"/> starts at <paramref name="Position"/>.</summary>
/// <param name="Offset">Offset of the record that follows the boundary.</param>
/// <param name="Position">Bytes in front of it.</param>
/// <param name="MaxTimestampBefore">The highest timestamp in front of it (LOG-7: never falls), -1 for none.</param>
internal readonly record struct IndexEntry(long Offset, int Position, long MaxTimestampBefore);

/// <summary>
/// Sparse index of a segment, by offset and by time in one: both rise along the file. A cache of what the segment says. On disk every
/// entry carries a checksum over itself and the segment's base, so a torn or foreign tail is cut off and scanned again.
/// </summary>
internal sealed class SegmentIndex(long baseOffset)
{
    /// <summary>Bytes of an entry on disk: relative offset, position, timestamp, checksum.</summary>
    internal const int EntrySize = 20;

    private readonly IndexEntries _entries = new();
    private int _persisted;

    internal int SizeInBytes => _entries.Count * EntrySize;

    internal int Count => _entries.Count;

    internal IndexEntry Last => _entries.Count == 0 ? Start : _entries[_entries.Count - 1];

    private IndexEntry Start => new(baseOffset, 0, RecordBatchHeader.NoTimestamp);

    internal void Add(in IndexEntry entry)
    {
        if (entry.Position > Last.Position) _entries.Add(entry);
    }

    /// <summary>The last boundary at or before an offset.</summary>
    internal IndexEntry FloorByOffset(long offset)
    {
        int low = 0, high = _entries.Count;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (_entries[middle].Offset <= offset) low = middle + 1;
            else high = middle;
        }

        return low == 0 ? Start : _entries[low - 1];
    }

    /// <summary>The last boundary before which every timestamp is below <paramref name="timestampMs"/>.</summary>
    internal IndexEntry FloorByTimestamp(long timestampMs)
    {
        int low = 0, high = _entries.Count;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (_entries[middle].MaxTimestampBefore < timestampMs) low = middle + 1;
            else high = middle;
        }

        return low == 0 ? Start : _entries[low - 1];
    }

    /// <summary>Forgets every boundary behind <paramref name="endOffset"/>.</summary>
    internal void Truncate(long endOffset)
    {
        int keep = _entries.Count;
        while (keep > 0 && _entries[keep - 1].Offset > endOffset) keep--;
        _entries.Shorten(keep);
        if (_persisted > keep) _persisted = 0;
    }

    /// <summary>What the file lacks, to be written by a checkpoint; null when nothing. Taken once: the next call gives what came later.</summary>
    internal IndexWrite? TakeUnwritten(string path)
    {
        if (_persisted == _entries.Count && _persisted > 0) return null;
        byte[] bytes = new byte[(_entries.Count - _persisted) * EntrySize];
        for (int i = _persisted; i < _entries.Count; i++) Write(bytes.AsSpan((i - _persisted) * EntrySize, EntrySize), _entries[i]);
        var write = new IndexWrite(path, (long)_persisted * EntrySize, bytes);
        _persisted = _entries.Count;
        return write;
    }

    /// <summary>Reads as many entries as are whole, ascending and not behind <paramref name="trustedOffset"/> or <paramref name="fileLength"/>.</summary>
    internal static SegmentIndex Load(IFileSystem files, string path, long baseOffset, long trustedOffset, long fileLength)
    {
        var index = new SegmentIndex(baseOffset);
        byte[]? bytes = DurableFile.Read(files, path);
        if (bytes is null) return index;
        for (int at = 0; at + EntrySize <= bytes.Length; at += EntrySize)
        {
            if (!index.TryParse(bytes.AsSpan(at, EntrySize), out IndexEntry entry)) break;
            if (entry.Offset > trustedOffset || entry.Position > fileLength) break;
            if (entry.Position <= index.Last.Position || entry.Offset <= index.Last.Offset) break;
            index._entries.Add(entry);
        }

        index._persisted = index._entries.Count * EntrySize == bytes.Length ? index._entries.Count : 0;
        return index;
    }

    private void Write(Span<byte> bytes, in IndexEntry entry)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, (uint)(entry.Offset - baseOffset));
        BinaryPrimitives.WriteInt32LittleEndian(bytes[4..], entry.Position);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[8..], entry.MaxTimestampBefore);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[16..], Checksum(bytes[..16]));
    }

    private bool TryParse(ReadOnlySpan<byte> bytes, out IndexEntry entry)
    {
        entry = new IndexEntry(
            baseOffset + BinaryPrimitives.ReadUInt32LittleEndian(bytes),
            BinaryPrimitives.ReadInt32LittleEndian(bytes[4..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[8..]));
        return BinaryPrimitives.ReadUInt32LittleEndian(bytes[16..]) == Checksum(bytes[..16]);
    }

    private uint Checksum(ReadOnlySpan<byte> entry)
    {
        long seed = baseOffset;
        return Crc32C.Append(Crc32C.Compute(MemoryMarshal.AsBytes(new ReadOnlySpan<long>(in seed))), entry);
    }
}

/// <summary>Index entries on their way to the disk.</summary>
/// <param name="Path">The index file.</param>
/// <param name="Position">Where they go; 0 replaces the file.</param>
/// <param name="Bytes">The entries.</param>
internal sealed record IndexWrite(string Path, long Position, byte[] Bytes)
{
    /// <summary>
    /// Stale entries of bytes that were truncated meanwhile must not come back in a crash, so a replaced file is synced before a checkpoint
    /// vouches for it. A lost tail, on the other hand, is only scanned again.
    /// </summary>
    internal bool MustSync => Position == 0;

    internal void Run(IFileSystem files, bool sync)
    {
        using IFile file = files.Open(Path, Position == 0 ? FileOpening.Empty : FileOpening.OrCreate);
        file.Write(Position, Bytes);
        if (sync) file.Sync();
    }
}

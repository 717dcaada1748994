using System.Buffers.Binary;
using Gateway.Common.Records;
using Gateway.Simulation.Disk;
using Gateway.Storage.Files;
using Gateway.Storage.Journal;

namespace Gateway.Simulation.Mutants;

/// <summary>Answers before anything is durable: the journal's sync does nothing.</summary>
internal sealed class AcknowledgesBeforeFlush(IFileSystem inner) : ThroughFileSystem(inner)
{
    protected override bool IgnoresSync(string path) => path.EndsWith(JournalFile.Suffix, StringComparison.Ordinal);
}

/// <summary>Takes torn batches for whole ones: whatever a segment holds has the checksum it should have.</summary>
internal sealed class AcceptsTornTail(IFileSystem inner) : ThroughFileSystem(inner)
{
    private const int CrcPosition = 17;
    private const int CrcCovers = 21;

    protected override void OnRead(string path, IFile file, long position, Span<byte> bytes)
    {
        if (!path.EndsWith(".log", StringComparison.Ordinal)) return;
        byte[] all = new byte[file.Length];
        _ = file.Read(0, all);
        for (int at = 0; at + RecordBatchHeader.Size <= all.Length;)
        {
            _ = RecordBatchHeader.TryRead(all.AsSpan(at), out RecordBatchHeader header);
            if (header.SizeInBytes < RecordBatchHeader.Size || at + header.SizeInBytes > all.Length) break;
            int size = (int)header.SizeInBytes;
            BinaryPrimitives.WriteUInt32BigEndian(all.AsSpan(at + CrcPosition), Crc32C.Compute(all.AsSpan(at + CrcCovers, size - CrcCovers)));
            at += size;
        }

        all.AsSpan((int)position, bytes.Length).CopyTo(bytes);
    }
}

/// <summary>Keeps indexes that have to go or be made anew: what a truncation or an earlier file of the name left stays in them.</summary>
internal sealed class KeepsOldIndexes(IFileSystem inner) : ThroughFileSystem(inner)
{
    public override IFile Open(string path, FileOpening opening) =>
        base.Open(path, IsIndex(path) && opening == FileOpening.Empty ? FileOpening.OrCreate : opening);

    public override void Delete(string path)
    {
        if (!IsIndex(path)) base.Delete(path);
    }

    private static bool IsIndex(string path) => path.EndsWith(".index", StringComparison.Ordinal);
}

/// <summary>Takes frames of a journal file's earlier life for new ones: run and sequence are not looked at.</summary>
internal sealed class TakesRecycledFrames(IFileSystem inner) : ThroughFileSystem(inner)
{
    protected override void OnRead(string path, IFile file, long position, Span<byte> bytes)
    {
        if (position != 0 || !path.EndsWith(JournalFile.Suffix, StringComparison.Ordinal)) return;
        if (!JournalFileHeader.TryRead(bytes, out JournalFileHeader header) || header.IsFree) return;
        long next = header.FirstSequence;
        foreach (JournalFrames.Place place in JournalFrames.Of(bytes, JournalFileHeader.Size))
            (place.Frame with { Run = header.Run, Sequence = next++ }).Write(bytes[place.Position..]);
    }
}

/// <summary>Does not tell the journal of truncations: another frame, which means nothing, is in their place.</summary>
internal sealed class ForgetsTruncations(IFileSystem inner) : ThroughFileSystem(inner)
{
    protected override void OnWrite(string path, long position, Span<byte> bytes)
    {
        if (!path.EndsWith(JournalFile.Suffix, StringComparison.Ordinal)) return;
        foreach (JournalFrames.Place place in JournalFrames.Of(bytes, 0))
        {
            if (place.Frame.Kind == FrameKind.Truncate)
                (place.Frame with { Kind = FrameKind.EpochStart, Epoch = 0 }).Write(bytes[place.Position..]);
        }
    }
}

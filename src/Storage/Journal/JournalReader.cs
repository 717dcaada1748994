using System.Buffers.Binary;
using Gateway.Common.Records;
using Gateway.Storage.Files;
using Gateway.Storage.Logs;

namespace Gateway.Storage.Journal;

/// <summary>Where a frame that counts lies.</summary>
/// <param name="Frame">Its fixed part.</param>
/// <param name="File">The file.</param>
/// <param name="PayloadPosition">Where its payload starts.</param>
internal readonly record struct FoundFrame(JournalFrame Frame, IFile File, long PayloadPosition)
{
    /// <summary>Reads the payload, which was verified when the frame was found. Waits for the disk.</summary>
    internal byte[] ReadPayload()
    {
        byte[] bytes = new byte[Frame.PayloadLength];
        int read = File.Read(PayloadPosition, bytes);
        return read == bytes.Length && Crc32C.Compute(bytes) == Frame.PayloadCrc
            ? bytes
            : throw new IOException($"Journal frame {Frame.Sequence} changed between two readings");
    }
}

/// <summary>What the journal holds at a start.</summary>
/// <param name="LastRun">The newest run any file knows; 0 for none.</param>
/// <param name="NextSequence">One behind the last frame; 1 for none.</param>
/// <param name="Frames">The frames of the last run by log, in order.</param>
/// <param name="UsedFiles">The files that are not free: those of earlier runs, then those of the last, the oldest first.</param>
/// <param name="LastFlush">What was flushed last; null when there is no frame.</param>
internal sealed record JournalContent(
    long LastRun, long NextSequence, IReadOnlyDictionary<LogKey, List<FoundFrame>> Frames, IReadOnlyList<IFile> UsedFiles, LastFlush? LastFlush);

/// <summary>
/// Reads the frames of the last run: those that follow each other by sequence without a gap. What was torn by a crash ends them; what was durable
/// and cannot be read is damage.
/// </summary>
internal static class JournalReader
{
    /// <summary>Waits for the disk.</summary>
    /// <exception cref="DataDirectoryException">Frames that were durable are gone.</exception>
    internal static JournalContent Read(IReadOnlyList<IFile> files)
    {
        var found = new List<(JournalFileHeader Header, IFile File)>();
        long lastRun = 0;
        long floor = 1;
        byte[] sector = new byte[JournalFileHeader.Size];
        foreach (IFile file in files)
        {
            if (file.Read(0, sector) < sector.Length) continue;
            if (!JournalFileHeader.TryRead(sector, out JournalFileHeader header) && !TryGuess(file, out header)) continue;
            lastRun = Math.Max(lastRun, header.Run);
            if (header.IsFree) floor = Math.Max(floor, header.NextSequence);
            else found.Add((header, file));
        }

        // Once a run has a durable header, recovery of the one before was complete: its frames are history.
        found.Sort((a, b) => (a.Header.Run, a.Header.FirstSequence).CompareTo((b.Header.Run, b.Header.FirstSequence)));
        IFile[] used = [.. found.Select(static file => file.File)];
        found.RemoveAll(file => file.Header.Run != lastRun);
        DropFreeFilesThatRotted(found);
        var frames = new Dictionary<LogKey, List<FoundFrame>>();
        LastFlush? lastFlush = null;
        long next = 1;
        for (int i = 0; i < found.Count; i++)
        {
            if (i > 0 && found[i].Header.FirstSequence != next)
            {
                throw Damaged(next, found[i].Header.FirstSequence - 1);
            }

            List<FoundFrame> ofFile = ReadFile(found[i].File, found[i].Header);
            next = found[i].Header.FirstSequence + ofFile.Count;
            if (ofFile.Count > 0) lastFlush = LastFlush.Of(ofFile);
            foreach (FoundFrame frame in ofFile)
            {
                if (!frames.TryGetValue(frame.Frame.Key, out List<FoundFrame>? ofLog)) frames.Add(frame.Frame.Key, ofLog = []);
                ofLog.Add(frame);
            }
        }

        return new JournalContent(lastRun, Math.Max(next, floor), frames, used, lastFlush);
    }

    private static List<FoundFrame> ReadFile(IFile file, JournalFileHeader header)
    {
        var frames = new List<FoundFrame>();
        byte[] bytes = new byte[file.Length];
        int length = file.Read(0, bytes);
        int at = JournalFileHeader.Size;
        long next = header.FirstSequence;
        while (TryFind(bytes.AsSpan(0, length), ref at, header.Run, next, out JournalFrame frame))
        {
            int payload = at + JournalFrame.Size;
            frames.Add(new FoundFrame(frame, file, payload));
            next++;
            at = payload + frame.PayloadLength;
        }

        if (LastPromised(bytes.AsSpan(at, length - at), header.Run, next) is { } promised) throw Damaged(next, promised);
        return frames;
    }

    /// <summary>
    /// Finds a frame at a position, or where the next flush starts: with one of the sectors up to the end of the largest block there is. A frame of
    /// this run and sequence exists once, so it does not matter at which.
    /// </summary>
    private static bool TryFind(ReadOnlySpan<byte> bytes, ref int at, long run, long sequence, out JournalFrame frame)
    {
        if (TryRead(bytes, at, run, sequence, out frame)) return true;
        int last = RoundUp(at + 1, BlockBuffer.Alignment);
        for (int sector = RoundUp(at + 1, JournalFileHeader.Size); sector <= last; sector += JournalFileHeader.Size)
        {
            if (!TryRead(bytes, sector, run, sequence, out frame)) continue;
            at = sector;
            return true;
        }

        return false;
    }

    private static bool TryRead(ReadOnlySpan<byte> bytes, int at, long run, long sequence, out JournalFrame frame)
    {
        frame = default;
        return at < bytes.Length && JournalFrame.TryRead(bytes[at..], out frame) && frame.Run == run && frame.Sequence == sequence
            && frame.PayloadLength <= bytes.Length - at - JournalFrame.Size
            && Crc32C.Compute(bytes.Slice(at + JournalFrame.Size, frame.PayloadLength)) == frame.PayloadCrc;
    }

    private static int RoundUp(int position, int unit) => (position + unit - 1) / unit * unit;

    /// <summary>What the header of a file said that cannot be read, by its first frame. False when there is none: the file was never used.</summary>
    private static bool TryGuess(IFile file, out JournalFileHeader header)
    {
        header = default;
        Span<byte> first = stackalloc byte[JournalFrame.Size];
        foreach (int position in (ReadOnlySpan<int>)[JournalFileHeader.Size, BlockBuffer.Alignment])
        {
            if (file.Read(position, first) < first.Length || !JournalFrame.TryRead(first, out JournalFrame frame)) continue;
            // The first of a file is the first of its flush too; builds that do not say so had it in the second sector.
            if (frame.DurableUpTo != frame.Sequence - 1 && position != JournalFileHeader.Size) continue;
            header = new JournalFileHeader(frame.Run, frame.Sequence, 0) { IsGuess = true };
            return true;
        }

        return false;
    }

    /// <summary>
    /// A free file whose header rotted looks as if it were used. Files go free from the oldest on, so it lies in front of the others; right in
    /// front of them it may be one or the other, and then its frames do no harm: those of a free file are skipped by every log's checkpoint.
    /// </summary>
    private static void DropFreeFilesThatRotted(List<(JournalFileHeader Header, IFile File)> found)
    {
        while (found.Count > 1 && found[0].Header.IsGuess
            && found[0].Header.FirstSequence + ReadFile(found[0].File, found[0].Header).Count != found[1].Header.FirstSequence)
        {
            found.RemoveAt(0);
        }
    }

    /// <summary>
    /// The highest sequence that some frame behind the last good one says was durable; null when there is none at or above
    /// <paramref name="next"/>. A run is nothing a client can guess, so no frame is made of what a client sent.
    /// </summary>
    private static long? LastPromised(ReadOnlySpan<byte> bytes, long run, long next)
    {
        Span<byte> wanted = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(wanted, run);
        long? last = null;
        for (int at = 0; at < bytes.Length;)
        {
            int found = bytes[at..].IndexOf(wanted);
            if (found < 0) break;
            int start = at + found - JournalFrame.RunPosition;
            at += found + 1;
            if (start < 0 || !JournalFrame.TryRead(bytes[start..], out JournalFrame frame)) continue;
            if (frame.Run == run && frame.Sequence > next && frame.DurableUpTo >= next) last = Math.Max(last ?? 0, frame.DurableUpTo);
        }

        return last;
    }

    private static DataDirectoryException Damaged(long from, long to) => new(
        $"The commit journal is damaged: frames {from} to {to} were durable and cannot be read. Restore the data directory from a copy; or, to go "
        + "on without what these frames held, move its subdirectory 'journal' away");
}

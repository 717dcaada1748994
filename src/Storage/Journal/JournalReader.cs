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
internal sealed record JournalContent(
    long LastRun, long NextSequence, IReadOnlyDictionary<LogKey, List<FoundFrame>> Frames, IReadOnlyList<IFile> UsedFiles);

/// <summary>Reads the frames of the last run: those that follow each other by sequence without a gap.</summary>
internal static class JournalReader
{
    /// <summary>Waits for the disk.</summary>
    /// <exception cref="DataDirectoryException">A file behind a gap exists: the frames in between were durable and are gone.</exception>
    internal static JournalContent Read(IReadOnlyList<IFile> files)
    {
        var found = new List<(JournalFileHeader Header, IFile File)>();
        long lastRun = 0;
        long floor = 1;
        byte[] sector = new byte[JournalFileHeader.Size];
        foreach (IFile file in files)
        {
            if (file.Read(0, sector) < sector.Length || !JournalFileHeader.TryRead(sector, out JournalFileHeader header)) continue;
            lastRun = Math.Max(lastRun, header.Run);
            if (header.IsFree) floor = Math.Max(floor, header.NextSequence);
            else found.Add((header, file));
        }

        // Once a run has a durable header, recovery of the one before was complete: its frames are history.
        found.Sort((a, b) => (a.Header.Run, a.Header.FirstSequence).CompareTo((b.Header.Run, b.Header.FirstSequence)));
        IFile[] used = [.. found.Select(static file => file.File)];
        found.RemoveAll(file => file.Header.Run != lastRun);
        var frames = new Dictionary<LogKey, List<FoundFrame>>();
        long next = 1;
        for (int i = 0; i < found.Count; i++)
        {
            if (i > 0 && found[i].Header.FirstSequence != next)
            {
                throw new DataDirectoryException(
                    $"The commit journal is damaged: frames {next} to {found[i].Header.FirstSequence - 1} were durable and cannot be read");
            }

            next = ReadFile(found[i].File, found[i].Header, frames);
        }

        return new JournalContent(lastRun, Math.Max(next, floor), frames, used);
    }

    private static long ReadFile(IFile file, JournalFileHeader header, Dictionary<LogKey, List<FoundFrame>> frames)
    {
        byte[] bytes = new byte[file.Length];
        int length = file.Read(0, bytes);
        int at = JournalFileHeader.Size;
        long next = header.FirstSequence;
        while (JournalFrame.TryRead(bytes.AsSpan(at, length - at), out JournalFrame frame))
        {
            int payload = at + JournalFrame.Size;
            if (frame.Run != header.Run || frame.Sequence != next || frame.PayloadLength > length - payload) break;
            if (Crc32C.Compute(bytes.AsSpan(payload, frame.PayloadLength)) != frame.PayloadCrc) break;
            if (!frames.TryGetValue(frame.Key, out List<FoundFrame>? ofLog)) frames.Add(frame.Key, ofLog = []);
            ofLog.Add(new FoundFrame(frame, file, payload));
            next++;
            at = payload + frame.PayloadLength;
        }

        return next;
    }
}

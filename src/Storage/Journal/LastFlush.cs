using Gateway.Storage.Files;

namespace Gateway.Storage.Journal;

/// <summary>The frames no later one vouches for: they can be read, and need not be durable.</summary>
/// <param name="File">The file that holds them.</param>
/// <param name="Start">Where they start; 0 when the file's header was written with them.</param>
/// <param name="End">Where they end.</param>
internal sealed record LastFlush(IFile File, long Start, long End)
{
    /// <summary>The last flush among a file's frames, which follow each other.</summary>
    internal static LastFlush Of(IReadOnlyList<FoundFrame> frames)
    {
        FoundFrame last = frames[^1];
        int first = frames.Count - 1;
        while (first > 0 && frames[first - 1].Frame.Sequence > last.Frame.DurableUpTo) first--;
        long start = first == 0 ? 0 : frames[first].PayloadPosition - JournalFrame.Size;
        return new LastFlush(last.File, start, last.PayloadPosition + last.Frame.PayloadLength);
    }

    /// <summary>
    /// Makes the frames durable. Written once more before that: had the sync of the process before failed, the page cache might count them as
    /// clean, and another sync would change nothing. Waits for the device.
    /// </summary>
    internal void MakeDurable()
    {
        byte[] bytes = new byte[End - Start];
        if (File.Read(Start, bytes) < bytes.Length) throw new IOException("A journal file became shorter while it was read");
        File.Write(Start, bytes);
        File.Sync();
    }
}

using Gateway.Common.Records;
using Gateway.Storage.Journal;

namespace Gateway.Simulation.Disk;

/// <summary>The whole frames that lie behind each other, or at the next sector a flush starts with.</summary>
internal static class JournalFrames
{
    internal static List<Place> Of(ReadOnlySpan<byte> bytes, int at)
    {
        var found = new List<Place>();
        while (at < bytes.Length)
        {
            if (!JournalFrame.TryRead(bytes[at..], out JournalFrame frame))
            {
                at = ((at / JournalFileHeader.Size) + 1) * JournalFileHeader.Size;
                continue;
            }

            int end = at + JournalFrame.Size + frame.PayloadLength;
            if (end > bytes.Length || Crc32C.Compute(bytes[(at + JournalFrame.Size)..end]) != frame.PayloadCrc) break;
            found.Add(new Place(frame, at));
            at = end;
        }

        return found;
    }

    internal readonly record struct Place(JournalFrame Frame, int Position);
}

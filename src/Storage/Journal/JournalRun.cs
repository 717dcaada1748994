using System.Buffers.Binary;

namespace Gateway.Storage.Journal;

/// <summary>Numbers the openings of a journal.</summary>
internal static class JournalRun
{
    private const long LargestStep = 1L << 40;

    /// <summary>
    /// A number above the last one, by a step of chance. Journal files are written over, and what a torn write leaves under them is bytes that
    /// clients sent: were the number to be guessed, they could hold a frame that recovery takes for one of its own.
    /// </summary>
    /// <param name="last">The last one; 0 for none.</param>
    /// <param name="chance">A random UUID.</param>
    internal static long After(long last, Guid chance)
    {
        Span<byte> bytes = stackalloc byte[16];
        _ = chance.TryWriteBytes(bytes, bigEndian: true, out _);
        // The last eight bytes are random in every version that is.
        long step = 1 + (BinaryPrimitives.ReadInt64LittleEndian(bytes[8..]) >> 8 & (LargestStep - 1));
        // Eight million openings later there is still one number for each.
        return last > long.MaxValue - (2 * LargestStep) ? last + 1 : last + step;
    }
}

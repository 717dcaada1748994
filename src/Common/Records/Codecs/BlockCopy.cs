namespace Gateway.Common.Records.Codecs;

/// <summary>The copy within one buffer that LZ codecs are made of.</summary>
internal static class BlockCopy
{
    /// <summary>
    /// Writes <paramref name="length"/> bytes at <paramref name="position"/>, each the one <paramref name="distance"/> before it. The two
    /// ranges may overlap, and then the bytes repeat.
    /// </summary>
    internal static void Repeat(Span<byte> buffer, int position, int distance, int length)
    {
        int from = position - distance;
        // What has been written is a repeat itself, so every round may copy twice as much.
        while (length > 0)
        {
            int part = Math.Min(length, position - from);
            buffer.Slice(from, part).CopyTo(buffer[position..]);
            position += part;
            length -= part;
        }
    }
}

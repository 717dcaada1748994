namespace Gateway.Storage.Segments;

/// <summary>A part of a segment to be written out before anybody waits for it. A hint: it promises nothing.</summary>
/// <param name="File">The file, leased.</param>
/// <param name="Position">Where the part starts.</param>
/// <param name="Length">Its bytes.</param>
internal sealed record Writeback(SegmentFile File, int Position, int Length)
{
    /// <summary>May wait for room in the device's queue.</summary>
    internal void Run()
    {
        File.Opened!.StartWriteback(Position, Length);
        File.Release();
    }
}

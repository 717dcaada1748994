namespace Gateway.Storage.Segments;

/// <summary>A part of a segment to be written out before anybody waits for it. A hint: it promises nothing.</summary>
/// <param name="File">The file, reserved.</param>
/// <param name="Position">Where the part starts.</param>
/// <param name="Length">Its bytes.</param>
internal sealed record Writeback(SegmentFile File, int Position, int Length)
{
    /// <summary>May wait for room in the device's queue.</summary>
    internal void Run()
    {
        try
        {
            File.Use(file => file.StartWriteback(Position, Length));
        }
        catch (IOException)
        {
            // It was closed meanwhile and cannot be opened now; a later sync writes these bytes too, and tells if that fails.
        }
        finally
        {
            File.Unreserve();
        }
    }
}

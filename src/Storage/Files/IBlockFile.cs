namespace Gateway.Storage.Files;

/// <summary>
/// A file of fixed length that is written in whole blocks, each write durable when it returns: one call where a write and a sync are two, and
/// without the page cache in between where the system allows it.
/// </summary>
public interface IBlockFile : IDisposable
{
    /// <summary>
    /// Writes the blocks and waits for the device to have them. A power cut before it returns leaves any part of them. A failure is final, as
    /// that of <see cref="IFile.Sync"/> is.
    /// </summary>
    /// <param name="position">Where, a multiple of <see cref="BlockBuffer.Alignment"/>.</param>
    /// <param name="blocks">Whole blocks.</param>
    void Write(long position, BlockBuffer blocks);
}

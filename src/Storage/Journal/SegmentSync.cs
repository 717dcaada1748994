using Gateway.Storage.Files;
using Gateway.Storage.Segments;

namespace Gateway.Storage.Journal;

/// <summary>Segment files to make durable, leased until that is done, and the directory when names in it are new.</summary>
/// <param name="Files">The files.</param>
/// <param name="Directories">Directories whose names changed, in the order to sync them.</param>
/// <param name="UnwrittenBytes">How many bytes of the files are not on their way to the device yet.</param>
internal sealed record SegmentSync(IReadOnlyList<SegmentFile> Files, IReadOnlyList<string> Directories, long UnwrittenBytes)
{
    /// <summary>Leases the files; whoever creates one runs or releases it.</summary>
    internal static SegmentSync Lease(IReadOnlyList<SegmentFile> files, IReadOnlyList<string> directories, long unwrittenBytes = 0)
    {
        foreach (SegmentFile file in files) _ = file.Acquire();
        return new SegmentSync(files, directories, unwrittenBytes);
    }

    /// <summary>Makes the bytes durable. Waits for the device.</summary>
    internal void RunFiles()
    {
        foreach (SegmentFile file in Files) file.Opened!.Sync();
    }

    /// <summary>Makes bytes and names durable. Waits for the device.</summary>
    internal void Run(IFileSystem system)
    {
        RunFiles();
        foreach (string directory in Directories) system.SyncDirectory(directory);
    }

    internal void StartWriteback()
    {
        foreach (SegmentFile file in Files) file.Opened!.StartWriteback(0, 0);
    }

    /// <summary>Waits for what <see cref="StartWriteback"/> has started; makes nothing durable.</summary>
    internal void FinishWriteback()
    {
        foreach (SegmentFile file in Files) file.Opened!.FinishWriteback();
    }

    internal void Release()
    {
        foreach (SegmentFile file in Files) file.Release();
    }
}

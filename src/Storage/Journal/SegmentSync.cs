using Gateway.Storage.Files;
using Gateway.Storage.Segments;

namespace Gateway.Storage.Journal;

/// <summary>Segment files to make durable, leased until that is done, and the directory when names in it are new.</summary>
/// <param name="Files">The files.</param>
/// <param name="Directories">Directories whose names changed, in the order to sync them.</param>
internal sealed record SegmentSync(IReadOnlyList<SegmentFile> Files, IReadOnlyList<string> Directories)
{
    /// <summary>Leases the files; whoever creates one runs or releases it.</summary>
    internal static SegmentSync Lease(IReadOnlyList<SegmentFile> files, IReadOnlyList<string> directories)
    {
        foreach (SegmentFile file in files) _ = file.Acquire();
        return new SegmentSync(files, directories);
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

    internal void Release()
    {
        foreach (SegmentFile file in Files) file.Release();
    }
}

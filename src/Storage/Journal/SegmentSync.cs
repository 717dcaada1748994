using Gateway.Storage.Files;
using Gateway.Storage.Segments;

namespace Gateway.Storage.Journal;

/// <summary>
/// Segment files to make durable, reserved until that is done, and the directory when names in it are new. Of thousands of logs, each with its own,
/// no more are open at a time than the store may have.
/// </summary>
/// <param name="Files">The files.</param>
/// <param name="Directories">Directories whose names changed, in the order to sync them.</param>
/// <param name="UnwrittenBytes">How many bytes of the files are not on their way to the device yet.</param>
internal sealed record SegmentSync(IReadOnlyList<SegmentFile> Files, IReadOnlyList<string> Directories, long UnwrittenBytes)
{
    /// <summary>Reserves the files; whoever creates one releases it in the end.</summary>
    internal static SegmentSync Reserve(IReadOnlyList<SegmentFile> files, IReadOnlyList<string> directories, long unwrittenBytes = 0)
    {
        foreach (SegmentFile file in files) file.Reserve();
        return new SegmentSync(files, directories, unwrittenBytes);
    }

    /// <summary>Makes the bytes durable. Waits for the device.</summary>
    internal void RunFiles()
    {
        foreach (SegmentFile file in Files) Do(file, static opened => opened.Sync());
    }

    /// <summary>Makes bytes and names durable. Waits for the device.</summary>
    internal void Run(IFileSystem system)
    {
        RunFiles();
        foreach (string directory in Directories) system.SyncDirectory(directory);
    }

    internal void StartWriteback()
    {
        foreach (SegmentFile file in Files) Do(file, static opened => opened.StartWriteback(0, 0));
    }

    /// <summary>Waits for what <see cref="StartWriteback"/> has started; makes nothing durable.</summary>
    internal void FinishWriteback()
    {
        foreach (SegmentFile file in Files) Do(file, static opened => opened.FinishWriteback());
    }

    internal void Release()
    {
        foreach (SegmentFile file in Files) file.Unreserve();
    }

    private static void Do(SegmentFile file, Action<IFile> work)
    {
        try
        {
            file.Use(work);
        }
        catch (Exception gone) when (file.IsForgotten && gone is FileNotFoundException or DirectoryNotFoundException)
        {
            // The log is deleted, its directory has another name already: nothing vouches for these bytes any more.
        }
    }
}

namespace Gateway.Storage.Files;

/// <summary>Small files replaced as a whole: after a crash there is the old content or the new one, never a mixture.</summary>
internal static class DurableFile
{
    private const string Suffix = ".new";

    /// <summary>Writes aside, syncs, renames, syncs the directory.</summary>
    internal static void Replace(IFileSystem files, string path, ReadOnlySpan<byte> content)
    {
        WriteAside(files, path, content, sync: true);
        Publish(files, path);
        files.SyncDirectory(Path.GetDirectoryName(path)!);
    }

    /// <summary>The first half: the new content lies beside the old. It must be synced before the second.</summary>
    internal static void WriteAside(IFileSystem files, string path, ReadOnlySpan<byte> content, bool sync)
    {
        using IFile file = files.Open(path + Suffix, FileOpening.Empty);
        file.Write(0, content);
        if (sync) file.Sync();
    }

    /// <summary>The second half: the new content takes the name. Durable once the directory is synced.</summary>
    internal static void Publish(IFileSystem files, string path) => files.Rename(path + Suffix, path);

    /// <summary>All bytes of a file, or null when there is none.</summary>
    internal static byte[]? Read(IFileSystem files, string path)
    {
        if (!files.FileExists(path)) return null;
        using IFile file = files.Open(path, FileOpening.Existing);
        byte[] content = new byte[file.Length];
        int read = file.Read(0, content);
        return read == content.Length ? content : content[..read];
    }
}

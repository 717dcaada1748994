using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Gateway.Common.Records;
using Gateway.Storage.Files;

namespace Gateway.Storage;

/// <summary>
/// A node's directory: locked against a second process, with the ids and the format version that every file in it goes by.
/// </summary>
public sealed class DataDirectory : IDisposable
{
    /// <summary>The format this build writes, and the newest it reads.</summary>
    public const int CurrentFormatVersion = 1;

    private const string LockName = "lock";
    private const string MetaName = "gateway.properties";
    private const string ChecksumKey = "checksum";
    private const string CleanName = "clean-shutdown";

    private readonly IDisposable _lock;

    private DataDirectory(IFileSystem files, string path, IDisposable held, string clusterId, int nodeId, Func<Guid> newId)
    {
        Files = files;
        Path = path;
        _lock = held;
        ClusterId = clusterId;
        NodeId = nodeId;
        NewId = newId;
    }

    /// <summary>The file system it lies on.</summary>
    public IFileSystem Files { get; }

    /// <summary>Where it lies.</summary>
    public string Path { get; }

    /// <summary>The cluster's id: a UUID as 22 characters of URL-safe base64, made when the directory was.</summary>
    public string ClusterId { get; }

    /// <summary>The node's id, fixed when the directory was made.</summary>
    public int NodeId { get; }

    internal Func<Guid> NewId { get; }

    internal string LogsPath => System.IO.Path.Combine(Path, "logs");

    internal string JournalPath => System.IO.Path.Combine(Path, "journal");

    /// <summary>Opens the directory at <paramref name="path"/>, making it when there is none.</summary>
    /// <param name="files">The file system.</param>
    /// <param name="path">Where.</param>
    /// <param name="newId">Random UUIDs: for the cluster id of a new directory, and for what must not be guessed from outside.</param>
    /// <param name="nodeId">The node id of a new directory.</param>
    /// <exception cref="DataDirectoryException">In use by another process, written by a newer version, or unreadable.</exception>
    public static DataDirectory Open(IFileSystem files, string path, Func<Guid> newId, int nodeId = 1)
    {
        files.CreateDirectory(path);
        IDisposable held = files.TryLock(System.IO.Path.Combine(path, LockName))
            ?? throw new DataDirectoryException($"The data directory {path} is in use by another process");
        try
        {
            string meta = System.IO.Path.Combine(path, MetaName);
            byte[]? content = DurableFile.Read(files, meta);
            if (content is null) content = Create(files, path, meta, newId, nodeId);
            (string clusterId, int ownNodeId) = Parse(path, content);
            return new DataDirectory(files, path, held, clusterId, ownNodeId, newId);
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    /// <summary>Gives the lock back.</summary>
    public void Dispose() => _lock.Dispose();

    /// <summary>True when the last store closed in good order. The mark is gone, durably, before this returns: whatever comes next may crash.</summary>
    internal bool TakeCleanShutdownMark(out long nextSequence)
    {
        nextSequence = 0;
        string path = System.IO.Path.Combine(Path, CleanName);
        byte[]? content = DurableFile.Read(Files, path);
        if (content is null) return false;
        Files.Delete(path);
        Files.SyncDirectory(Path);
        return long.TryParse(Encoding.UTF8.GetString(content), NumberStyles.None, CultureInfo.InvariantCulture, out nextSequence);
    }

    internal void MarkCleanShutdown(long nextSequence) =>
        DurableFile.Replace(Files, System.IO.Path.Combine(Path, CleanName), Encoding.UTF8.GetBytes(nextSequence.ToString(CultureInfo.InvariantCulture)));

    private static byte[] Create(IFileSystem files, string path, string meta, Func<Guid> newId, int nodeId)
    {
        // Logs without the file that says what they are: somebody lost it, and a fresh id would hide that.
        if (files.List(System.IO.Path.Combine(path, "logs")).Count > 0)
            throw new DataDirectoryException($"The data directory {path} holds logs but no {MetaName}; restore that file or use an empty directory");
        byte[] content = Encoding.UTF8.GetBytes(string.Create(
            CultureInfo.InvariantCulture, $"format.version={CurrentFormatVersion}\ncluster.id={ToText(newId())}\nnode.id={nodeId}\n"));
        content = [.. content, .. Encoding.UTF8.GetBytes($"{ChecksumKey}={ChecksumOf(content)}\n")];
        SyncAncestors(files, path);
        DurableFile.Replace(files, meta, content);
        return content;
    }

    /// <summary>
    /// The directory is a name in the one above, and that one perhaps new too: nothing in it is durable before all of them are. Before the file
    /// that says the directory is made, so that a start that was cut short does it again.
    /// </summary>
    private static void SyncAncestors(IFileSystem files, string path)
    {
        string? above = System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path));
        if (above is not null) files.SyncDirectory(above);
        try
        {
            while ((above = System.IO.Path.GetDirectoryName(above)) is not null) files.SyncDirectory(above);
        }
        catch (IOException)
        {
            // One that this user may not even open is not one that was just made.
        }
    }

    private static string ChecksumOf(ReadOnlySpan<byte> content) => Crc32C.Compute(content).ToString("x8", CultureInfo.InvariantCulture);

    /// <summary>The ids decide which cluster this is, so a rotten digit must not pass. Files without the line are from earlier releases.</summary>
    private static void CheckChecksum(string path, ReadOnlySpan<byte> content)
    {
        int line = content.IndexOf(Encoding.UTF8.GetBytes($"\n{ChecksumKey}="));
        if (line < 0) return;
        string written = Encoding.UTF8.GetString(content[(line + ChecksumKey.Length + 2)..]).Trim();
        if (written == ChecksumOf(content[..(line + 1)])) return;
        throw new DataDirectoryException(
            $"The data directory {path} has a {MetaName} that is not what was written; restore that file or, if it was changed on purpose, remove "
            + $"its line {ChecksumKey}");
    }

    private static (string ClusterId, int NodeId) Parse(string path, byte[] content)
    {
        CheckChecksum(path, content);
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string line in Encoding.UTF8.GetString(content).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            int equals = line.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0) values[line[..equals]] = line[(equals + 1)..].Trim();
        }

        if (!TryGetInt(values, "format.version", out int format))
            throw new DataDirectoryException($"The data directory {path} has a {MetaName} without format.version");
        if (format > CurrentFormatVersion)
        {
            throw new DataDirectoryException(
                $"The data directory {path} has format version {format}, written by a newer release; this one reads up to {CurrentFormatVersion}");
        }

        if (!values.TryGetValue("cluster.id", out string? clusterId) || !TryGetInt(values, "node.id", out int nodeId))
            throw new DataDirectoryException($"The data directory {path} has a {MetaName} without cluster.id or node.id");
        return (clusterId, nodeId);
    }

    private static bool TryGetInt(Dictionary<string, string> values, string key, out int value)
    {
        value = 0;
        return values.TryGetValue(key, out string? text) && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);
    }

    private static string ToText(Guid id)
    {
        Span<byte> bytes = stackalloc byte[16];
        _ = id.TryWriteBytes(bytes, bigEndian: true, out _);
        return Base64Url.EncodeToString(bytes);
    }
}

/// <summary>A data directory that must not be used; the message says why and is meant for the operator.</summary>
public sealed class DataDirectoryException(string message, Exception? inner = null) : Exception(message, inner);

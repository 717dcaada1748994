using Gateway.Storage.Files;

namespace Gateway.Simulation.Disk;

/// <summary>
/// A disk in memory that keeps what was synced and, at a power cut, anything or nothing of the rest: bytes by file, torn at sectors and in
/// any order; names by directory. A synced file whose name was not is gone.
/// </summary>
internal sealed partial class SimulatedFileSystem : IFileSystem
{
    private readonly Dictionary<string, SimulatedDirectory> _directories = new(StringComparer.Ordinal) { ["/"] = new() };
    private readonly HashSet<string> _locks = new(StringComparer.Ordinal);

    internal object Gate { get; } = new();

    internal int Life { get; private set; }

    internal int OpenFiles { get; set; }

    public IFile Open(string path, FileOpening opening)
    {
        lock (Gate)
        {
            SimulatedDirectory directory = DirectoryOf(path);
            string name = Path.GetFileName(path);
            if (!directory.Seen.TryGetValue(name, out object? entry))
            {
                if (opening == FileOpening.Existing) throw new FileNotFoundException($"No file {path}");
                CountChange();
                if (FreeSpace == 0) throw new DiskFullException(path);
                Note(path, 0, []);
                directory.Link(name, entry = new SimulatedInode());
            }

            var inode = (SimulatedInode)entry;
            if (opening == FileOpening.Empty) inode.SetLength(0);
            OpenFiles++;
            return new SimulatedFile(this, inode, Life, path);
        }
    }

    public IBlockFile OpenBlocks(string path, long length)
    {
        lock (Gate)
        {
            using (IFile file = Open(path, FileOpening.OrCreate))
            {
                if (file.Length < length)
                {
                    file.Write(file.Length, new byte[length - file.Length]);
                    file.Sync();
                }
            }

            OpenFiles++;
            return new SimulatedBlockFile(this, (SimulatedInode)DirectoryOf(path).Seen[Path.GetFileName(path)], Life, path);
        }
    }

    public IDisposable? TryLock(string path)
    {
        lock (Gate) return _locks.Add(path) ? new Held(this, path, Life) : null;
    }

    public bool FileExists(string path)
    {
        lock (Gate)
        {
            return _directories.TryGetValue(Path.GetDirectoryName(path)!, out SimulatedDirectory? directory)
                && directory.Seen.GetValueOrDefault(Path.GetFileName(path)) is SimulatedInode;
        }
    }

    public void CreateDirectory(string path)
    {
        lock (Gate)
        {
            if (_directories.ContainsKey(path)) return;
            CountChange();
            string parent = Path.GetDirectoryName(path)!;
            CreateDirectory(parent);
            var created = new SimulatedDirectory();
            _directories.Add(path, created);
            _directories[parent].Link(Path.GetFileName(path), created);
        }
    }

    public IReadOnlyList<FileEntry> List(string directory)
    {
        lock (Gate)
        {
            if (!_directories.TryGetValue(directory, out SimulatedDirectory? found)) return [];
            return
            [
                .. found.Seen.OrderBy(static entry => entry.Key, StringComparer.Ordinal).Select(static entry => new FileEntry(
                    entry.Key, entry.Value is SimulatedDirectory, (entry.Value as SimulatedInode)?.Seen.Length ?? 0)),
            ];
        }
    }

    public void Rename(string from, string to)
    {
        lock (Gate)
        {
            CountChange();
            Note(to, 0, []);
            SimulatedDirectory directory = DirectoryOf(from);
            if (!ReferenceEquals(directory, DirectoryOf(to))) throw new NotSupportedException("Renames stay in their directory");
            if (!directory.Seen.ContainsKey(Path.GetFileName(from))) throw new FileNotFoundException($"No file {from}");
            directory.Rename(Path.GetFileName(from), Path.GetFileName(to));
            Remount();
        }
    }

    public void Delete(string path)
    {
        lock (Gate)
        {
            CountChange();
            Note(path, -1, []);
            if (_directories.TryGetValue(Path.GetDirectoryName(path)!, out SimulatedDirectory? directory)) directory.Unlink(Path.GetFileName(path));
        }
    }

    public void DeleteDirectory(string path)
    {
        lock (Gate)
        {
            if (!_directories.TryGetValue(path, out SimulatedDirectory? directory)) return;
            CountChange();
            foreach (string name in directory.Seen.Keys.ToArray()) directory.Unlink(name);
            _directories[Path.GetDirectoryName(path)!].Unlink(Path.GetFileName(path));
            Remount();
        }
    }

    public void SyncDirectory(string path)
    {
        lock (Gate)
        {
            CountChange();
            BeforeSync(path);
            DirectorySyncs++;
            Note(path, -3, []);
            if (_directories.TryGetValue(path, out SimulatedDirectory? directory)) directory.Sync();
        }
    }

    public bool TrySyncAll(string path)
    {
        lock (Gate)
        {
            CountChange();
            Syncs++;
            KeyValuePair<string, SimulatedDirectory>[] below =
                [.. _directories.Where(one => one.Key == path || one.Key.StartsWith(path + "/", StringComparison.Ordinal))];
            try
            {
                BeforeSync(path);
            }
            catch (IOException)
            {
                foreach (SimulatedInode inode in below.SelectMany(static one => one.Value.Seen.Values).OfType<SimulatedInode>()) inode.FailSync(Chance);
                throw;
            }

            foreach ((_, SimulatedDirectory directory) in below)
            {
                foreach (object entry in directory.Seen.Values)
                {
                    CountChange();
                    (entry as SimulatedInode)?.Sync();
                }

                CountChange();
                directory.Sync();
            }

            return true;
        }
    }

    /// <summary>Cuts the power: open handles die, locks are gone, and of what was not synced chance decides.</summary>
    internal void Crash(Random random)
    {
        lock (Gate)
        {
            Life++;
            OpenFiles = 0;
            ChangesUntilPowerCut = int.MaxValue;
            _locks.Clear();
            _directories["/"].Crash(random, []);
            Remount();
        }
    }

    private SimulatedDirectory DirectoryOf(string path) =>
        _directories.TryGetValue(Path.GetDirectoryName(path)!, out SimulatedDirectory? directory)
            ? directory
            : throw new DirectoryNotFoundException($"No directory for {path}");

    private void Remount()
    {
        SimulatedDirectory root = _directories["/"];
        _directories.Clear();
        Mount("/", root);
    }

    private void Mount(string path, SimulatedDirectory directory)
    {
        _directories.Add(path, directory);
        foreach ((string name, object entry) in directory.Seen)
        {
            if (entry is SimulatedDirectory below) Mount(Path.Combine(path, name), below);
        }
    }

    private sealed class Held(SimulatedFileSystem system, string path, int life) : IDisposable
    {
        public void Dispose()
        {
            lock (system.Gate)
            {
                if (system.Life == life) system._locks.Remove(path);
            }
        }
    }
}

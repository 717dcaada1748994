using Gateway.Common.Execution;
using Gateway.Storage.Files;
using Gateway.Storage.Logs;
using Microsoft.Extensions.Logging;

namespace Gateway.Storage.Journal;

/// <summary>
/// Frees full journal files: asks every log with frames in them for its state, makes that durable in the segments, and marks the files
/// free, the oldest first, so that what remains never has a gap.
/// </summary>
/// <remarks>Thread-safe. Logs answer on their owners, the disk is waited for on the I/O executor.</remarks>
internal sealed class Checkpointer(
    IFileSystem files, CheckpointWriter writer, CommitJournal journal, IExecutor io, ILogger logger, long run, string journalPath,
    LogStoreOptions options, int filesThere, int nextNumber, Action<Exception> fail)
{
    // One is written, one is next, one is kept back for frames that cannot wait.
    private const int FilesNeeded = 3;

    private readonly Lock _lock = new();
    private readonly Queue<JournalFile> _full = new();
    private bool _running;
    private bool _preparing;
    private bool _stopped;
    private int _fileCount = filesThere;
    private int _nextNumber = nextNumber;

    /// <summary>A file is full and all its frames are durable.</summary>
    internal void Enqueue(JournalFile file)
    {
        bool start;
        lock (_lock)
        {
            _full.Enqueue(file);
            // The longer it waits, the more appends one sync of a segment covers; and the more a start after a crash has to replay.
            start = _full.Count * 4 >= options.MaxJournalFiles;
        }

        if (start) TryStart();
    }

    /// <summary>Free files run short: adds one while there may be more, else frees the full ones.</summary>
    internal void PrepareFile()
    {
        bool mayAdd;
        lock (_lock)
        {
            if (_preparing || _stopped) return;
            mayAdd = _preparing = _fileCount < options.MaxJournalFiles;
        }

        if (mayAdd) io.Post(AddFile);
        else TryStart();
    }

    /// <summary>Makes the files a journal cannot do without, while the first is being written: filling them would hold the start up.</summary>
    internal void PrepareFirstFiles()
    {
        lock (_lock)
        {
            if (_preparing || _stopped || _fileCount >= FilesNeeded) return;
            _preparing = true;
        }

        io.Post(AddFile);
    }

    /// <summary>Starts no more work; returns the files that were still waiting.</summary>
    internal IReadOnlyList<JournalFile> Stop()
    {
        lock (_lock)
        {
            _stopped = true;
            return [.. _full];
        }
    }

    private void TryStart()
    {
        JournalFile[] full;
        lock (_lock)
        {
            if (_running || _stopped || _full.Count == 0) return;
            _running = true;
            full = [.. _full];
        }

        var seen = new HashSet<PartitionLog>();
        foreach (JournalState state in full.SelectMany(static file => file.Logs))
        {
            if (state.Log is { } log) seen.Add(log);
        }

        PartitionLog[] logs = [.. seen];
        var round = new Round(this, full.Length, logs.Length);
        if (logs.Length == 0) io.Post(() => Run([], full.Length));
        foreach (PartitionLog log in logs) log.Owner.Post(() => log.CaptureCheckpoint(round.Add));
    }

    private void Run(IReadOnlyList<CheckpointCapture> captures, int fileCount)
    {
        bool stopped;
        lock (_lock) stopped = _stopped;
        if (stopped)
        {
            // A log that is offline gave no capture: the journal is all there is of its tail.
            foreach (CheckpointCapture capture in captures) capture.Work.Sync.Release();
            return;
        }

        try
        {
            writer.Write([.. captures.Select(static capture => capture.Work)]);
            foreach (CheckpointCapture capture in captures) capture.Log.Owner.Post(() => capture.Log.OnCheckpointWritten(capture));
            for (; fileCount > 0; fileCount--) FreeOldest();
        }
        catch (DiskFullException failure)
        {
            // The journal still has all of it: nothing is lost, but no space comes free before the next try.
            StorageLog.JournalDiskFull(logger, failure.Message);
            lock (_lock) _running = false;
            return;
        }
        catch (Exception failure) when (failure is IOException or ObjectDisposedException)
        {
            fail(failure);
            return;
        }

        bool more;
        lock (_lock)
        {
            _running = false;
            more = _full.Count * 4 >= options.MaxJournalFiles;
        }

        if (more) TryStart();
    }

    private void FreeOldest()
    {
        JournalFile file;
        lock (_lock) file = _full.Peek();
        file.Free(run, journal.NextSequence, options.JournalBlockBytes);
        lock (_lock) _ = _full.Dequeue();
        journal.AddFree(file);
    }

    private void AddFile()
    {
        try
        {
            int number;
            lock (_lock) number = _nextNumber;
            JournalFile file = Create(files, journalPath, number, options.JournalFileBytes);
            lock (_lock)
            {
                _fileCount++;
                _nextNumber++;
                _preparing = false;
            }

            journal.AddFree(file);
            PrepareFirstFiles();
        }
        catch (DiskFullException failure)
        {
            StorageLog.JournalDiskFull(logger, failure.Message);
            lock (_lock) _preparing = false;
            TryStart();
        }
        catch (Exception failure) when (failure is IOException or ObjectDisposedException)
        {
            fail(failure);
        }
    }

    /// <summary>Makes or reuses a journal file whose name is durable. Waits for the device.</summary>
    internal static JournalFile Create(IFileSystem files, string journalPath, int number, int length)
    {
        string path = Path.Combine(journalPath, JournalFile.NameOf(number));
        IBlockFile file = files.OpenBlocks(path, length);
        try
        {
            files.SyncDirectory(journalPath);
            return new JournalFile(file, length);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Collects the captures of one file's logs.</summary>
    private sealed class Round(Checkpointer owner, int files, int expected)
    {
        private readonly Lock _lock = new();
        private readonly List<CheckpointCapture> _captures = [];
        private int _missing = expected;

        internal void Add(CheckpointCapture? capture)
        {
            lock (_lock)
            {
                if (capture is not null) _captures.Add(capture);
                if (--_missing > 0) return;
            }

            owner.OnCaptured(_captures, files);
        }
    }

    private void OnCaptured(IReadOnlyList<CheckpointCapture> captures, int fileCount) => io.Post(() => Run(captures, fileCount));
}

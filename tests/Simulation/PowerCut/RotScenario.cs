using Gateway.Common.Records;
using Gateway.Simulation.Disk;
using Gateway.Storage;
using Gateway.Storage.Logs;

namespace Gateway.Simulation.PowerCut;

/// <summary>
/// A few lives as in <see cref="PowerCutScenario"/>, an end of any kind, and then a bit of some file turns over. That is harmless, or it is
/// noticed: nobody is ever given other data, and nothing acknowledged is missing without a word.
/// </summary>
internal sealed class RotScenario(int seed) : PowerCutScenario(seed)
{
    private const int EpochPosition = 12;

    /// <summary>Which kind of file rotted.</summary>
    internal string Kind { get; private set; } = "";

    /// <summary>The store, a log or a read said that something is wrong.</summary>
    internal bool IsNoticed { get; private set; }

    protected override int Lives => 2;

    protected override void Play()
    {
        base.Play();
        bool isClean = EndAnyhow(Live());
        if (!Rot(isClean)) return;
        foreach (LogModel log in Logs) log.MayBeRotten = true;
        string cluster = Stepped.ClusterId;
        try
        {
            OpenStore();
            if (Stepped.ClusterId != cluster) throw new PromiseBrokenException("The cluster has another id");
            foreach (LogModel log in Logs) Open(log);
            if (IsNoticed) return;
            // What was harmless stays so: nothing of it may come up again after the next end.
            _ = EndAnyhow(Live());
            OpenStore();
            foreach (LogModel log in Logs) Open(log);
        }
        catch (Exception noticed) when (IsNotice(noticed))
        {
            IsNoticed = true;
        }
    }

    private static bool IsNotice(Exception thrown) =>
        thrown is DataDirectoryException or DamagedLogException or RotNoticedException
        || thrown.Message.Contains(nameof(RotNoticedException), StringComparison.Ordinal) || thrown.Message.StartsWith(ScrubFoundDamage, StringComparison.Ordinal);

    private void Open(LogModel log)
    {
        try
        {
            log.Open(Stepped);
            if (!Stepped.Store.WasClosedCleanly) log.Log!.StartEpoch(log.Log.LeaderEpoch + 1);
        }
        catch (Exception noticed) when (IsNotice(noticed))
        {
            IsNoticed = true;
        }
    }

    /// <summary>Ends the life without opening what it leaves; true when it ended in good order.</summary>
    private bool EndAnyhow(bool isCut)
    {
        switch (isCut ? 2 : Random.Next(3))
        {
            case 0 when Stepped.Store.IsOnline:
                Stepped.Close();
                return true;
            case 1:
                Die();
                return false;
            default:
                LosePower();
                return false;
        }
    }

    private bool Rot(bool isClean)
    {
        ILookup<string, string> kinds = Files.AllFiles().Where(path => Files.ReadAll(path).Length > 0).ToLookup(KindOf);
        string[] names = [.. kinds.Select(static kind => kind.Key).Order(StringComparer.Ordinal)];
        Kind = names[Random.Next(names.Length)];
        string[] paths = [.. kinds[Kind]];
        string path = paths[Random.Next(paths.Length)];
        byte[] bytes = Files.ReadAll(path);
        // Headers are a small part of the bytes, and the part no checksum covers.
        long bit = Random.NextInt64(8L * (Random.Next(3) == 0 ? Math.Min(bytes.Length, 100) : bytes.Length));
        if (!isClean && (Files.IsOfLastFlushThere(path, bit / 8) || IsEpochOfNobody(path, bytes, bit / 8))) return false;
        Files.FlipBit(path, bit);
        return true;
    }

    /// <summary>
    /// The leader epoch of a batch that no flush speaks of: no checksum covers it, nobody else knows it, and nobody was promised the batch.
    /// </summary>
    private bool IsEpochOfNobody(string path, byte[] bytes, long at)
    {
        if (!path.EndsWith(".log", StringComparison.Ordinal) || !LogDirectory.TryParse(Path.GetFileName(Path.GetDirectoryName(path)!), out LogKey key)) return false;
        foreach (RecordBatchSpan batch in RecordBatches.Enumerate(bytes))
        {
            long epochAt = batch.Position + EpochPosition;
            long offset = batch.Header.BaseOffset;
            if (at >= epochAt && at < epochAt + sizeof(int)) return Logs.Any(log => log.Id == key.Id && offset >= log.Flushed);
        }

        return false;
    }

    private static string KindOf(string path) => Path.GetExtension(path) is { Length: > 0 } extension ? extension : Path.GetFileName(path);
}

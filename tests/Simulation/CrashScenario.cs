using Gateway.Simulation.Disk;
using Gateway.Storage;
using Gateway.Storage.Files;

namespace Gateway.Simulation;

/// <summary>
/// One seed, one history on one disk. What the scenarios share: the store's sizes, what may go wrong with the disk while it is used, and power
/// cuts that go on into recovery.
/// </summary>
internal abstract class CrashScenario
{
    /// <param name="seed">Decides everything.</param>
    /// <param name="through">Puts a faulty disk between the store and the real one; null for none.</param>
    protected CrashScenario(int seed, Func<IFileSystem, IFileSystem>? through)
    {
        Random = new Random(seed);
        Files = new SimulatedFileSystem { Chance = Random };
        Seen = through?.Invoke(Files) ?? Files;
        // Pages are what production writes; sectors are what a file of this size has more of.
        bool blocksAreLarge = seed % 4 == 0;
        Options = new LogStoreOptions
        {
            JournalFileBytes = 1024 * Random.Next(8, 24) * (blocksAreLarge ? 4 : 1),
            JournalBlockBytes = blocksAreLarge ? 4_096 : 512,
            BypassBytes = Random.Next(800, 4_000),
            MaxJournalFiles = Random.Next(3, 6),
            CachedFlushBytes = Random.Next(1_000, 10_000),
            MaxBytesInFlight = Random.Next(4_000, 60_000),
            MaxOpenSegments = Random.Next(1, 6),
            CheckpointStepBytes = 1_500,
            LogsSyncedTogether = Random.Next(2) == 0 ? 2 : 8,
        };
    }

    internal int PowerCuts { get; private set; }

    /// <summary>How often a write or a sync failed, or the disk was full.</summary>
    internal int Troubles { get; private set; }

    /// <summary>Differs when anything that was written, synced or named differs.</summary>
    internal uint Fingerprint => Files.Fingerprint;

    /// <summary>What an operator would have read last.</summary>
    internal string LastLines => Log.ToString();

    protected Random Random { get; }

    protected SimulatedFileSystem Files { get; }

    protected IFileSystem Seen { get; }

    protected LogStoreOptions Options { get; }

    protected LastLines Log { get; } = new();

    /// <summary>What still runs did not happen, and nobody hears of it.</summary>
    protected bool IsPowerGone => Files.ChangesUntilPowerCut == 0;

    internal void Run()
    {
        // What awaits has to go on in the steps; with a test runner's context, or none, it would on other threads, beside them.
        SynchronizationContext? runners = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(Context);
        try
        {
            Play();
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(runners);
        }
    }

    /// <summary>Where what awaits goes on; null when the scenario's threads have contexts of their own.</summary>
    protected virtual SynchronizationContext? Context => null;

    protected abstract void Play();

    /// <summary>Starts the store on what the disk holds. The power may go in it.</summary>
    protected abstract void OpenStore();

    /// <summary>Ends the process with the power, without starting another.</summary>
    protected abstract void LosePower();

    /// <summary>Ends the process, without starting another: the page cache has what was written, synced or not.</summary>
    protected abstract void Die();

    /// <summary>What may happen to the disk from here on: cold files, a power cut within so many changes, a failing sync or write.</summary>
    protected void ArmTrouble(int changesAtMost, int failingOnceIn)
    {
        Files.IsCold = _ => Random.Next(4) == 0;
        Files.ChangesUntilPowerCut = Random.Next(2) == 0 ? int.MaxValue : Random.Next(1, changesAtMost);
        int failSync = Random.Next(failingOnceIn) == 0 ? Random.Next(1, 60) : int.MaxValue;
        int failWrite = Random.Next(failingOnceIn) == 0 ? Random.Next(1, 150) : int.MaxValue;
        Files.BeforeSync = path => FailAtLast(ref failSync, path);
        Files.BeforeWrite = path => FailAtLast(ref failWrite, path);
    }

    /// <summary>Lets the disk run full or gives it room again.</summary>
    protected void FillDisk(bool isFull, int most)
    {
        Files.FreeSpace = !isFull ? long.MaxValue : Random.Next(3) == 0 ? 0 : Random.Next(most);
        if (isFull) Troubles++;
    }

    protected void Calm()
    {
        Files.FreeSpace = long.MaxValue;
        Files.BeforeSync = static _ => { };
        Files.BeforeWrite = static _ => { };
        Files.IsCold = static _ => false;
        Files.ChangesUntilPowerCut = int.MaxValue;
    }

    /// <summary>The process ends in the middle of something: mostly by the power, now and then alone. Another one starts.</summary>
    protected void EndInTheMiddle()
    {
        Fall();
        Calm();
        // Recovery itself may be cut short, and what it had done by then is as uncertain as everything else.
        for (int cuts = Random.Next(3); cuts > 0; cuts--)
        {
            Files.ChangesUntilPowerCut = Random.Next(1, 60);
            try
            {
                OpenStore();
            }
            catch (PowerCutException)
            {
                // As far as it came.
            }

            Fall();
        }

        Calm();
        OpenStore();
    }

    private void Fall()
    {
        if (Random.Next(4) == 0)
        {
            Die();
            return;
        }

        PowerCuts++;
        LosePower();
    }

    private void FailAtLast(ref int left, string path)
    {
        if (--left != 0) return;
        Troubles++;
        throw new IOException($"The device lost {path}");
    }
}

using Gateway.Simulation.Disk;
using Gateway.Storage;
using Gateway.Storage.Files;

namespace Gateway.Simulation;

/// <summary>A log that is held against what it was told.</summary>
internal interface ICheckedLog
{
    PartitionLog? Log { get; }

    /// <summary>The first promise that was seen broken, beside the steps.</summary>
    Exception? Broken { get; }

    /// <summary>Opens the log of a store that has just started, and holds all it has against all it may have.</summary>
    void Open(SteppedStore stepped);

    /// <summary>Reads everything, without waiting for a restart.</summary>
    void CheckNow(SteppedStore stepped);
}

/// <summary>
/// Logs on one journal, lives of random steps, each ended in any way: in good order, killed, or by a power cut in the middle of anything.
/// </summary>
internal abstract class StoreScenario : CrashScenario
{
    protected StoreScenario(int seed, Func<IFileSystem, IFileSystem>? through)
        : base(seed, through) => Stepped = new SteppedStore(Files, Options, Log, Seen);

    /// <summary>What a scrub should say of rot only.</summary>
    protected const string ScrubFoundDamage = "A scrub found damage";

    protected SteppedStore Stepped { get; }

    protected abstract IReadOnlyList<ICheckedLog> Logs { get; }

    protected virtual int Lives => 6;

    protected virtual int StepsPerLife => 160;

    protected override SynchronizationContext Context => Stepped.Context;

    protected override void Play()
    {
        OpenLogs();
        for (int life = 0; life < Lives; life++)
        {
            bool cut = Live();
            int end = cut ? 0 : Random.Next(6);
            if (end == 5) Stepped.Restart();
            else if (end == 4) Stepped.Kill();
            else EndInTheMiddle();
            Restarted();
            OpenLogs();
        }
    }

    protected override void OpenStore() => _ = Stepped.Open();

    protected override void Die() => Stepped.KillWithoutOpening();

    protected override void LosePower() => Stepped.CrashWithoutOpening(Random);

    /// <summary>One step with one of the logs.</summary>
    protected abstract void Step(int log);

    /// <summary>A new process has started.</summary>
    protected virtual void Restarted()
    {
    }

    protected void OpenLogs()
    {
        foreach (ICheckedLog log in Logs)
        {
            log.Open(Stepped);
            if (!Stepped.Store.WasClosedCleanly) log.Log!.StartEpoch(log.Log.LeaderEpoch + 1);
        }
    }

    protected void RunSomething(int most)
    {
        for (int i = Random.Next(most); i >= 0; i--) _ = Stepped.RunOne(Random);
    }

    /// <summary>Works until the life's steps are done, false, or the power goes in the middle of one, true.</summary>
    protected bool Live()
    {
        bool runsFull = Random.Next(8) == 0;
        ArmTrouble(changesAtMost: 4 * StepsPerLife, failingOnceIn: 10);
        try
        {
            for (int step = 0; step < StepsPerLife; step++)
            {
                if (runsFull) FillDisk(step > StepsPerLife / 4 && step < 5 * StepsPerLife / 8, most: 1_500);
                Step(Random.Next(Logs.Count));
                if (IsPowerGone) return true;
                ThrowIfBroken();
            }

            Files.BeforeSync = static _ => { };
            Files.BeforeWrite = static _ => { };
            Stepped.RunUntilIdle();
            if (Stepped.Store.IsOnline)
            {
                foreach (ICheckedLog log in Logs)
                {
                    if (!log.Log!.IsOpen) continue;
                    log.CheckNow(Stepped);
                    using var scrubber = new LogScrubber(Stepped.Cleaner, double.MaxValue, Stepped.Time);
                    if (Stepped.Wait(log.Log.ScrubAsync(scrubber)).DamagedSegments == 0) continue;
                    throw new PromiseBrokenException($"{ScrubFoundDamage}: {log.Log.Id}, {log.Log.LogStartOffset} to {log.Log.LogEndOffset}");
                }
            }

            ThrowIfBroken();
            return IsPowerGone;
        }
        catch (Exception) when (IsPowerGone)
        {
            return true;
        }
        finally
        {
            Calm();
        }
    }

    private void ThrowIfBroken()
    {
        foreach (ICheckedLog log in Logs)
        {
            if (log.Broken is { } broken) throw new PromiseBrokenException(broken.ToString());
        }
    }
}

using Gateway.Common.Buffers;
using Gateway.Common.Ids;
using Gateway.Common.Records;
using Gateway.Simulation.Disk;
using Gateway.Simulation.PowerCut;
using Gateway.Storage;
using Microsoft.Extensions.Logging;

namespace Gateway.Simulation.Compaction;

/// <summary>
/// One seed: compacted logs with few keys and many records, tombstones, several codecs, producers; cleanings that go on between appends, reads,
/// rolls, retention, truncations, full disks and failing syncs; the power goes in the middle of anything. See <see cref="CompactedLogModel"/>
/// for what must hold.
/// </summary>
internal sealed class CompactionScenario
{
    private const int Lives = 5;
    private const int StepsPerLife = 220;

    private static readonly CompressionType[] Codecs =
        [CompressionType.None, CompressionType.None, CompressionType.Gzip, CompressionType.Snappy, CompressionType.Lz4];

    private readonly Random _random;
    private readonly SteppedStore _stepped;
    private readonly List<CompactedLogModel> _logs = [];
    private readonly int[] _sequences = new int[3];
    private readonly LastLines _log = new();
    private LogCleaner _cleaner;

    internal CompactionScenario(int seed)
    {
        _random = new Random(seed);
        var options = new LogStoreOptions
        {
            JournalFileBytes = 1024 * _random.Next(8, 24),
            BypassBytes = _random.Next(800, 4_000),
            MaxJournalFiles = _random.Next(3, 6),
            MaxBytesInFlight = _random.Next(4_000, 60_000),
            MaxOpenSegments = _random.Next(1, 6),
            LogsSyncedTogether = _random.Next(2) == 0 ? 2 : 8,
        };
        _stepped = new SteppedStore(new SimulatedFileSystem(), options, _log);
        _cleaner = NewCleaner();
        for (int partition = 0; partition < 2; partition++)
        {
            var id = new TopicIdPartition(new Guid("0198c0de-0000-4000-8000-000000000002"), partition);
            _logs.Add(new CompactedLogModel(id, RandomSettings(), partition == 0 ? _stepped.Owner : _stepped.OtherOwner, _stepped.Time));
        }
    }

    /// <summary>What an operator would have read last.</summary>
    internal string LastLines => _log.ToString();

    internal int PowerCuts { get; private set; }

    /// <summary>What still runs did not happen, and nobody hears of it.</summary>
    private bool IsPowerGone => _stepped.Files.ChangesUntilPowerCut == 0;

    internal int RecordsChecked => _logs.Sum(static log => log.RecordsChecked);

    internal int RecordsGone => _logs.Sum(static log => log.RecordsGone);

    internal int Cleanings => _logs.Sum(static log => log.CleaningsDone);

    internal void Run()
    {
        // Or what awaits would go on on the test runner's threads, beside the steps instead of in them.
        SynchronizationContext.SetSynchronizationContext(null);
        OpenLogs();
        for (int life = 0; life < Lives; life++)
        {
            bool cut = Live();
            int end = cut ? 0 : _random.Next(6);
            if (end == 5) _stepped.Restart();
            else if (end == 4) _stepped.Kill();
            else CutPower();
            _cleaner = NewCleaner();
            OpenLogs();
        }
    }

    private LogCleaner NewCleaner()
    {
        int keys = _random.Next(2) == 0 ? _random.Next(8, 40) : 1_000;
        return new LogCleaner(
            _stepped.Cleaner, new LogCleanerOptions { DedupeBufferBytes = 24 * keys }, _stepped.Time, new Guid("00010203-0405-0607-0809-0a0b0c0d0e0f"));
    }

    private LogSettings RandomSettings() => new()
    {
        Compact = true,
        DeleteOldSegments = _random.Next(4) == 0,
        RetentionBytes = _random.Next(3_000, 20_000),
        RetentionMs = -1,
        SegmentBytes = _random.Next(400, 5_000),
        IndexIntervalBytes = _random.Next(100, 1_000),
        CompactionRollBytes = _random.Next(200, 3_000),
        DeleteRetentionMs = _random.Next(4) * 60_000,
        MinCompactionLagMs = _random.Next(4) == 0 ? 60_000 : 0,
        MaxCompactionLagMs = _random.Next(4) == 0 ? 120_000 : long.MaxValue,
        MinCleanableDirtyRatio = _random.NextDouble(),
    };

    /// <summary>Works until the life's steps are done, false, or the power goes in the middle of one, true.</summary>
    private bool Live()
    {
        bool full = _random.Next(10) == 0;
        _stepped.Files.IsCold = path => _random.Next(4) == 0;
        _stepped.Files.ChangesUntilPowerCut = _random.Next(3) == 0 ? int.MaxValue : _random.Next(1, 700);
        int failSync = _random.Next(12) == 0 ? _random.Next(1, 200) : int.MaxValue;
        _stepped.Files.BeforeSync = path =>
        {
            if (--failSync == 0) throw new IOException($"The device lost {path}");
        };
        try
        {
            for (int step = 0; step < StepsPerLife; step++)
            {
                if (full) _stepped.Files.FreeSpace = step is > 40 and < 140 ? _random.Next(1_500) : long.MaxValue;
                Step(_logs[_random.Next(_logs.Count)]);
                if (IsPowerGone) return true;
                if (_logs.Find(static log => log.Broken is not null) is { } broken) throw new PromiseBrokenException(broken.Broken!.ToString());
            }

            CheckAll();
            return false;
        }
        catch (Exception) when (IsPowerGone)
        {
            return true;
        }
        finally
        {
            _stepped.Files.FreeSpace = long.MaxValue;
            _stepped.Files.BeforeSync = static _ => { };
            _stepped.Files.IsCold = static _ => false;
            _stepped.Files.ChangesUntilPowerCut = int.MaxValue;
        }
    }

    private void Step(CompactedLogModel log)
    {
        switch (_random.Next(48))
        {
            case < 14:
                log.Append(RandomBatch());
                break;
            case < 18:
                log.Clean(_cleaner);
                break;
            case < 23:
                log.ReadOn(_random);
                break;
            case 23:
                log.Truncate(_random);
                break;
            case 24 when _random.Next(3) == 0:
                log.AdvanceStart(_random);
                break;
            case 25:
                log.Retain();
                break;
            case 26:
                log.Log!.StartEpoch(log.Log.LeaderEpoch + 1);
                break;
            case 27:
                _stepped.Time.Advance(TimeSpan.FromSeconds(_random.Next(90)));
                break;
            case 28 when _random.Next(4) == 0:
                // The horizon may only have been set by what held then, so it stays.
                log.Configure(RandomSettings() with { DeleteRetentionMs = log.Settings.DeleteRetentionMs });
                break;
            default:
                for (int i = _random.Next(10); i >= 0; i--) _ = _stepped.RunOne(_random);
                break;
        }
    }

    private RecordsLease RandomBatch()
    {
        var options = new RecordBatchOptions { Compression = Codecs[_random.Next(Codecs.Length)] };
        int count = _random.Next(1, 6);
        if (_random.Next(3) == 0)
        {
            int producer = _random.Next(_sequences.Length);
            options = options with { ProducerId = 100 + producer, ProducerEpoch = 0, BaseSequence = _sequences[producer] };
            _sequences[producer] += count;
        }

        using var builder = new RecordBatchBuilder(options);
        for (int i = 0; i < count; i++)
        {
            byte[]? key = _random.Next(20) == 0 ? null : System.Text.Encoding.UTF8.GetBytes($"key {_random.Next(9)}");
            byte[]? value = _random.Next(4) == 0 ? null : System.Text.Encoding.UTF8.GetBytes($"{_random.Next()}" + new string('.', _random.Next(12) == 0 ? _random.Next(2_000) : _random.Next(80)));
            builder.Append(_stepped.Time.NowMs - _random.Next(1_000), key, value);
        }

        return builder.Build();
    }

    private void CheckAll()
    {
        _stepped.Files.BeforeSync = static _ => { };
        _stepped.RunUntilIdle();
        if (!_stepped.Store.IsOnline) return;
        foreach (CompactedLogModel log in _logs)
        {
            if (log.Log!.IsOpen) log.CheckNow(_stepped);
        }
    }

    private void CutPower()
    {
        PowerCuts++;
        _stepped.CrashWithoutOpening(_random);
        // Recovery itself may be cut short, and what it had done by then is as uncertain as everything else.
        for (int cuts = _random.Next(3); cuts > 0; cuts--)
        {
            _stepped.Files.ChangesUntilPowerCut = _random.Next(1, 60);
            try
            {
                _ = _stepped.Open();
                _stepped.Files.ChangesUntilPowerCut = int.MaxValue;
            }
            catch (PowerCutException)
            {
                PowerCuts++;
            }

            _stepped.CrashWithoutOpening(_random);
        }

        _ = _stepped.Open();
    }

    private void OpenLogs()
    {
        foreach (CompactedLogModel log in _logs)
        {
            log.Open(_stepped);
            if (!_stepped.Store.WasClosedCleanly) log.Log!.StartEpoch(log.Log.LeaderEpoch + 1);
        }
    }
}

/// <summary>The last lines an operator would have seen.</summary>
internal sealed class LastLines : ILogger
{
    private readonly Queue<string> _lines = new();

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        _lines.Enqueue($"{logLevel}: {formatter(state, exception)} {exception?.Message}");
        if (_lines.Count > 10) _ = _lines.Dequeue();
    }

    public override string ToString() => string.Join(Environment.NewLine, _lines);
}

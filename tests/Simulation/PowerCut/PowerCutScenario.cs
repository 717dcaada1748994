using Gateway.Common.Buffers;
using Gateway.Common.Ids;
using Gateway.Common.Records;
using Gateway.Simulation.Disk;
using Gateway.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gateway.Simulation.PowerCut;

/// <summary>
/// One seed: a few logs on one journal, random appends of all sizes, reads, rolls, retention, truncations, epochs, checkpoints; the power goes
/// in the middle of anything, recovery included; then everything that was acknowledged or readable must be there.
/// </summary>
internal sealed class PowerCutScenario
{
    private const int Lives = 6;
    private const int StepsPerLife = 160;

    private readonly Random _random;
    private readonly SteppedStore _stepped;
    private readonly List<LogModel> _logs = [];

    internal PowerCutScenario(int seed, bool acknowledgeBeforeSync = false)
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
            AcknowledgeBeforeSync = acknowledgeBeforeSync,
        };
        _stepped = new SteppedStore(new SimulatedFileSystem(), options, NullLogger.Instance);
        for (int partition = 0; partition < 4; partition++)
        {
            var settings = new LogSettings
            {
                SegmentBytes = _random.Next(1_500, 9_000),
                IndexIntervalBytes = _random.Next(100, 1_000),
                RetentionBytes = _random.Next(2) == 0 ? _random.Next(4_000, 20_000) : -1,
            };
            var id = new TopicIdPartition(new Guid("0198c0de-0000-4000-8000-000000000001"), partition);
            _logs.Add(new LogModel(id, settings, partition % 2 == 0 ? _stepped.Owner : _stepped.OtherOwner));
        }
    }

    internal int PowerCuts { get; private set; }

    internal int RecordsChecked => _logs.Sum(static log => log.RecordsChecked);

    internal void Run()
    {
        OpenLogs();
        for (int life = 0; life < Lives; life++)
        {
            bool cut = Live();
            int end = cut ? 0 : _random.Next(6);
            if (end == 5) _stepped.Restart();
            else if (end == 4) _stepped.Kill();
            else CutPower();
            OpenLogs();
        }
    }

    /// <summary>Works until the life's steps are done, false, or the power goes in the middle of one, true.</summary>
    private bool Live()
    {
        bool full = _random.Next(10) == 0;
        _stepped.Files.IsCold = path => _random.Next(4) == 0;
        _stepped.Files.ChangesUntilPowerCut = _random.Next(2) == 0 ? int.MaxValue : _random.Next(1, 400);
        int failSync = _random.Next(8) == 0 ? _random.Next(1, 60) : int.MaxValue;
        _stepped.Files.BeforeSync = path =>
        {
            if (--failSync == 0) throw new IOException($"The device lost {path}");
        };
        try
        {
            for (int step = 0; step < StepsPerLife; step++)
            {
                if (full) _stepped.Files.FreeSpace = step is > 40 and < 100 ? _random.Next(600) : long.MaxValue;
                Step(_logs[_random.Next(_logs.Count)]);
            }

            return false;
        }
        catch (PowerCutException)
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

    private void Step(LogModel log)
    {
        switch (_random.Next(40))
        {
            case < 14:
                log.Append(RandomBatches());
                break;
            case 14:
                log.Truncate(_random);
                break;
            case 15:
                log.AdvanceStart(_random);
                break;
            case 16:
                log.Retain();
                break;
            case 17:
                log.Log!.StartEpoch(log.Log.LeaderEpoch + 1);
                break;
            case < 22:
                log.Read(_random);
                break;
            case 23 when _random.Next(6) == 0 && _stepped.Store.IsOnline:
                log.Replace(_stepped);
                break;
            case 22:
                _stepped.Time.Advance(TimeSpan.FromMinutes(1));
                break;
            default:
                for (int i = _random.Next(6); i >= 0; i--) _ = _stepped.RunOne(_random);
                break;
        }
    }

    private RecordsLease RandomBatches()
    {
        byte[] bytes = [];
        for (int batches = _random.Next(8) == 0 ? 3 : 1; batches > 0; batches--)
        {
            using var builder = new RecordBatchBuilder(new RecordBatchOptions());
            for (int records = _random.Next(1, 5); records > 0; records--)
            {
                byte[] value = new byte[_random.Next(12) == 0 ? _random.Next(5_000) : _random.Next(120)];
                _random.NextBytes(value);
                builder.Append(_stepped.Time.NowMs, (byte[]?)null, value);
            }

            using RecordsLease batch = builder.Build();
            bytes = [.. bytes, .. batch.Span];
        }

        return RecordsLease.Wrap(bytes);
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
        foreach (LogModel log in _logs)
        {
            log.Open(_stepped);
            if (!_stepped.Store.WasClosedCleanly) log.Log!.StartEpoch(log.Log.LeaderEpoch + 1);
        }
    }
}

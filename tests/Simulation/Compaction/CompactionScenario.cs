using Gateway.Common.Buffers;
using Gateway.Common.Ids;
using Gateway.Common.Records;
using Gateway.Storage;
using Gateway.Storage.Files;

namespace Gateway.Simulation.Compaction;

/// <summary>
/// One seed: compacted logs with few keys and many records, tombstones, several codecs, producers; cleanings that go on between appends, reads,
/// rolls, retention, truncations, full disks and failing syncs; the power goes in the middle of anything. See <see cref="CompactedLogModel"/>
/// for what must hold.
/// </summary>
internal sealed class CompactionScenario : StoreScenario
{
    private static readonly CompressionType[] Codecs =
        [CompressionType.None, CompressionType.None, CompressionType.Gzip, CompressionType.Snappy, CompressionType.Lz4];

    private readonly List<CompactedLogModel> _logs = [];
    private readonly int[] _sequences = new int[3];
    private LogCleaner _cleaner;

    internal CompactionScenario(int seed, Func<IFileSystem, IFileSystem>? through = null)
        : base(seed, through)
    {
        _cleaner = NewCleaner();
        for (int partition = 0; partition < 2; partition++)
        {
            var id = new TopicIdPartition(new Guid("0198c0de-0000-4000-8000-000000000002"), partition);
            _logs.Add(new CompactedLogModel(id, RandomSettings(), partition == 0 ? Stepped.Owner : Stepped.OtherOwner, Stepped.Time));
        }
    }

    internal int RecordsChecked => _logs.Sum(static log => log.RecordsChecked);

    internal int RecordsGone => _logs.Sum(static log => log.RecordsGone);

    internal int Cleanings => _logs.Sum(static log => log.CleaningsDone);

    protected override IReadOnlyList<CompactedLogModel> Logs => _logs;

    protected override int Lives => 5;

    protected override int StepsPerLife => 220;

    protected override void Restarted() => _cleaner = NewCleaner();

    private LogCleaner NewCleaner()
    {
        int keys = Random.Next(2) == 0 ? Random.Next(8, 40) : 1_000;
        return new LogCleaner(
            Stepped.Cleaner, new LogCleanerOptions { DedupeBufferBytes = 24 * keys }, Stepped.Time, new Guid("00010203-0405-0607-0809-0a0b0c0d0e0f"));
    }

    private LogSettings RandomSettings() => new()
    {
        Compact = true,
        DeleteOldSegments = Random.Next(4) == 0,
        RetentionBytes = Random.Next(3_000, 20_000),
        RetentionMs = -1,
        SegmentBytes = Random.Next(400, 5_000),
        IndexIntervalBytes = Random.Next(100, 1_000),
        CompactionRollBytes = Random.Next(200, 3_000),
        DeleteRetentionMs = Random.Next(4) * 60_000,
        MinCompactionLagMs = Random.Next(4) == 0 ? 60_000 : 0,
        MaxCompactionLagMs = Random.Next(4) == 0 ? 120_000 : long.MaxValue,
        MinCleanableDirtyRatio = Random.NextDouble(),
    };

    protected override void Step(int index)
    {
        CompactedLogModel log = _logs[index];
        switch (Random.Next(48))
        {
            case < 14:
                log.Append(RandomBatch());
                break;
            case < 18:
                log.Clean(_cleaner);
                break;
            case < 23:
                log.ReadOn(Random);
                break;
            case 23:
                log.Truncate(Random);
                break;
            case 24 when Random.Next(3) == 0:
                log.AdvanceStart(Random);
                break;
            case 25:
                log.Retain();
                break;
            case 26:
                log.Log!.StartEpoch(log.Log.LeaderEpoch + 1);
                break;
            case 27:
                Stepped.Time.Advance(TimeSpan.FromSeconds(Random.Next(90)));
                break;
            case 28 when Random.Next(4) == 0:
                // The horizon may only have been set by what held then, so it stays.
                log.Configure(RandomSettings() with { DeleteRetentionMs = log.Settings.DeleteRetentionMs });
                break;
            default:
                RunSomething(10);
                break;
        }
    }

    private RecordsLease RandomBatch()
    {
        var options = new RecordBatchOptions { Compression = Codecs[Random.Next(Codecs.Length)] };
        int count = Random.Next(1, 6);
        if (Random.Next(3) == 0)
        {
            int producer = Random.Next(_sequences.Length);
            options = options with { ProducerId = 100 + producer, ProducerEpoch = 0, BaseSequence = _sequences[producer] };
            _sequences[producer] += count;
        }

        using var builder = new RecordBatchBuilder(options);
        for (int i = 0; i < count; i++)
        {
            byte[]? key = Random.Next(20) == 0 ? null : System.Text.Encoding.UTF8.GetBytes($"key {Random.Next(9)}");
            byte[]? value = Random.Next(4) == 0 ? null : System.Text.Encoding.UTF8.GetBytes($"{Random.Next()}" + new string('.', Random.Next(12) == 0 ? Random.Next(2_000) : Random.Next(80)));
            builder.Append(Stepped.Time.NowMs - Random.Next(1_000), key, value);
        }

        return builder.Build();
    }
}

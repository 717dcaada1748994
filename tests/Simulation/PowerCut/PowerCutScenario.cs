using Gateway.Common.Buffers;
using Gateway.Common.Ids;
using Gateway.Common.Records;
using Gateway.Storage;
using Gateway.Storage.Files;

namespace Gateway.Simulation.PowerCut;

/// <summary>
/// One seed: a few logs on one journal, random appends of all sizes, reads, rolls, retention, truncations, epochs, checkpoints, full disks,
/// failing writes and syncs; the power goes in the middle of anything, recovery included; then everything that was acknowledged or readable must
/// be there.
/// </summary>
internal class PowerCutScenario : StoreScenario
{
    private readonly List<LogModel> _logs = [];

    internal PowerCutScenario(int seed, Func<IFileSystem, IFileSystem>? through = null)
        : base(seed, through)
    {
        for (int partition = 0; partition < 4; partition++)
        {
            var settings = new LogSettings
            {
                SegmentBytes = Random.Next(1_500, 9_000),
                IndexIntervalBytes = Random.Next(100, 1_000),
                RetentionBytes = Random.Next(2) == 0 ? Random.Next(4_000, 20_000) : -1,
                WriteCaching = partition == 3,
            };
            var id = new TopicIdPartition(new Guid("0198c0de-0000-4000-8000-000000000001"), partition);
            _logs.Add(new LogModel(id, settings, partition % 2 == 0 ? Stepped.Owner : Stepped.OtherOwner));
        }
    }

    internal int RecordsChecked => _logs.Sum(static log => log.RecordsChecked);

    protected override IReadOnlyList<LogModel> Logs => _logs;

    protected override void Step(int index)
    {
        LogModel log = _logs[index];
        switch (Random.Next(40))
        {
            case < 14:
                log.Append(RandomBatches());
                break;
            case 14:
                log.Truncate(Random);
                break;
            case 15:
                log.AdvanceStart(Random);
                break;
            case 16:
                log.Retain();
                break;
            case 17:
                log.Log!.StartEpoch(log.Log.LeaderEpoch + 1);
                break;
            case < 22:
                log.Read(Random);
                break;
            case 22:
                Stepped.Time.Advance(TimeSpan.FromMinutes(1));
                break;
            case 23 when Random.Next(6) == 0 && Stepped.Store.IsOnline && Files.FreeSpace == long.MaxValue:
                log.Replace(Stepped);
                break;
            case 24:
                log.Log!.Flush();
                break;
            case 25 when log.Id.Partition == 3:
                log.SetWriteCaching(Random.Next(2) == 0);
                break;
            default:
                RunSomething(6);
                break;
        }
    }

    private RecordsLease RandomBatches()
    {
        byte[] bytes = [];
        for (int batches = Random.Next(8) == 0 ? 3 : 1; batches > 0; batches--)
        {
            using var builder = new RecordBatchBuilder(new RecordBatchOptions());
            for (int records = Random.Next(1, 5); records > 0; records--)
            {
                byte[] value = new byte[Random.Next(12) == 0 ? Random.Next(5_000) : Random.Next(120)];
                Random.NextBytes(value);
                builder.Append(Stepped.Time.NowMs, (byte[]?)null, value);
            }

            using RecordsLease batch = builder.Build();
            bytes = [.. bytes, .. batch.Span];
        }

        return RecordsLease.Wrap(bytes);
    }
}

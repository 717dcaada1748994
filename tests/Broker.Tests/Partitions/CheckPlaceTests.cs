using Gateway.Broker.Configs;
using Gateway.Broker.Network;
using Gateway.Broker.Partitions;
using Gateway.Broker.Tests.Support;
using Gateway.Common.Buffers;
using Gateway.Common.Errors;
using Gateway.Common.Execution;
using Gateway.Common.Ids;
using Gateway.Common.Records;
using Gateway.Shards;
using Gateway.Storage;
using Gateway.Storage.Files;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gateway.Broker.Tests.Partitions;

/// <summary>Where a batch is checked: on the shard only if that is soon done (design D2), however few bytes were sent.</summary>
public sealed class CheckPlaceTests : IDisposable
{
    private const long FarFuture = 4_000_000_000_000;

    private readonly string _path = Path.Combine(Path.GetTempPath(), $"gateway-checks-{Guid.NewGuid():N}");
    private readonly Steps _checks = new();
    private readonly Steps _disk = new();
    private readonly SteppedShardHost _host = new(1);
    private readonly DataDirectory _directory;
    private readonly LogStore _store;

    public CheckPlaceTests()
    {
        _directory = DataDirectory.Open(new OsFileSystem(), _path, Guid.NewGuid);
        _store = LogStore.Open(_directory, new LogStoreOptions { JournalFileBytes = 1 << 20 }, _host.Time, _disk, _disk, _disk, NullLogger.Instance);
    }

    public static TheoryData<CompressionType> Compressed =>
        new(Enum.GetValues<CompressionType>().Where(static codec => codec != CompressionType.None));

    [Theory]
    [MemberData(nameof(Compressed))]
    public void What_inflates_to_little_is_checked_at_once(CompressionType codec)
    {
        Partition partition = Open();
        Reply reply = Append(partition, Zeros(codec, 200_000));
        Assert.Equal((ErrorCode.None, 0L), (reply.Outcome!.Value.Error, reply.Outcome.Value.BaseOffset));
        Assert.Equal(0, _checks.Posted);
    }

    [Theory]
    [MemberData(nameof(Compressed))]
    public void A_small_batch_that_inflates_to_much_is_checked_elsewhere_and_keeps_its_place(CompressionType codec)
    {
        Partition partition = Open();
        RecordsLease bomb = Zeros(codec, 300_000);
        Assert.InRange(bomb.Length, 0, 16 << 10);
        Reply first = Append(partition, bomb);
        Reply second = Append(partition, Batches.Of("small"));
        Assert.Equal(1, _checks.Posted);
        Assert.Null(first.Outcome);
        Assert.Null(second.Outcome); // IDM-7: behind the first, though it has been checked
        Assert.True(_checks.RunOne());
        Run();
        Assert.Equal((ErrorCode.None, 0L), (first.Outcome!.Value.Error, first.Outcome.Value.BaseOffset));
        Assert.Equal((ErrorCode.None, 1L), (second.Outcome!.Value.Error, second.Outcome.Value.BaseOffset));
    }

    [Theory]
    [MemberData(nameof(Compressed))]
    public void A_refusal_is_the_same_wherever_the_check_is_done(CompressionType codec)
    {
        Partition here = Open(new PartitionOptions(_checks, new MemoryBudget(64 << 20), NullLogger.Instance) { InflatedBytesCheckedInline = int.MaxValue }, index: 1);
        AppendOutcome expected = Append(here, Zeros(codec, 300_000, FarFuture)).Outcome!.Value;
        Assert.Equal(ErrorCode.InvalidTimestamp, expected.Error);
        Reply elsewhere = Append(Open(), Zeros(codec, 300_000, FarFuture));
        Assert.Equal(1, _checks.Posted);
        Assert.True(_checks.RunOne());
        Run();
        AppendOutcome found = elsewhere.Outcome!.Value;
        Assert.Equal((expected.Error, expected.Message), (found.Error, found.Message));
        Assert.Equal(expected.RefusedRecords, found.RefusedRecords);
    }

    [Fact]
    public void What_is_also_compressed_anew_may_inflate_to_less()
    {
        var rules = new ValidationRules { Compression = CompressionType.Snappy };
        Reply reply = Append(Open(rules: rules), Zeros(CompressionType.Gzip, 200_000));
        Assert.Equal(1, _checks.Posted);
        Assert.True(_checks.RunOne());
        Run();
        Assert.Equal((ErrorCode.None, 0L), (reply.Outcome!.Value.Error, reply.Outcome.Value.BaseOffset));
    }

    public void Dispose()
    {
        _host.Crash();
        _directory.Dispose();
        Directory.Delete(_path, recursive: true);
    }

    private static RecordsLease Zeros(CompressionType codec, int length, long timestampMs = 0)
    {
        using var builder = new RecordBatchBuilder(new RecordBatchOptions { Compression = codec });
        builder.Append(timestampMs, (byte[]?)null, new byte[length]);
        return builder.Build();
    }

    private Partition Open(PartitionOptions? options = null, ValidationRules? rules = null, int index = 0)
    {
        var id = new TopicIdPartition(new Guid("11111111-2222-3333-4444-555555555555"), index);
        Shard shard = _host.Shards[0];
        Partition? opened = null;
        shard.Post(() => opened = new Partition(
            shard,
            id,
            "checked",
            _store.OpenLog(id, LogSettings.Default, shard),
            new TopicConfig
            {
                Rules = rules ?? new ValidationRules(),
                Log = LogSettings.Default,
                IsCompacted = false,
                MinInsyncReplicas = 1,
                WriteCaching = false,
            },
            leaderEpoch: 0,
            options ?? new PartitionOptions(_checks, new MemoryBudget(64 << 20), NullLogger.Instance)));
        Run();
        return opened!;
    }

    private Reply Append(Partition partition, RecordsLease batch)
    {
        var reply = new Reply();
        _host.Shards[0].Post(() => partition.Append(new ProducedBatch(batch, AppendOrigin.Client, AckAt.Append, reply)));
        Run();
        return reply;
    }

    /// <summary>Everything but the checks.</summary>
    private void Run()
    {
        while (_host.RunOne() || _disk.RunOne())
        {
        }
    }

    private sealed class Reply : IAppendReply
    {
        internal AppendOutcome? Outcome { get; private set; }

        public void Complete(in AppendOutcome outcome) => Outcome = outcome;
    }

    private sealed class Steps : IExecutor
    {
        private readonly Queue<Action> _work = new();

        internal int Posted { get; private set; }

        public void Post(Action work)
        {
            Posted++;
            _work.Enqueue(work);
        }

        internal bool RunOne()
        {
            if (!_work.TryDequeue(out Action? work)) return false;
            work();
            return true;
        }
    }
}

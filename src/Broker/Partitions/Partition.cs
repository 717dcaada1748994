using System.Diagnostics.CodeAnalysis;
using Gateway.Broker.Configs;
using Gateway.Common.Errors;
using Gateway.Common.Ids;
using Gateway.Common.Records;
using Gateway.Shards;
using Gateway.Storage;

namespace Gateway.Broker.Partitions;

/// <summary>
/// One partition: its log, the sequence numbers of its producers, the appends that wait to be committed and the fetches that
/// wait for them. Owned by one shard from opening to closing.
/// </summary>
/// <remarks>
/// Invariant: log start ≤ high watermark ≤ log end. The high watermark is the flushed mark; with write.caching the written one
/// (design D5). It never goes back, so what was read cannot vanish.
/// </remarks>
public sealed partial class Partition : ShardOwned
{
    private readonly PartitionLog? _log;
    private readonly PartitionOptions _options;
    private readonly CommitQueue _uncommitted = new();
    private readonly Queue<PendingAppend> _arrivals = new();
    private ProducerStates _producers = new();
    private readonly RefusedStarts _refusedStarts = new();
    private ErrorCode _closedBecause;
    private bool _isReplaying;
    private bool _isRetryScheduled;
    private bool _isFlushScheduled;
    private long _highWatermark;

    /// <summary>A partition on an open log.</summary>
    public Partition(Shard shard, TopicIdPartition id, string topic, PartitionLog log, TopicConfig config, int leaderEpoch, PartitionOptions options)
        : base(shard)
    {
        Id = id;
        Topic = topic;
        Config = config;
        _log = log;
        _options = options;
        _keys = new RememberedKeys(options.Keys);
        // A new log is in no epoch at all: its first must be written down like any other, or it could not be told where it ended.
        if (leaderEpoch > log.EpochAt(log.LogEndOffset)) log.StartEpoch(leaderEpoch);
        LeaderEpoch = log.LeaderEpoch;
        _highWatermark = config.WriteCaching ? log.LogEndOffset : log.FlushedOffset;
        Traffic.SetSize(log.SizeInBytes);
        log.Flushed += OnFlushed;
        log.Failed += OnFailed;
    }

    /// <summary>A partition that cannot be opened because its stored data is damaged: it says so to everyone (design D11).</summary>
    public Partition(Shard shard, TopicIdPartition id, string topic, TopicConfig config, int leaderEpoch, PartitionOptions options)
        : base(shard)
    {
        Id = id;
        Topic = topic;
        Config = config;
        LeaderEpoch = leaderEpoch;
        _options = options;
        _keys = new RememberedKeys(options.Keys);
        _closedBecause = ErrorCode.KafkaStorageError;
    }

    /// <summary>Raised once, on the shard, when a failing disk takes the partition offline.</summary>
    public event Action<Partition>? WentOffline;

    /// <summary>Raised on the shard when the high watermark has moved, after everybody who waited for it was answered.</summary>
    public event Action<Partition>? HighWatermarkMoved;

    /// <summary>Which partition.</summary>
    public TopicIdPartition Id { get; }

    /// <summary>The topic's name.</summary>
    public string Topic { get; }

    /// <summary>The configs it goes by.</summary>
    public TopicConfig Config { get; private set; }

    /// <summary>The epoch of its leader.</summary>
    public int LeaderEpoch { get; }

    /// <summary>Bytes and records through it. Any thread.</summary>
    public PartitionTraffic Traffic { get; } = new();

    /// <summary>Fetches that wait here.</summary>
    public FetchWaiters Waiters { get; } = new();

    /// <summary>False when it is closed, deleted or offline.</summary>
    [MemberNotNullWhen(true, nameof(_log))]
    public bool IsOpen => _closedBecause == ErrorCode.None;

    /// <summary>True when its disk failed or its data is damaged.</summary>
    public bool IsOffline => _closedBecause == ErrorCode.KafkaStorageError;

    /// <summary>What may be read is below it.</summary>
    public long HighWatermark => _highWatermark;

    /// <summary>The first offset there is; −1 when offline.</summary>
    public long LogStartOffset => _log?.LogStartOffset ?? -1;

    /// <summary>One behind the last offset there is; −1 when offline.</summary>
    public long LogEndOffset => _log?.LogEndOffset ?? -1;

    /// <summary>
    /// Appends one batch, in the order of the calls whatever checking a batch may take (IDM-7). Answers through the batch's
    /// reply, perhaps before this returns.
    /// </summary>
    public void Append(ProducedBatch batch)
    {
        AssertOnShard();
        PendingAppend append = PendingAppend.Of(batch);
        if (!IsOpen)
        {
            append.Refuse(AppendOutcome.Refused(_closedBecause));
            return;
        }
        if (_arrivals.Count + _unverified.Count >= _options.ArrivalsMax)
        {
            append.Refuse(AppendOutcome.Refused(ErrorCode.KafkaStorageError, "Too many batches wait for this partition"));
            return;
        }
        if (!IsCheckedElsewhere(batch) && TryCheckHere(batch, out AcceptedBatch accepted)) append.SetAccepted(accepted);
        else CheckElsewhere(append);
        _arrivals.Enqueue(append);
        WriteArrivals();
    }

    /// <summary>Takes new configs over; they hold for old data too (CFG-3, LOG-6).</summary>
    public void Apply(TopicConfig config)
    {
        AssertOnShard();
        Config = config;
        if (!IsOpen) return;
        _log.Settings = config.Log;
        if (config.WriteCaching) MoveHighWatermark(_log.LogEndOffset);
        // From here on somebody may wait for what was left for later.
        else _log.Flush();
    }

    /// <summary>Drops what the topic's retention lets go (LOG-2) and producers nobody heard of for long (IDM-5).</summary>
    public async ValueTask<RetentionResult> ApplyRetentionAsync(long producerIdExpirationMs)
    {
        AssertOnShard();
        // What a replay is still to read stays until the next run: whose batches would go unread, that producer's retries would be stored again.
        if (!IsOpen || _isReplaying) return default;
        _producers.Expire(NowMs(), producerIdExpirationMs);
        _keys.Expire(NowMs());
        long before = _log.LogStartOffset;
        RetentionResult result;
        try
        {
            result = await _log.ApplyRetentionAsync(_highWatermark);
        }
        catch (IOException e)
        {
            // Nothing was dropped. Readers of that segment hear of it when they get there, and the other partitions have no part in it.
            PartitionEvents.RetentionFailed(_options.Logger, Topic, Id.Partition, e.Message);
            return default;
        }
        if (!IsOpen) return result;
        Traffic.SetSize(_log.SizeInBytes);
        if (_log.LogStartOffset == before) return result;
        _producers.Transactions.ForgetBelow(_log.LogStartOffset);
        Waiters.WakeAll();
        return result;
    }

    /// <summary>Takes no more calls and answers everybody who waits with <paramref name="because"/>. The log stays the caller's to close or delete.</summary>
    public void Close(ErrorCode because)
    {
        AssertOnShard();
        if (!IsOpen) return;
        if (because == ErrorCode.NotLeaderOrFollower && !_isReplaying) StoreSnapshotAtClose();
        _closedBecause = because;
        AppendOutcome outcome = AppendOutcome.Refused(because);
        RefuseUnverified(outcome);
        while (_arrivals.TryDequeue(out PendingAppend? append)) append.Refuse(outcome);
        _uncommitted.FailAll(outcome);
        Waiters.WakeAll();
    }

    private long NowMs() => Shard.Time.GetUtcNow().ToUnixTimeMilliseconds();

    private void OnFlushed(long flushed)
    {
        if (!IsOpen) return;
        MoveHighWatermark(flushed);
        StoreDueSnapshot(flushed);
        WriteArrivals();
    }

    private void MoveHighWatermark(long to)
    {
        if (to <= _highWatermark) return;
        Invariant.Check(to <= _log!.LogEndOffset);
        bool wasHeldBack = _producers.FirstUndecidedOffset is not null;
        long stable = LastStableOffset;
        _highWatermark = to;
        _producers.Transactions.CommitTo(to);
        long bytes = _uncommitted.CommitTo(to);
        // What becomes stable at once may have come long before: those who read what is committed look for themselves.
        if (!wasHeldBack && _producers.FirstUndecidedOffset is null) Waiters.Gained(bytes);
        else Waiters.Gained(bytes, stableMoved: LastStableOffset > stable);
        HighWatermarkMoved?.Invoke(this);
    }

    private void OnFailed(Exception failure)
    {
        if (!IsOpen) return;
        PartitionEvents.WentOffline(_options.Logger, Topic, Id.Partition, failure.Message);
        Close(ErrorCode.KafkaStorageError);
        WentOffline?.Invoke(this);
    }
}

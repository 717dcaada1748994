using Gateway.Broker.Cluster;
using Gateway.Broker.Configs;
using Gateway.Broker.Network;
using Gateway.Broker.Partitions;
using Gateway.Common.Buffers;
using Gateway.Common.Errors;
using Gateway.Common.Ids;
using Gateway.Protocol.Messages;
using Gateway.Shards;

namespace Gateway.Broker.Handlers.Fetch;

/// <summary>
/// One fetch request from its first look at the partitions to its answer. Goes in rounds: each reads from all partitions at once,
/// one group per owner; when there is too little, the groups wait, and the first that is woken starts the next round. Owned by
/// the connection's shard.
/// </summary>
internal sealed class PendingFetch
{
    private readonly BrokerShard _shard;
    private readonly RequestContext _context;
    private readonly FetchRequest _request;
    private readonly int _maxBytes;
    private readonly List<FetchResponse.PartitionData> _answers = [];
    private readonly List<(int Owner, List<FetchItem> Items)> _byOwner = [];
    private readonly List<FetchGroup> _round = [];
    private readonly TaskCompletionSource _done = new();
    private FetchMemory? _memory;
    private int _outstanding;
    private bool _isOver;
    private bool _wokenEarly;
    private bool _hasRefusals;

    public PendingFetch(BrokerShard shard, RequestContext context, FetchRequest request)
    {
        _shard = shard;
        _context = context;
        _request = request;
        _maxBytes = Math.Clamp(request.MaxBytes, 0, shard.Image.Configs.BrokerInt(BrokerConfigs.FetchMaxBytes));
    }

    public void Refuse(FetchResponse.PartitionData answer, ErrorCode error)
    {
        Fill(answer, PartitionReadResult.Failed(error));
        _hasRefusals = true;
    }

    public void Add(FetchResponse.PartitionData answer, TopicIdPartition id, FetchRequest.FetchPartition asked, bool toLogEnd)
    {
        var read = new PartitionRead
        {
            FetchOffset = asked.FetchOffset,
            CurrentLeaderEpoch = asked.CurrentLeaderEpoch,
            LastFetchedEpoch = asked.LastFetchedEpoch,
            ToLogEnd = toLogEnd,
        };
        var item = new FetchItem(_answers.Count, id, read, Math.Max(0, asked.PartitionMaxBytes));
        _answers.Add(answer);
        int owner = _shard.Router.OwnerIndex(id);
        foreach ((int known, List<FetchItem> items) in _byOwner)
        {
            if (known != owner) continue;
            items.Add(item);
            return;
        }
        _byOwner.Add((owner, [item]));
    }

    public async ValueTask<FetchResponse?> RunAsync(FetchResponse response)
    {
        bool mayWait = _request.MaxWaitMs > 0 && _request.MinBytes > 0 && !_hasRefusals && _answers.Count > 0;
        if (_answers.Count > 0)
        {
            StartRound(mayWait);
            if (!_isOver)
            {
                using ShardTimer? deadline = mayWait
                    ? _context.Shard.Schedule(TimeSpan.FromMilliseconds(_request.MaxWaitMs), static fetch => fetch.End(), this) : null;
                // The token is cancelled on this shard.
                using CancellationTokenRegistration gone = _context.ConnectionClosed.UnsafeRegister(static fetch => ((PendingFetch)fetch!).End(), this);
                await _done.Task;
            }
            Collect();
        }
        if (_context.ApiVersion >= 16 && response.Responses.Any(static t => t.Partitions.Any(static p => p.CurrentLeader.LeaderId >= 0)))
        {
            response.NodeEndpoints.Add(new FetchResponse.NodeEndpoint
            {
                NodeId = _shard.Image.NodeId,
                Host = _context.AdvertisedAddress.Host,
                Port = _context.AdvertisedAddress.Port,
            });
        }
        return response;
    }

    /// <summary>A group has read. On the connection's shard.</summary>
    internal void Returned(FetchGroup group)
    {
        if (--_outstanding > 0) return;
        _memory!.KeepOnly(Gathered());
        if (_isOver || IsEnough()) Finish();
        else if (_wokenEarly) NextRound();
    }

    /// <summary>A group that waited has cause for another look. On the connection's shard.</summary>
    internal void Woken(FetchGroup group)
    {
        if (_done.Task.IsCompleted || !_round.Contains(group)) return;
        if (_outstanding > 0) _wokenEarly = true;
        else NextRound();
    }

    private void StartRound(bool mayWait)
    {
        _wokenEarly = false;
        foreach ((int owner, List<FetchItem> items) in _byOwner)
            _round.Add(new FetchGroup(this, _shard.Owner, _shard.Router.Shards[owner], items));
        _outstanding = _round.Count;
        _memory = FetchMemory.Take(_context.Memory, _maxBytes);
        int maxBytes = _memory.Bytes / _round.Count;
        // One shard's share of what is missing: a group cannot know what the others gain.
        int minBytes = mayWait ? Math.Max(1, _request.MinBytes / _round.Count) : 0;
        // The list may be another round's before the last of these has run.
        FetchGroup[] round = [.. _round];
        foreach (FetchGroup group in round)
        {
            if (group.Owner.IsLocal) group.Run(group.Owner.Local, maxBytes, minBytes, mayWait);
            else group.Owner.Post(static (target, work) => work.group.Run(target, work.maxBytes, work.minBytes, work.mayWait), (group, maxBytes, minBytes, mayWait));
        }
    }

    private void NextRound()
    {
        ReleaseRound();
        StartRound(mayWait: true);
    }

    /// <summary>The time is over, or the client is gone: answer with what there is.</summary>
    private void End()
    {
        _isOver = true;
        if (_outstanding == 0) Finish();
    }

    private void Finish()
    {
        _isOver = true;
        CallOff();
        _done.TrySetResult();
    }

    private bool IsEnough()
    {
        if (_request.MaxWaitMs <= 0 || _hasRefusals) return true;
        foreach (FetchGroup group in _round)
        {
            foreach (PartitionReadResult result in group.Results)
            {
                if (result.Error != ErrorCode.None || result.Diverging is not null) return true;
            }
        }
        return Gathered() >= _request.MinBytes;
    }

    private long Gathered()
    {
        long bytes = 0;
        foreach (FetchGroup group in _round)
        {
            foreach (PartitionReadResult result in group.Results) bytes += result.Records?.Length ?? 0;
        }
        return bytes;
    }

    private void CallOff()
    {
        foreach (FetchGroup group in _round)
        {
            if (group.Owner.IsLocal) group.CallOff();
            else group.Owner.Post(static (_, group) => group.CallOff(), group);
        }
    }

    private void ReleaseRound()
    {
        CallOff();
        foreach (FetchGroup group in _round)
        {
            foreach (PartitionReadResult result in group.Results) result.Records?.Dispose();
        }
        _round.Clear();
        _memory!.Dispose();
    }

    /// <summary>Puts the last round's results into the answer, in the order of the request and within its bounds (FET-2).</summary>
    private void Collect()
    {
        var bySlot = new PartitionReadResult[_answers.Count];
        foreach (FetchGroup group in _round)
        {
            for (int i = 0; i < group.Items.Count; i++) bySlot[group.Items[i].Slot] = group.Results[i];
        }
        long gathered = 0;
        for (int slot = 0; slot < bySlot.Length; slot++)
        {
            PartitionReadResult result = bySlot[slot];
            int length = result.Records?.Length ?? 0;
            // Each shard may have given one batch beyond its share; only the first of all is owed.
            if (length > 0 && gathered > 0 && gathered + length > _maxBytes)
            {
                result.Records!.Dispose();
                result = result with { Records = null };
                length = 0;
            }
            gathered += length;
            if (result.Records is not null) _memory!.ChargeTo(result.Records);
            Fill(_answers[slot], result);
        }
        _memory!.Dispose();
    }

    private void Fill(FetchResponse.PartitionData answer, in PartitionReadResult result)
    {
        // v≤5: clients that old do not know the code for a failed disk.
        answer.ErrorCode = result.Error == ErrorCode.KafkaStorageError && _context.ApiVersion <= 5 ? ErrorCode.NotLeaderOrFollower : result.Error;
        answer.HighWatermark = result.HighWatermark;
        answer.LastStableOffset = result.LastStableOffset;
        answer.LogStartOffset = result.LogStartOffset;
        answer.AbortedTransactions = _request.IsolationLevel == 1 ? [] : null;
        answer.Records = result.Records ?? RecordsLease.Wrap(ReadOnlyMemory<byte>.Empty);
        if (result.Diverging is { } diverging)
            answer.DivergingEpoch = new FetchResponse.EpochEndOffset { Epoch = diverging.Epoch, EndOffset = diverging.EndOffset };
        if (_context.ApiVersion >= 16 && result.Error is ErrorCode.NotLeaderOrFollower or ErrorCode.FencedLeaderEpoch && result.LeaderEpoch >= 0)
            answer.CurrentLeader = new FetchResponse.LeaderIdAndEpoch { LeaderId = _shard.Image.NodeId, LeaderEpoch = result.LeaderEpoch };
    }
}

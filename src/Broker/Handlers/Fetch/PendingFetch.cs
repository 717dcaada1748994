using Gateway.Broker.Cluster;
using Gateway.Broker.Network;
using Gateway.Broker.Partitions;
using Gateway.Common.Buffers;
using Gateway.Common.Errors;
using Gateway.Common.Ids;
using Gateway.Common.Records;
using Gateway.Protocol.Messages;
using Gateway.Shards;

namespace Gateway.Broker.Handlers.Fetch;

/// <summary>
/// One fetch request from its first look at the partitions to its answer. Goes in rounds: each reads from all partitions at once,
/// one group per owner; when there is too little, the groups wait, and the first that is woken starts the next round. Owned by
/// the connection's shard, and another request's once its answer was taken.
/// </summary>
/// <remarks>No round is under way when the answer is given, so nobody but this shard has its groups then, except to stop waiting.</remarks>
internal sealed class PendingFetch : AnswerSource
{
    private const int AnswersKept = 256;

    private readonly BrokerShard _shard;
    private readonly Action<PendingFetch> _free;
    private readonly FetchGroup?[] _byOwner;
    private readonly List<FetchGroup> _groups = [];
    private readonly List<FetchResponse.PartitionData> _answers = [];
    private readonly ShardTimer _deadline;
    private PartitionReadResult[] _bySlot = [];
    private CancellationTokenRegistration _gone;
    private RequestContext _context = null!;
    private FetchResponse _response = null!;
    private FetchMemory _memory;
    private long _round;
    private int _maxBytes;
    private int _minBytes;
    private bool _mayWait;
    private bool _readsCommitted;
    private int _outstanding;
    private bool _isStarting;
    private bool _isWaited;
    private bool _isOver;
    private bool _wokenEarly;
    private bool _hasRefusals;
    private bool _namesLeader;

    /// <param name="shard">The connection's shard.</param>
    /// <param name="free">Told when this can be used again.</param>
    public PendingFetch(BrokerShard shard, Action<PendingFetch> free)
    {
        _shard = shard;
        _free = free;
        _byOwner = new FetchGroup?[shard.Router.ShardCount];
        _deadline = shard.Owner.CreateTimer(static fetch => fetch.End(), this);
    }

    public void Begin(RequestContext context, FetchRequest request, FetchResponse response, int fetchMaxBytes)
    {
        _context = context;
        _response = response;
        _maxBytes = Math.Clamp(request.MaxBytes, 0, fetchMaxBytes);
        _minBytes = request.MinBytes;
        _mayWait = request.MaxWaitMs > 0;
        _readsCommitted = request.IsolationLevel == 1;
        _isOver = _isWaited = _wokenEarly = _hasRefusals = _namesLeader = false;
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
            CommittedOnly = _readsCommitted && !toLogEnd,
        };
        int owner = _shard.Router.OwnerIndex(id);
        FetchGroup group = _byOwner[owner] ??= new FetchGroup(this, _shard.Owner, _shard.Router.Shards[owner]);
        if (group.Items.Count == 0) _groups.Add(group);
        group.Items.Add(new FetchItem(_answers.Count, id, read, Math.Max(0, asked.PartitionMaxBytes)));
        _answers.Add(answer);
    }

    public ValueTask<Protocol.IResponse?> RunAsync(int maxWaitMs)
    {
        if (_answers.Count == 0)
        {
            Answer();
            return Coming;
        }
        bool mayWait = _mayWait && _minBytes > 0 && !_hasRefusals;
        StartRound(mayWait);
        if (_isOver)
        {
            Answer();
            return Coming;
        }
        _isWaited = true;
        if (mayWait) _deadline.Start(TimeSpan.FromMilliseconds(maxWaitMs));
        // The token is cancelled on this shard; if it is already, this may end the fetch at once.
        _gone = _context.ConnectionClosed.UnsafeRegister(static fetch => ((PendingFetch)fetch!).End(), this);
        return Coming;
    }

    /// <summary>A group has read. On the connection's shard.</summary>
    internal void Returned()
    {
        if (--_outstanding > 0 || _isStarting) return;
        RoundEnded();
    }

    /// <summary>A group that waited has cause for another look. On the connection's shard; the round may be long over.</summary>
    internal void Woken(long round)
    {
        if (_isOver || round != _round) return;
        if (_outstanding > 0) _wokenEarly = true;
        else NextRound();
    }

    /// <inheritdoc/>
    protected override void Taken()
    {
        foreach (FetchGroup group in _groups) group.Clear();
        _groups.Clear();
        _answers.Clear();
        if (_answers.Capacity > AnswersKept) _answers.Capacity = 0;
        if (_bySlot.Length > AnswersKept) _bySlot = [];
        _context = null!;
        _response = null!;
        _free(this);
    }

    private void StartRound(bool mayWait)
    {
        _wokenEarly = false;
        _round++;
        _outstanding = _groups.Count;
        _memory = FetchMemory.Take(_context.Memory, _maxBytes);
        // One shard's share of what is missing: a group cannot know what the others gain.
        int minBytes = mayWait ? Math.Max(1, _minBytes / _groups.Count) : 0;
        var round = new FetchRound(_round, _memory.Bytes / _groups.Count, minBytes, mayWait);
        // A group that has its records at once may not end the round while others are still to be sent.
        _isStarting = true;
        foreach (FetchGroup group in _groups) group.Start(round);
        _isStarting = false;
        if (_outstanding == 0) RoundEnded();
    }

    private void RoundEnded()
    {
        _memory.KeepOnly(Gathered());
        if (_isOver || IsEnough()) Finish();
        else if (_wokenEarly) NextRound();
    }

    private void NextRound()
    {
        CallOff();
        foreach (FetchGroup group in _groups)
        {
            foreach (ref PartitionReadResult result in group.Results)
            {
                result.Records?.Recycle();
                result = default;
            }
        }
        _memory.Dispose();
        StartRound(mayWait: true);
    }

    /// <summary>The time is over, or the client is gone: answer with what there is.</summary>
    private void End()
    {
        if (_isOver) return;
        _isOver = true;
        if (_outstanding == 0) Finish();
    }

    private void Finish()
    {
        _isOver = true;
        CallOff();
        if (_isWaited) Answer();
    }

    /// <summary>Whoever waits goes on before this returns.</summary>
    private void Answer()
    {
        // Also where there was no round: a wake-up of the request before may still be on its way, and would find its round to be the last.
        _isOver = true;
        _deadline.Dispose();
        _gone.Dispose();
        _gone = default;
        if (_answers.Count > 0) Collect();
        if (_namesLeader)
        {
            FetchResponse.NodeEndpoint node = _response.AddToNodeEndpoints();
            node.NodeId = _shard.Image.NodeId;
            node.Host = _context.AdvertisedAddress.Host;
            node.Port = _context.AdvertisedAddress.Port;
        }
        Set(_response);
    }

    private bool IsEnough()
    {
        if (!_mayWait || _hasRefusals) return true;
        foreach (FetchGroup group in _groups)
        {
            foreach (ref readonly PartitionReadResult result in group.Results)
            {
                if (result.Error != ErrorCode.None || result.Diverging is not null) return true;
            }
        }
        return Gathered() >= _minBytes;
    }

    private long Gathered()
    {
        long bytes = 0;
        foreach (FetchGroup group in _groups)
        {
            foreach (ref readonly PartitionReadResult result in group.Results) bytes += result.Records?.Length ?? 0;
        }
        return bytes;
    }

    private void CallOff()
    {
        foreach (FetchGroup group in _groups) group.CallOff();
    }

    /// <summary>Puts the last round's results into the answer, in the order of the request and within its bounds (FET-2).</summary>
    private void Collect()
    {
        if (_bySlot.Length < _answers.Count) _bySlot = new PartitionReadResult[_answers.Count];
        foreach (FetchGroup group in _groups)
        {
            for (int i = 0; i < group.Items.Count; i++) _bySlot[group.Items[i].Slot] = group.Results[i];
            group.Results.Clear();
        }
        long gathered = 0;
        for (int slot = 0; slot < _answers.Count; slot++)
        {
            ref PartitionReadResult result = ref _bySlot[slot];
            int length = result.Records?.Length ?? 0;
            // Each shard may have given one batch beyond its share; only the first of all is owed.
            if (length > 0 && gathered > 0 && gathered + length > _maxBytes)
            {
                result.Records!.Recycle();
                result = result with { Records = null };
                length = 0;
            }
            gathered += length;
            if (result.Records is not null) _memory.ChargeTo(result.Records);
            Fill(_answers[slot], result);
            result = default;
        }
        _memory.Dispose();
    }

    private void Fill(FetchResponse.PartitionData answer, in PartitionReadResult result)
    {
        // v≤5: clients that old do not know the code for a failed disk.
        answer.ErrorCode = result.Error == ErrorCode.KafkaStorageError && _context.ApiVersion <= 5 ? ErrorCode.NotLeaderOrFollower : result.Error;
        answer.HighWatermark = result.HighWatermark;
        answer.LastStableOffset = result.LastStableOffset;
        answer.LogStartOffset = result.LogStartOffset;
        if (!_readsCommitted) answer.AbortedTransactions = null;
        foreach (AbortedTransaction aborted in result.Records is null ? [] : result.Aborted ?? [])
            (answer.AbortedTransactions ??= []).Add(new() { ProducerId = aborted.ProducerId, FirstOffset = aborted.FirstOffset });
        answer.Records = result.Records ?? RecordsLease.Empty;
        if (result.Diverging is { } diverging)
        {
            answer.DivergingEpoch.Epoch = diverging.Epoch;
            answer.DivergingEpoch.EndOffset = diverging.EndOffset;
        }
        if (_context.ApiVersion < 16 || result.Error is not (ErrorCode.NotLeaderOrFollower or ErrorCode.FencedLeaderEpoch) || result.LeaderEpoch < 0) return;
        answer.CurrentLeader.LeaderId = _shard.Image.NodeId;
        answer.CurrentLeader.LeaderEpoch = result.LeaderEpoch;
        _namesLeader = true;
    }
}

using Gateway.Broker.Cluster;
using Gateway.Broker.Network;
using Gateway.Broker.Partitions;
using Gateway.Common.Buffers;
using Gateway.Common.Errors;
using Gateway.Common.Ids;
using Gateway.Common.Records;
using Gateway.Protocol;
using Gateway.Protocol.Messages;
using Gateway.Shards;

namespace Gateway.Broker.Handlers.Produce;

/// <summary>
/// The answer to one produce request as it comes together: one group of batches per shard goes out, and each comes back when all
/// of its batches are answered. Owned by the connection's shard.
/// </summary>
/// <remarks>
/// Used again for another request once its answer was taken and all its groups are back: a group that is given up may still write to its
/// batches' outcomes, and nobody may look at those meanwhile.
/// </remarks>
internal sealed class ProduceReply : AnswerSource
{
    /// <summary>
    /// The least a request may wait. Its timeout is meant for slow replicas; a client that sets next to nothing must not have its
    /// batches reported late while our own disk syncs them.
    /// </summary>
    private const int TimeoutMinMs = 200;

    private readonly BrokerShard _shard;
    private readonly Action<ProduceReply> _free;
    private readonly ProduceGroup?[] _byOwner;
    private readonly List<ProduceGroup> _groups = [];
    private readonly ShardTimer _timeout;
    private ProduceResponse? _response;
    private short _acks;
    private bool _allowsZstd;
    private bool _lacksChecksums;
    private ErrorCode _firstError;
    private int _outstanding;
    private bool _isSending;
    private bool _isAnswered;
    private bool _isTaken;

    /// <param name="shard">The connection's shard.</param>
    /// <param name="free">Told when this can be used again.</param>
    public ProduceReply(BrokerShard shard, Action<ProduceReply> free)
    {
        _shard = shard;
        _free = free;
        _byOwner = new ProduceGroup?[shard.Router.ShardCount];
        _timeout = shard.Owner.CreateTimer(static reply => reply.GiveUp(), this);
    }

    public void Begin(ProduceRequest request, ProduceResponse response, bool allowsZstd)
    {
        _acks = request.Acks;
        _response = response;
        _allowsZstd = allowsZstd;
        _lacksChecksums = request.LacksChecksums;
        _firstError = ErrorCode.None;
        _isAnswered = _isTaken = false;
    }

    /// <summary>The transaction the request's batches are part of; null without.</summary>
    public TransactionalProduce? Transaction { get; set; }

    public ProduceResponse.TopicProduceResponse AddTopic(string name, Guid id)
    {
        ProduceResponse.TopicProduceResponse topic = _response!.AddToResponses();
        topic.Name = name;
        topic.TopicId = id;
        return topic;
    }

    /// <summary>Puts a batch into the group of its owner.</summary>
    public void Add(ProduceResponse.PartitionProduceResponse answer, TopicIdPartition id, RecordsLease records)
    {
        int owner = _shard.Router.OwnerIndex(id);
        ProduceGroup group = _byOwner[owner] ??= new ProduceGroup(this, _shard.Owner, _shard.Router.Shards[owner]);
        if (group.Count == 0) _groups.Add(group);
        group.Add(answer, id, records);
    }

    public void Refuse(ProduceResponse.PartitionProduceResponse answer, ErrorCode error, string? message) =>
        Fill(answer, AppendOutcome.Refused(error, message));

    /// <summary>Sends the groups out and answers when all are back, or when the request's time is over (PRD-18).</summary>
    public ValueTask<IResponse?> SendAsync(int timeoutMs)
    {
        _outstanding = _groups.Count;
        _isSending = true;
        foreach (ProduceGroup group in _groups) group.Send(_acks == 0 ? AckAt.Append : AckAt.Commit, _allowsZstd, _lacksChecksums, Transaction);
        _isSending = false;
        if (_outstanding == 0) Answer();
        // With acks=0 nobody waits, and "late" could only be said by closing the connection.
        else if (_acks != 0) _timeout.Start(TimeSpan.FromMilliseconds(Math.Max(TimeoutMinMs, timeoutMs)));
        return Coming;
    }

    /// <summary>A group is back. On the connection's shard.</summary>
    internal void Returned(ProduceGroup group)
    {
        group.IsOut = false;
        _outstanding--;
        if (!_isAnswered)
        {
            for (int i = 0; i < group.Count; i++) Fill(group.At(i).Answer!, group.At(i).Outcome);
            if (_outstanding == 0 && !_isSending) Answer();
        }
        else if (_outstanding == 0 && _isTaken) Free();
    }

    /// <inheritdoc/>
    protected override void Taken()
    {
        _isTaken = true;
        if (_outstanding == 0) Free();
    }

    private void GiveUp()
    {
        foreach (ProduceGroup group in _groups)
        {
            if (!group.IsOut) continue;
            // Its outcomes belong to another shard until it is back: they may not even be looked at.
            for (int i = 0; i < group.Count; i++)
                Fill(group.At(i).Answer!, AppendOutcome.Refused(ErrorCode.RequestTimedOut, "The records were not committed in time; they may be stored"));
        }
        Answer();
    }

    /// <summary>Whoever waits goes on before this returns, and this may be another request's then.</summary>
    private void Answer()
    {
        _timeout.Dispose();
        _isAnswered = true;
        ProduceResponse response = _response!;
        _response = null;
        if (_acks != 0) Set(response);
        else if (_firstError == ErrorCode.None) Set(answer: null);
        // CON-4: without an answer, closing is the only way to tell the client that its view is wrong.
        else Set(new CloseConnectionException($"acks=0 produce failed with {_firstError}"));
    }

    private void Free()
    {
        foreach (ProduceGroup group in _groups) group.Clear();
        _groups.Clear();
        Transaction = null;
        _free(this);
    }

    private void Fill(ProduceResponse.PartitionProduceResponse answer, in AppendOutcome outcome)
    {
        if (_firstError == ErrorCode.None) _firstError = outcome.Error;
        answer.ErrorCode = outcome.Error;
        answer.ErrorMessage = outcome.Message;
        answer.BaseOffset = outcome.BaseOffset;
        answer.LogAppendTimeMs = outcome.LogAppendTimeMs;
        answer.LogStartOffset = outcome.LogStartOffset;
        if (outcome.RefusedRecords.Count == 0) return;
        foreach (RecordError refused in outcome.RefusedRecords)
        {
            ProduceResponse.BatchIndexAndErrorMessage told = answer.AddToRecordErrors();
            told.BatchIndex = refused.BatchIndex;
            told.BatchIndexErrorMessage = refused.Message;
        }
    }
}

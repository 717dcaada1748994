using Gateway.Broker.Cluster;
using Gateway.Broker.Network;
using Gateway.Broker.Partitions;
using Gateway.Common.Buffers;
using Gateway.Common.Errors;
using Gateway.Common.Ids;
using Gateway.Common.Records;
using Gateway.Protocol.Messages;
using Gateway.Shards;

namespace Gateway.Broker.Handlers.Produce;

/// <summary>
/// The answer to one produce request as it comes together: one group of batches per shard goes out, and each comes back when all
/// of its batches are answered. Owned by the connection's shard.
/// </summary>
internal sealed class ProduceReply(BrokerShard shard, AckAt ackAt, bool allowsZstd)
{
    /// <summary>
    /// The least a request may wait. Its timeout is meant for slow replicas; a client that sets next to nothing must not have its
    /// batches reported late while our own disk syncs them.
    /// </summary>
    private static readonly TimeSpan TimeoutMin = TimeSpan.FromMilliseconds(200);

    private readonly ProduceResponse _response = new();
    private readonly List<ProduceGroup> _groups = [];
    private ErrorCode _firstError;
    private int _outstanding;
    private TaskCompletionSource? _done;

    public ProduceResponse.TopicProduceResponse AddTopic(string name, Guid id)
    {
        var topic = new ProduceResponse.TopicProduceResponse { Name = name, TopicId = id };
        _response.Responses.Add(topic);
        return topic;
    }

    public static ProduceResponse.PartitionProduceResponse AddPartition(ProduceResponse.TopicProduceResponse topic, int index)
    {
        var partition = new ProduceResponse.PartitionProduceResponse { Index = index };
        topic.PartitionResponses.Add(partition);
        return partition;
    }

    /// <summary>Puts a batch into the group of its owner.</summary>
    public void Add(ProduceResponse.PartitionProduceResponse answer, TopicIdPartition id, RecordsLease records)
    {
        ShardRef<BrokerShard> owner = shard.Router.OwnerOf(id);
        ProduceGroup? group = _groups.Find(g => g.Owner.Owner == owner.Owner);
        if (group is null)
        {
            group = new ProduceGroup(this, shard.Owner, owner, ackAt, allowsZstd);
            _groups.Add(group);
        }
        group.Add(answer, id, records);
    }

    public void Refuse(ProduceResponse.PartitionProduceResponse answer, ErrorCode error, string? message) =>
        Fill(answer, AppendOutcome.Refused(error, message));

    /// <summary>Sends the groups out and answers when all are back, or when the request's time is over (PRD-18).</summary>
    public ValueTask<ProduceResponse?> SendAsync(RequestContext context, ProduceRequest request)
    {
        _outstanding = _groups.Count;
        foreach (ProduceGroup group in _groups)
        {
            if (group.Owner.IsLocal) group.Run(group.Owner.Local);
            else group.Owner.Post(static (target, group) => group.Run(target), group);
        }
        return _outstanding == 0 ? new(Answer(request)) : FinishAsync(context, request);
    }

    /// <summary>A group is back. On the connection's shard.</summary>
    internal void Returned(ProduceGroup group)
    {
        if (group.IsGivenUp) return;
        group.IsReturned = true;
        foreach (ProduceGroup.Item item in group.Items) Fill(item.Answer, item.Outcome);
        if (--_outstanding == 0) _done?.TrySetResult();
    }

    private async ValueTask<ProduceResponse?> FinishAsync(RequestContext context, ProduceRequest request)
    {
        _done = new TaskCompletionSource();
        if (request.Acks == 0)
        {
            // Nobody waits, and "late" could only be said by closing the connection.
            await _done.Task;
            return Answer(request);
        }
        TimeSpan timeout = TimeSpan.FromMilliseconds(Math.Max(TimeoutMin.TotalMilliseconds, request.TimeoutMs));
        using (context.Shard.Schedule(timeout, static reply => reply.GiveUp(), this))
        {
            await _done.Task;
        }
        return Answer(request);
    }

    private void GiveUp()
    {
        foreach (ProduceGroup group in _groups)
        {
            if (group.IsReturned) continue;
            // Its outcomes belong to another shard until it is back: they may not even be looked at.
            group.IsGivenUp = true;
            foreach (ProduceGroup.Item item in group.Items)
                Fill(item.Answer, AppendOutcome.Refused(ErrorCode.RequestTimedOut, "The records were not committed in time; they may be stored"));
        }
        _done?.TrySetResult();
    }

    private ProduceResponse? Answer(ProduceRequest request)
    {
        if (request.Acks != 0) return _response;
        // CON-4: without an answer, closing is the only way to tell the client that its view is wrong.
        return _firstError == ErrorCode.None ? null : throw new CloseConnectionException($"acks=0 produce failed with {_firstError}");
    }

    private void Fill(ProduceResponse.PartitionProduceResponse answer, in AppendOutcome outcome)
    {
        if (_firstError == ErrorCode.None) _firstError = outcome.Error;
        answer.ErrorCode = outcome.Error;
        answer.ErrorMessage = outcome.Message;
        answer.BaseOffset = outcome.BaseOffset;
        answer.LogAppendTimeMs = outcome.LogAppendTimeMs;
        answer.LogStartOffset = outcome.LogStartOffset;
        foreach (RecordError refused in outcome.RefusedRecords)
            answer.RecordErrors.Add(new() { BatchIndex = refused.BatchIndex, BatchIndexErrorMessage = refused.Message });
    }
}

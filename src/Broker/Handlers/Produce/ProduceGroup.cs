using Gateway.Broker.Cluster;
using Gateway.Broker.Partitions;
using Gateway.Common.Buffers;
using Gateway.Common.Errors;
using Gateway.Common.Ids;
using Gateway.Protocol.Messages;
using Gateway.Shards;

namespace Gateway.Broker.Handlers.Produce;

/// <summary>
/// The batches of one request that go to one shard. Travels there with a post and back with another, when the last of its batches
/// is answered; belongs to whichever shard it is at.
/// </summary>
internal sealed class ProduceGroup(ProduceReply reply, Shard origin, ShardRef<BrokerShard> owner, AckAt ackAt, bool allowsZstd)
{
    private readonly List<Item> _items = [];
    private int _unanswered;

    public ShardRef<BrokerShard> Owner { get; } = owner;

    public IReadOnlyList<Item> Items => _items;

    /// <summary>The reply's mark, on the connection's shard: it is back.</summary>
    public bool IsReturned { get; set; }

    /// <summary>The reply's mark, on the connection's shard: nobody waits for it any more.</summary>
    public bool IsGivenUp { get; set; }

    public void Add(ProduceResponse.PartitionProduceResponse answer, TopicIdPartition id, RecordsLease records) =>
        _items.Add(new Item(this, answer, id, records));

    /// <summary>Hands the batches over, in the order of the request. On the owner.</summary>
    public void Run(BrokerShard shard)
    {
        _unanswered = _items.Count;
        foreach (Item item in _items)
        {
            if (shard.TryGetPartition(item.Id, out Partition? partition))
            {
                partition.Append(new ProducedBatch(item.Records, AppendOrigin.Client, ackAt, item, allowsZstd));
            }
            else
            {
                item.Records.Dispose();
                ((IAppendReply)item).Complete(AppendOutcome.Refused(ErrorCode.UnknownTopicOrPartition));
            }
        }
    }

    private void OneAnswered()
    {
        if (--_unanswered > 0) return;
        if (origin.IsCurrent) reply.Returned(this);
        else origin.Post(static group => group.Return(), this);
    }

    private void Return() => reply.Returned(this);

    /// <summary>One batch.</summary>
    internal sealed class Item(ProduceGroup group, ProduceResponse.PartitionProduceResponse answer, TopicIdPartition id, RecordsLease records) : IAppendReply
    {
        /// <summary>Where the outcome goes, on the connection's shard only.</summary>
        public ProduceResponse.PartitionProduceResponse Answer { get; } = answer;

        public TopicIdPartition Id { get; } = id;

        public RecordsLease Records { get; } = records;

        /// <summary>What became of it.</summary>
        public AppendOutcome Outcome { get; private set; }

        void IAppendReply.Complete(in AppendOutcome outcome)
        {
            Outcome = outcome;
            group.OneAnswered();
        }
    }
}

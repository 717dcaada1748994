using Gateway.Broker.Cluster;
using Gateway.Broker.Partitions;
using Gateway.Common.Buffers;
using Gateway.Common.Errors;
using Gateway.Common.Ids;
using Gateway.Protocol.Messages;
using Gateway.Shards;

namespace Gateway.Broker.Handlers.Produce;

/// <summary>
/// The batches of one request that go to one shard. Travels there as posted work and back as posted work, when the last of its batches is
/// answered; belongs to whichever shard it is at. Part of its reply, and used again with it.
/// </summary>
internal sealed class ProduceGroup(ProduceReply reply, Shard origin, ShardRef<BrokerShard> owner) : WorkItem
{
    private const int ItemsKept = 64;

    private readonly List<Item> _items = [];
    private int _count;
    private int _unanswered;
    private bool _goesHome;
    private AckAt _ackAt;
    private bool _allowsZstd;
    private bool _lacksChecksums;
    private TransactionalProduce? _transaction;

    /// <summary>The reply's mark, on the connection's shard: it is on its way.</summary>
    public bool IsOut { get; set; }

    public int Count => _count;

    public Item At(int index) => _items[index];

    public void Add(ProduceResponse.PartitionProduceResponse answer, TopicIdPartition id, RecordsLease records)
    {
        if (_count == _items.Count) _items.Add(new Item(this));
        _items[_count++].Set(answer, id, records);
    }

    /// <summary>Sends the batches on their way, in the order of the request.</summary>
    public void Send(AckAt ackAt, bool allowsZstd, bool lacksChecksums, TransactionalProduce? transaction)
    {
        _transaction = transaction;
        _ackAt = ackAt;
        _allowsZstd = allowsZstd;
        _lacksChecksums = lacksChecksums;
        _goesHome = false;
        IsOut = true;
        if (owner.IsLocal) Append();
        else owner.Owner.Post(this);
    }

    /// <summary>Forgets its batches. On the connection's shard, when it is back.</summary>
    public void Clear()
    {
        for (int i = 0; i < _count; i++) _items[i].Clear();
        _count = 0;
        _transaction = null;
        if (_items.Count > ItemsKept) _items.RemoveRange(ItemsKept, _items.Count - ItemsKept);
    }

    /// <inheritdoc/>
    protected override void Run()
    {
        if (_goesHome) reply.Returned(this);
        else Append();
    }

    // The group is not through before its loop is, even when all batches were answered inside: from then on it is the other shard's.
    private void Append()
    {
        BrokerShard shard = owner.Local;
        _unanswered = _count + 1;
        for (int i = 0; i < _count; i++)
        {
            Item item = _items[i];
            RecordsLease records = item.TakeRecords();
            if (shard.TryGetPartition(item.Id, out Partition? partition))
            {
                partition.Append(new ProducedBatch(records, AppendOrigin.Client, _ackAt, item, _allowsZstd)
                {
                    LacksChecksum = _lacksChecksums,
                    Transaction = _transaction,
                });
            }
            else
            {
                records.Dispose();
                ((IAppendReply)item).Complete(AppendOutcome.Refused(ErrorCode.UnknownTopicOrPartition));
            }
        }
        OneAnswered();
    }

    private void OneAnswered()
    {
        if (--_unanswered > 0) return;
        _goesHome = true;
        if (origin.IsCurrent) reply.Returned(this);
        else origin.Post(this);
    }

    /// <summary>One batch.</summary>
    internal sealed class Item(ProduceGroup group) : IAppendReply
    {
        private RecordsLease? _records;
        private AppendOutcome _outcome;

        /// <summary>Where the outcome goes, on the connection's shard only.</summary>
        public ProduceResponse.PartitionProduceResponse? Answer { get; private set; }

        public TopicIdPartition Id { get; private set; }

        /// <summary>What became of it.</summary>
        public ref readonly AppendOutcome Outcome => ref _outcome;

        public void Set(ProduceResponse.PartitionProduceResponse answer, TopicIdPartition id, RecordsLease records)
        {
            Answer = answer;
            Id = id;
            _records = records;
        }

        public RecordsLease TakeRecords()
        {
            RecordsLease records = _records!;
            _records = null;
            return records;
        }

        public void Clear()
        {
            Answer = null;
            _outcome = default;
        }

        void IAppendReply.Complete(in AppendOutcome outcome)
        {
            _outcome = outcome;
            group.OneAnswered();
        }
    }
}

using Gateway.Common.Ids;
using Gateway.Protocol.Messages;
using Gateway.Protocol.Stored;

namespace Gateway.Broker.Coordinators.Transactions;

/// <summary>Kafka's records in <c>__transaction_state</c>.</summary>
internal static class TransactionRecords
{
    private const short KeyType = 0;

    /// <summary>The layout all tools know; it has no room for what only newer producers need.</summary>
    private const short PlainValue = 0;

    private const short ValueWithVersion = 1;

    /// <summary>What is stored of a transactional id.</summary>
    public static CoordinatorRecord Of(Transaction transaction)
    {
        var value = new TransactionLogValue
        {
            ProducerId = transaction.ProducerId,
            PreviousProducerId = transaction.PreviousProducerId,
            NextProducerId = transaction.NextProducerId,
            ProducerEpoch = transaction.Epoch,
            NextProducerEpoch = transaction.NextProducerId == Transaction.NoProducer ? Transaction.NoEpoch : (short)0,
            TransactionTimeoutMs = transaction.TimeoutMs,
            TransactionStatus = (sbyte)transaction.Status,
            TransactionPartitions = transaction.Status == TransactionStatus.Empty ? null : Topics(transaction),
            TransactionLastUpdateTimestampMs = transaction.UpdatedMs,
            TransactionStartTimestampMs = transaction.StartedMs,
            ClientTransactionVersion = transaction.ClientVersion,
        };
        bool isPlain = transaction is { PreviousProducerId: Transaction.NoProducer, NextProducerId: Transaction.NoProducer, ClientVersion: 0 };
        return new CoordinatorRecord(Key(transaction.Id), VersionedBytes.Write(value, isPlain ? PlainValue : ValueWithVersion));
    }

    /// <summary>Deletes what is stored of a transactional id.</summary>
    public static CoordinatorRecord Gone(string id) => new(Key(id), null);

    /// <summary>What a record says; null for kinds of records it does not know: newer brokers write them.</summary>
    public static (string Id, Transaction? Transaction)? Read(CoordinatorRecord record)
    {
        if (VersionedBytes.Prefix(record.Key) != KeyType) return null;
        string id = VersionedBytes.ReadKey<TransactionLogKey>(record.Key).TransactionalId;
        return (id, record.Value is null ? null : Read(id, VersionedBytes.Read<TransactionLogValue>(record.Value)));
    }

    private static Transaction Read(string id, TransactionLogValue value) =>
        new(id, value.ProducerId, value.ProducerEpoch, value.TransactionTimeoutMs, (TransactionStatus)value.TransactionStatus)
        {
            PreviousProducerId = value.PreviousProducerId,
            NextProducerId = value.NextProducerId,
            Partitions =
            [
                .. (value.TransactionPartitions ?? []).SelectMany(static topic =>
                    topic.PartitionIds.Select(partition => new TopicPartition(topic.Topic, partition))),
            ],
            UpdatedMs = value.TransactionLastUpdateTimestampMs,
            StartedMs = value.TransactionStartTimestampMs,
            ClientVersion = value.ClientTransactionVersion,
        };

    private static byte[] Key(string id) => VersionedBytes.Write(KeyType, new TransactionLogKey { TransactionalId = id }, 0);

    private static List<TransactionLogValue.PartitionsSchema> Topics(Transaction transaction) =>
    [
        .. transaction.Partitions.GroupBy(static partition => partition.Topic, StringComparer.Ordinal).OrderBy(static topic => topic.Key, StringComparer.Ordinal)
            .Select(static topic => new TransactionLogValue.PartitionsSchema { Topic = topic.Key, PartitionIds = [.. topic.Select(static p => p.Partition).Order()] }),
    ];
}

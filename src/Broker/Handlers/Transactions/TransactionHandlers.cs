using Gateway.Broker.Cluster;
using Gateway.Broker.Coordinators.Transactions;
using Gateway.Broker.Network;
using Gateway.Common.Errors;
using Gateway.Protocol;
using Gateway.Protocol.Messages;

namespace Gateway.Broker.Handlers.Transactions;

/// <summary>The lines of the handler table about transactions.</summary>
internal static class TransactionHandlers
{
    /// <summary>Adds them.</summary>
    public static void AddTo(HandlerTable table, BrokerServices services)
    {
        TransactionRouter transactions = services.Transactions;
        // Version 6 is unstable in Kafka: two-phase commit is not settled.
        table.Add<InitProducerIdRequest, InitProducerIdResponse>(
            ApiKey.InitProducerId, 0, 5, s => new InitProducerIdHandler(services.On(s), transactions, new ProducerIds(s, services.Controller)));
        table.Add<AddPartitionsToTxnRequest, AddPartitionsToTxnResponse>(
            ApiKey.AddPartitionsToTxn, 0, 5, s => new AddPartitionsToTxnHandler(services.On(s), transactions));
        table.Add<AddOffsetsToTxnRequest, AddOffsetsToTxnResponse>(
            ApiKey.AddOffsetsToTxn, 0, 4, s => new AddOffsetsToTxnHandler(services.On(s), services));
        table.Add<EndTxnRequest, EndTxnResponse>(
            ApiKey.EndTxn, 0, 5, s => new EndTxnHandler(services.On(s), transactions, new ProducerIds(s, services.Controller)));
        table.Add<WriteTxnMarkersRequest, WriteTxnMarkersResponse>(
            ApiKey.WriteTxnMarkers, 0, 2, s => new WriteTxnMarkersHandler(services.On(s), services.Groups));
        table.Add<TxnOffsetCommitRequest, TxnOffsetCommitResponse>(ApiKey.TxnOffsetCommit, 0, 6, s => new TxnOffsetCommitHandler(services.On(s), services));
        table.Add<DescribeProducersRequest, DescribeProducersResponse>(ApiKey.DescribeProducers, 0, 0, s => new DescribeProducersHandler(services.On(s)));
        table.Add<DescribeTransactionsRequest, DescribeTransactionsResponse>(
            ApiKey.DescribeTransactions, 0, 0, s => new DescribeTransactionsHandler(services.On(s), transactions));
        table.Add<ListTransactionsRequest, ListTransactionsResponse>(ApiKey.ListTransactions, 0, 2, s => new ListTransactionsHandler(s.Time, transactions));
    }
}

/// <summary>How the coordinator's errors are told in versions that do not know them.</summary>
internal static class TransactionErrors
{
    /// <summary>PRODUCER_FENCED (90) has been there since <paramref name="firstWithFenced"/>; before it was INVALID_PRODUCER_EPOCH (47).</summary>
    public static ErrorCode For(ErrorCode error, short version, short firstWithFenced) =>
        error == ErrorCode.ProducerFenced && version < firstWithFenced ? ErrorCode.InvalidProducerEpoch : error;
}

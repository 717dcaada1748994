using Gateway.Broker.Coordinators.Transactions;
using Gateway.Broker.Partitions;
using Gateway.Broker.Tests.Groups;
using Gateway.Common.Errors;
using Gateway.Common.Ids;
using Gateway.Shards;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gateway.Broker.Tests.Transactions;

/// <summary>The coordinator with virtual time: what follows a decision, and what follows when nobody decides.</summary>
public sealed class TransactionPartitionTests : IDisposable
{
    private static readonly TopicPartition s_a = new("a", 0);
    private static readonly TopicPartition s_b = new("b", 1);

    private readonly SteppedShardHost _host = new(shardCount: 1);
    private readonly MemoryCoordinatorLog _log = new();
    private readonly Markers _markers = new();
    private TransactionPartition _partition;

    public TransactionPartitionTests() => _partition = Load();

    [Fact]
    public void Markers_are_written_until_every_partition_has_one()
    {
        ProducerName producer = Begin();
        _markers.Fails[s_b] = ErrorCode.KafkaStorageError;
        Assert.Equal(ErrorCode.None, Ask(partition => partition.EndAsync(new EndRequest(producer, true, false), -1)).Error);
        Assert.Equal(("PrepareCommit", 1), (State(), _markers.Written.Count));
        Advance(5_000);
        Assert.Equal("PrepareCommit", State());
        // Codes that make other coordinators give up: this is the only one there is.
        _markers.Fails[s_b] = ErrorCode.InvalidProducerEpoch;
        Advance(5_000);
        _markers.Fails[s_b] = ErrorCode.TransactionCoordinatorFenced;
        Advance(5_000);
        Assert.Equal("PrepareCommit", State());
        _markers.Fails.Clear();
        Advance(1_000);
        Assert.Equal("CompleteCommit", State());
        Assert.Equal([(s_a, true, (short)0), (s_b, true, (short)0)], _markers.Written);
    }

    [Fact]
    public void No_marker_is_written_before_the_decision_is_durable()
    {
        ProducerName producer = Begin();
        _log.Holds = true;
        Call<TransactionDecision> end = Start(partition => partition.EndAsync(new EndRequest(producer, true, false), -1));
        Assert.False(end.IsCompleted);
        Assert.Empty(_markers.Written);
        Run(_log.Commit);
        Assert.Equal(ErrorCode.None, end.Result.Error);
        Assert.Equal(2, _markers.Written.Count);
    }

    [Fact]
    public void A_decision_that_is_lost_was_never_one()
    {
        ProducerName producer = Begin();
        _log.Holds = true;
        Call<TransactionDecision> end = Start(partition => partition.EndAsync(new EndRequest(producer, true, false), -1));
        Run(() => _log.FailHeld(ErrorCode.KafkaStorageError, recordsLost: 1));
        Assert.Equal(ErrorCode.NotCoordinator, end.Result.Error);
        Assert.Empty(_markers.Written);
        Assert.Equal("Ongoing", State());
    }

    [Fact]
    public void After_a_restart_prepared_transactions_are_finished()
    {
        ProducerName producer = Begin();
        _markers.Fails[s_a] = _markers.Fails[s_b] = ErrorCode.KafkaStorageError;
        Ask(partition => partition.EndAsync(new EndRequest(producer, false, true), -1));
        _host.Shards[0].Post(() => _partition.Close(ErrorCode.NotCoordinator));
        _host.RunUntilIdle();
        _markers.Fails.Clear();
        _partition = Load();
        Advance(2_000);
        Assert.Equal("CompleteAbort", State());
        Assert.Equal([(s_a, false, (short)1), (s_b, false, (short)1)], _markers.Written.OrderBy(static m => m.Partition.Topic));
    }

    [Fact]
    public void TXN_14_what_nobody_ends_is_aborted_after_its_timeout_and_its_producer_fenced()
    {
        ProducerName producer = Begin(timeoutMs: 30_000);
        Advance(29_000);
        Assert.Equal("Ongoing", State());
        Advance(11_000);
        Assert.Equal("CompleteAbort", State());
        Assert.All(_markers.Written, static marker => Assert.Equal((false, (short)1), (marker.IsCommitted, marker.Epoch)));
        Assert.Equal(ErrorCode.ProducerFenced, Ask(partition => partition.EndAsync(new EndRequest(producer, true, false), -1)).Error);
    }

    [Fact]
    public void TXN_14_ids_that_nobody_uses_expire_and_open_transactions_never_do()
    {
        Begin(timeoutMs: 900_000);
        Ask(partition => partition.InitAsync(new ProducerName("idle", -1, -1), 1000, 50));
        _host.Advance(TimeSpan.FromDays(8));
        Assert.Null(_partition.Store.Find("idle"));
        Assert.Null(_log.Records.Last(record => record.Value is null).Value);
    }

    [Fact]
    public void Who_comes_while_a_transaction_ends_waits_a_moment_and_is_then_told_to_come_again()
    {
        ProducerName producer = Begin();
        _markers.Fails[s_b] = ErrorCode.KafkaStorageError;
        Ask(partition => partition.EndAsync(new EndRequest(producer, true, false), -1));
        Call<TransactionDecision> tooSoon = Start(partition => partition.AddAsync(producer, [s_a], raisesEpoch: false));
        Assert.False(tooSoon.IsCompleted);
        Advance(100);
        Assert.Equal(ErrorCode.ConcurrentTransactions, tooSoon.Result.Error);
        _markers.Fails.Clear();
        Advance(1_000);
        Assert.Equal(ErrorCode.None, Ask(partition => partition.AddAsync(producer, [s_a], raisesEpoch: false)).Error);
    }

    [Fact]
    public void A_verification_tells_which_transaction_it_is_of()
    {
        ProducerName producer = Begin();
        long first = Ask(partition => partition.VerifyAsync(producer, [s_a])).Generation;
        Ask(partition => partition.EndAsync(new EndRequest(producer, true, false), -1));
        Assert.Equal(ErrorCode.InvalidTxnState, Ask(partition => partition.VerifyAsync(producer, [s_a])).Error);
        Ask(partition => partition.AddAsync(producer, [s_a], raisesEpoch: false));
        long second = Ask(partition => partition.VerifyAsync(producer, [s_a])).Generation;
        Assert.True(second > first && first > 0);
        Assert.All(_markers.Generations, generation => Assert.Equal(first, generation));
    }

    public void Dispose() => _host.Dispose();

    private TransactionPartition Load()
    {
        var partition = new TransactionPartition(_host.Shards[0], 0, _log, 3, static () => new TransactionSettings(), _markers, NullLogger.Instance);
        Run(async void () => await partition.LoadAsync());
        return partition;
    }

    private ProducerName Begin(int timeoutMs = 60_000)
    {
        TransactionDecision init = Ask(partition => partition.InitAsync(new ProducerName("x", -1, -1), timeoutMs, 40));
        Assert.Equal(ErrorCode.None, init.Error);
        var producer = new ProducerName("x", init.Producer.Id, init.Producer.Epoch);
        Assert.Equal(ErrorCode.None, Ask(partition => partition.AddAsync(producer, [s_a, s_b], raisesEpoch: false)).Error);
        return producer;
    }

    private string State() => _partition.Store.Find("x")!.Status.ToString();

    private void Advance(int milliseconds) => _host.Advance(TimeSpan.FromMilliseconds(milliseconds));

    private void Run(Action work)
    {
        _host.Shards[0].Post(work);
        _host.RunUntilIdle();
    }

    private Call<T> Start<T>(Func<TransactionPartition, ValueTask<T>> call)
    {
        var answer = new Call<T>();
        Run(async void () => answer.Complete(await call(_partition)));
        return answer;
    }

    private T Ask<T>(Func<TransactionPartition, ValueTask<T>> call) => Start(call).Result;

    private sealed class Markers : ITransactionMarkers
    {
        public Dictionary<TopicPartition, ErrorCode> Fails { get; } = [];

        public List<(TopicPartition Partition, bool IsCommitted, short Epoch)> Written { get; } = [];

        public List<long> Generations { get; } = [];

        public ValueTask<ErrorCode> WriteAsync(TopicPartition partition, TransactionEnd end)
        {
            if (Fails.TryGetValue(partition, out ErrorCode error)) return new(error);
            Written.Add((partition, end.IsCommitted, end.ProducerEpoch));
            Generations.Add(end.Generation);
            return new(ErrorCode.None);
        }
    }
}

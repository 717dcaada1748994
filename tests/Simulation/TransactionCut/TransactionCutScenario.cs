using System.Globalization;
using System.Text;
using Gateway.Broker.Partitions;
using Gateway.Common.Buffers;
using Gateway.Common.Errors;
using Gateway.Common.Ids;
using Gateway.Common.Records;
using Gateway.Shards;
using Gateway.Simulation.BrokerCut;
using Gateway.Simulation.Disk;
using Gateway.Storage;
using Gateway.Storage.Files;

namespace Gateway.Simulation.TransactionCut;

/// <summary>
/// One seed, one history: producers write transactions over a few partitions through the broker's own coordinator, and the broker ends in the middle
/// of anything. Readers of committed records see all of a transaction or nothing of it, what they read never goes, and nothing blocks them for ever.
/// </summary>
internal sealed class TransactionCutScenario : CrashScenario
{
    private const int Lives = 4;
    private const int StepsPerLife = 200;
    private const int Partitions = 3;
    private const int Clients = 3;
    private static readonly Guid s_topic = new("0198c0de-0000-4000-8000-000000000003");

    private readonly VirtualTimeProvider _time = new();
    private readonly SteppedBroker _broker;
    private readonly SimulatedCoordinator _coordinator;
    private readonly LogSettings _settings;
    private readonly TopicIdPartition[] _data = [.. Enumerable.Range(0, Partitions).Select(static index => new TopicIdPartition(s_topic, index))];
    private readonly List<TransactionalClient> _clients = [];
    private readonly HashSet<(int Partition, long Offset, string Value)> _seen = [];
    private int _numbers;

    internal TransactionCutScenario(int seed, Func<IFileSystem, IFileSystem>? through = null, bool verifies = true)
        : base(seed, through)
    {
        _settings = new LogSettings { SegmentBytes = Random.Next(3_000, 9_000), IndexIntervalBytes = Random.Next(100, 1_000) };
        _broker = new SteppedBroker(Files, Seen, Options, _time, Random, Log);
        _coordinator = new SimulatedCoordinator(_broker, s_topic, Partitions, _time, Log);
        if (verifies) _broker.Verifier = _coordinator;
        for (int i = 0; i < Clients; i++) _clients.Add(new TransactionalClient($"client-{i}", _data, Random, _coordinator, _broker));
    }

    /// <summary>Transactions whose clients were told that they are committed.</summary>
    internal int Committed => Transactions.Count(static transaction => transaction.End == KnownEnd.Committed);

    /// <summary>Transactions of which nobody was told.</summary>
    internal int InDoubt => Transactions.Count(static transaction => transaction.End == KnownEnd.Asked);

    private IEnumerable<SimulatedTransaction> Transactions => _clients.SelectMany(static client => client.Transactions);

    protected override void Play()
    {
        _broker.OpenStore();
        for (int life = 0; life < Lives; life++) LiveAndEnd();
        Begin();
        foreach (TransactionalClient client in _clients) client.Init();
        _broker.RunUntil(
            () => _clients.TrueForAll(client => client.IsIdle || Retried(client)),
            static () => "a producer never got its transactional id back");
        foreach (TopicIdPartition partition in _data)
        {
            long end = -1;
            _broker.RunUntil(
                () =>
                {
                    _broker.Run(partition, owner =>
                    {
                        end = owner.LastStableOffset == owner.HighWatermark && owner.HighWatermark == owner.LogEndOffset ? owner.LogEndOffset : -1;
                        return Task.CompletedTask;
                    });
                    return end >= 0;
                },
                () => $"partition {partition.Partition} is blocked for ever");
        }
        Judge(Read());
        _broker.Close();
    }

    protected override void OpenStore() => _broker.OpenStore();

    protected override void Die() => _broker.Kill();

    protected override void LosePower() => _broker.CutPower();

    private static bool Retried(TransactionalClient client)
    {
        client.Step(static () => throw new PromiseBrokenException("no transaction begins at the end"));
        return false;
    }

    private void LiveAndEnd()
    {
        try
        {
            ArmTrouble(changesAtMost: 400, failingOnceIn: 15);
            Begin();
            for (int step = 0; step < StepsPerLife; step++) Step();
            if (Random.Next(5) == 0) _broker.Close();
            else if (Random.Next(2) == 0) throw new PowerCutException();
            Restart();
        }
        catch (PowerCutException)
        {
            EndInTheMiddle();
        }
        catch (StoreOfflineException)
        {
            Restart();
        }
    }

    private void Begin()
    {
        foreach (TransactionalClient client in _clients) client.Forget();
        _broker.OpenPartitions([.. _data, new TopicIdPartition(s_topic, Partitions)], _settings);
        _coordinator.Load();
    }

    private void Restart()
    {
        _broker.Kill();
        Calm();
        _broker.OpenStore();
    }

    private void Step()
    {
        switch (Random.Next(12))
        {
            case < 4:
                _clients[Random.Next(Clients)].Step(() => ++_numbers);
                break;
            case 4:
                _time.Advance(TimeSpan.FromMilliseconds(Random.Next(1, 40)));
                break;
            case 5 when Random.Next(8) == 0:
                _ = Read();
                break;
            default:
                for (int i = Random.Next(10); i >= 0; i--) _ = _broker.RunOne();
                break;
        }
    }

    /// <summary>What readers of committed records are left with, by partition; it is never less than it was.</summary>
    private Dictionary<int, List<(int Transaction, int Sequence)>> Read()
    {
        var found = new Dictionary<int, List<(int, int)>>();
        foreach (TopicIdPartition partition in _data)
        {
            List<(long Offset, string Value)>? records = null;
            _broker.Run(partition, async owner => records = await CommittedAsync(owner));
            if (records is null) continue;
            HashSet<(int, long, string)> now = [.. records.Select(record => (partition.Partition, record.Offset, record.Value))];
            foreach (var record in _seen.Where(seen => seen.Partition == partition.Partition))
                Broken.Unless(now.Contains(record), $"{record} was read as committed and is gone");
            _seen.UnionWith(now);
            found[partition.Partition] = [.. records.Select(static record => Parse(record.Value))];
        }
        return found;
    }

    private static (int, int) Parse(string value)
    {
        int[] parts = [.. value.Split(':').Select(static part => int.Parse(part, CultureInfo.InvariantCulture))];
        return (parts[0], parts[1]);
    }

    /// <summary>Null when the partition cannot be read now.</summary>
    private static async Task<List<(long Offset, string Value)>?> CommittedAsync(Partition owner)
    {
        List<(long, string)> records = [];
        List<(long Producer, long First, long Last)> aborted = [];
        if (!owner.IsOpen) return null;
        long end = owner.LastStableOffset;
        long offset = 0;
        do
        {
            PartitionReadResult read = await owner.ReadAsync(
                new PartitionRead { FetchOffset = offset, CurrentLeaderEpoch = -1, LastFetchedEpoch = -1, CommittedOnly = true }, 4_000, atLeastOneBatch: true);
            using RecordsLease? lease = read.Records;
            // Also where nothing is stable: while producers are read back, that means nothing yet, and a reader is told to ask again.
            if (read.Error != ErrorCode.None) return null;
            if (lease is null) break;
            aborted.AddRange(read.Aborted!.Select(static one => (one.ProducerId, one.FirstOffset, one.LastOffset)));
            foreach (RecordBatchSpan batch in RecordBatches.Enumerate(lease.Span))
            {
                long next = batch.Header.LastOffset + 1;
                long first = batch.Header.BaseOffset;
                long producer = batch.Header.ProducerId;
                if (!batch.Header.IsControl && next > offset && !aborted.Exists(one => one.Producer == producer && one.First <= first && first <= one.Last))
                    records.AddRange(RecordReader.ReadAll(batch.Bytes.ToArray()).Select(static r => (r.Offset, Encoding.UTF8.GetString(r.Value!.Value.Span))));
                offset = next;
            }
        }
        while (offset < end);
        return records;
    }

    private void Judge(Dictionary<int, List<(int Transaction, int Sequence)>> read)
    {
        foreach (SimulatedTransaction transaction in Transactions)
        {
            bool[] whole = [.. transaction.Acked.Select(part =>
                read[part.Key.Partition].Where(record => record.Transaction == transaction.Number).Select(static record => record.Sequence)
                    .SequenceEqual(Enumerable.Range(0, part.Value)))];
            bool none = !read.Values.Any(records => records.Exists(record => record.Transaction == transaction.Number));
            bool isRight = transaction.End switch
            {
                KnownEnd.Committed => Array.TrueForAll(whole, static part => part),
                KnownEnd.NotCommitted => none,
                _ => none || Array.TrueForAll(whole, static part => part),
            };
            Broken.Unless(isRight, $"{transaction} is there in part, or not as its client was told");
        }
        foreach ((int partition, List<(int Transaction, int Sequence)> records) in read)
            Broken.Unless(records.Distinct().Count() == records.Count, $"partition {partition} has a record twice");
    }
}

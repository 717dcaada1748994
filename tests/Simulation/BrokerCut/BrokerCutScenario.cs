using Gateway.Common.Ids;
using Gateway.Shards;
using Gateway.Simulation.Disk;
using Gateway.Storage;
using Gateway.Storage.Files;

namespace Gateway.Simulation.BrokerCut;

/// <summary>
/// One seed, one history: idempotent producers, clients with idempotency keys and consumers over a few partitions, work in an order that chance picks, an end of any kind
/// in the middle of anything, a start on what the disk kept, and the producers send again what was never answered.
/// </summary>
internal sealed class BrokerCutScenario : CrashScenario
{
    private const int Lives = 6;
    private const int StepsPerLife = 250;
    private const int Partitions = 3;
    private const int ProducersPerPartition = 2;

    private readonly VirtualTimeProvider _time = new();
    private readonly SteppedBroker _broker;
    private readonly LogSettings _settings;
    private readonly List<PartitionLedger> _partitions = [];

    internal BrokerCutScenario(int seed, Func<IFileSystem, IFileSystem>? through = null)
        : base(seed, through)
    {
        _settings = new LogSettings { SegmentBytes = Random.Next(4_500, 12_000), IndexIntervalBytes = Random.Next(100, 1_000) };
        _broker = new SteppedBroker(Files, Seen, Options, _time, Random, Log);
        for (int index = 0; index < Partitions; index++)
        {
            var id = new TopicIdPartition(new Guid("0198c0de-0000-4000-8000-000000000002"), index);
            var producers = new List<IdempotentProducer>();
            for (int producer = 0; producer < ProducersPerPartition; producer++) producers.Add(new IdempotentProducer(1_000 + producer, id, Random));
            _partitions.Add(new PartitionLedger(id, producers, new KeyedClient(id, Random), _broker));
        }
    }

    internal int RecordsChecked => _partitions.Sum(static partition => partition.RecordsChecked);

    /// <summary>Batches that were sent at one life of the broker and acknowledged at a later one: what retries are for.</summary>
    internal int AckedAfterRestart { get; private set; }

    /// <summary>Keys that came again and were found, and keys that another request had.</summary>
    internal int KeysFound => _partitions.Sum(static partition => partition.Keyed.Repetitions);

    /// <inheritdoc cref="KeysFound"/>
    internal int KeysRefused => _partitions.Sum(static partition => partition.Keyed.Refusals);

    /// <summary>Requests with a key that were stored in one life and found by their key in a later one, without an answer in between.</summary>
    internal int KeysFoundAfterRestart { get; private set; }

    protected override void Play()
    {
        _broker.OpenStore();
        for (int life = 0; life < Lives; life++) LiveAndEnd();
        Begin();
        _broker.RunUntil(
            () => !InFlight().Any(),
            () => $"never answered: {string.Join(", ", InFlight())}");
        Audit();
        _broker.Close();
    }

    protected override void OpenStore() => _broker.OpenStore();

    protected override void Die() => _broker.Kill();

    protected override void LosePower() => _broker.CutPower();

    private void LiveAndEnd()
    {
        SentBatch[] unanswered = [.. InFlight()];
        try
        {
            if (Random.Next(3) == 0) ArmTrouble(changesAtMost: 500, failingOnceIn: 12);
            Begin();
            if (Random.Next(3) > 0) Audit();
            ArmTrouble(changesAtMost: 500, failingOnceIn: 12);
            bool runsFull = Random.Next(6) == 0;
            _broker.HasBeenFull = runsFull;
            for (int step = 0; step < StepsPerLife; step++)
            {
                if (runsFull) FillDisk(step is > 60 and < 150, most: 1_500);
                Step(_partitions[Random.Next(Partitions)]);
            }

            End();
        }
        catch (PowerCutException)
        {
            EndInTheMiddle();
        }
        catch (StoreOfflineException)
        {
            // The disk failed before all partitions were open. The broker would keep them offline until somebody restarts it: here, at once.
            Restart();
        }

        AckedAfterRestart += unanswered.Count(static batch => batch.IsAcked);
        KeysFoundAfterRestart += unanswered.Count(static batch => batch is { HasKey: true, WasThere: true });
    }

    /// <summary>Opens the partitions; the producers notice that their connections are gone and send again.</summary>
    private void Begin()
    {
        _broker.OpenPartitions(_partitions.Select(static partition => partition.Id), _settings);
        foreach (IdempotentProducer producer in Producers()) producer.Resend(_broker);
        foreach (PartitionLedger partition in _partitions) partition.Keyed.Resend(_broker);
    }

    private void Audit()
    {
        foreach (PartitionLedger partition in _partitions) _broker.Run(partition.Id, partition.AuditAsync);
    }

    private void Step(PartitionLedger partition)
    {
        IdempotentProducer producer = partition.Producers[Random.Next(ProducersPerPartition)];
        switch (Random.Next(20))
        {
            case < 6:
                producer.Send(_broker, _time.GetUtcNow().ToUnixTimeMilliseconds());
                break;
            case 6:
                producer.Resend(_broker);
                partition.Keyed.Resend(_broker);
                break;
            case < 9:
                long offset = Random.Next(2) == 0 ? partition.ReadEnd : Random.NextInt64(partition.ReadEnd + 1);
                int maxBytes = Random.Next(1, 4_000);
                _broker.Post(partition.Id, owner => partition.Read(owner, offset, maxBytes));
                break;
            case 9:
                _time.Advance(TimeSpan.FromMilliseconds(Random.Next(1, 5)));
                break;
            case < 12:
                partition.Keyed.Send(_broker, _time.GetUtcNow().ToUnixTimeMilliseconds());
                break;
            default:
                for (int i = Random.Next(8); i >= 0; i--) _ = _broker.RunOne();
                break;
        }
    }

    /// <summary>A life that no power cut ended: stops in good order, is killed, or the power goes between two steps.</summary>
    private void End()
    {
        int end = Random.Next(6);
        if (end > 1) throw new PowerCutException();
        if (end == 1) _broker.Close();
        Restart();
    }

    /// <summary>Starts a new process on all that the last one wrote, synced or not.</summary>
    private void Restart()
    {
        _broker.Kill();
        Calm();
        _broker.OpenStore();
    }

    private IEnumerable<SentBatch> InFlight() => Producers().SelectMany(static producer => producer.InFlight).Concat(_partitions.SelectMany(static partition => partition.Keyed.InFlight));

    private IEnumerable<IdempotentProducer> Producers() => _partitions.SelectMany(static partition => partition.Producers);
}

using Gateway.Common.Ids;
using Gateway.Shards;
using Gateway.Simulation.Disk;
using Gateway.Storage;

namespace Gateway.Simulation.BrokerCut;

/// <summary>
/// One seed, one history: idempotent producers and consumers over a few partitions, work in an order that chance picks, an end of any kind
/// in the middle of anything, a start on what the disk kept, and the producers send again what was never answered.
/// </summary>
internal sealed class BrokerCutScenario
{
    private const int Lives = 6;
    private const int StepsPerLife = 250;
    private const int Partitions = 3;
    private const int ProducersPerPartition = 2;

    private readonly Random _random;
    private readonly SimulatedFileSystem _files = new();
    private readonly VirtualTimeProvider _time = new();
    private readonly SteppedBroker _broker;
    private readonly LogSettings _settings;
    private readonly List<PartitionLedger> _partitions = [];

    internal BrokerCutScenario(int seed, bool acknowledgeBeforeSync = false)
    {
        _random = new Random(seed);
        var options = new LogStoreOptions
        {
            JournalFileBytes = 1024 * _random.Next(8, 24),
            BypassBytes = _random.Next(800, 4_000),
            MaxJournalFiles = _random.Next(3, 6),
            MaxBytesInFlight = _random.Next(4_000, 60_000),
            MaxOpenSegments = _random.Next(1, 6),
            LogsSyncedTogether = _random.Next(2) == 0 ? 2 : 8,
            AcknowledgeBeforeSync = acknowledgeBeforeSync,
        };
        _settings = new LogSettings { SegmentBytes = _random.Next(4_500, 12_000), IndexIntervalBytes = _random.Next(100, 1_000) };
        _broker = new SteppedBroker(_files, options, _time, _random);
        for (int index = 0; index < Partitions; index++)
        {
            var id = new TopicIdPartition(new Guid("0198c0de-0000-4000-8000-000000000002"), index);
            var producers = new List<IdempotentProducer>();
            for (int producer = 0; producer < ProducersPerPartition; producer++) producers.Add(new IdempotentProducer(1_000 + producer, id, _random));
            _partitions.Add(new PartitionLedger(id, producers, _broker));
        }
    }

    internal int PowerCuts { get; private set; }

    internal int RecordsChecked => _partitions.Sum(static partition => partition.RecordsChecked);

    /// <summary>Batches that were sent at one life of the broker and acknowledged at a later one: what retries are for.</summary>
    internal int AckedAfterRestart { get; private set; }

    internal void Run()
    {
        _broker.OpenStore();
        for (int life = 0; life < Lives; life++) LiveAndEnd();
        Begin();
        _broker.RunUntil(
            () => !Producers().Any(static producer => producer.InFlight.Any()),
            () => $"never answered: {string.Join(", ", Producers().SelectMany(static producer => producer.InFlight))}");
        Audit();
        _broker.Close();
    }

    private void LiveAndEnd()
    {
        SentBatch[] unanswered = [.. Producers().SelectMany(static producer => producer.InFlight)];
        try
        {
            if (_random.Next(3) == 0) ArmTrouble();
            Begin();
            if (_random.Next(3) > 0) Audit();
            ArmTrouble();
            for (int step = 0; step < StepsPerLife; step++) Step(_partitions[_random.Next(Partitions)]);
            End();
        }
        catch (PowerCutException)
        {
            CutPower();
        }
        catch (StoreOfflineException)
        {
            // The disk failed before all partitions were open. The broker would keep them offline until somebody restarts it: here, at once.
            Restart();
        }

        AckedAfterRestart += unanswered.Count(static batch => batch.IsAcked);
    }

    /// <summary>Opens the partitions; the producers notice that their connections are gone and send again.</summary>
    private void Begin()
    {
        _broker.OpenPartitions(_partitions.Select(static partition => partition.Id), _settings);
        foreach (IdempotentProducer producer in Producers()) producer.Resend(_broker);
    }

    private void Audit()
    {
        foreach (PartitionLedger partition in _partitions) _broker.Run(partition.Id, partition.AuditAsync);
    }

    /// <summary>What may happen to the disk while the broker lives.</summary>
    private void ArmTrouble()
    {
        _files.IsCold = _ => _random.Next(4) == 0;
        if (_random.Next(2) == 0) _files.ChangesUntilPowerCut = _random.Next(1, 500);
        int failSync = _random.Next(8) == 0 ? _random.Next(1, 80) : int.MaxValue;
        _files.BeforeSync = path =>
        {
            if (--failSync == 0) throw new IOException($"The device lost {path}");
        };
    }

    private void Calm()
    {
        _files.IsCold = static _ => false;
        _files.BeforeSync = static _ => { };
        _files.ChangesUntilPowerCut = int.MaxValue;
    }

    private void Step(PartitionLedger partition)
    {
        IdempotentProducer producer = partition.Producers[_random.Next(ProducersPerPartition)];
        switch (_random.Next(20))
        {
            case < 6:
                producer.Send(_broker, _time.GetUtcNow().ToUnixTimeMilliseconds());
                break;
            case 6:
                producer.Resend(_broker);
                break;
            case < 9:
                long offset = _random.Next(2) == 0 ? partition.ReadEnd : _random.NextInt64(partition.ReadEnd + 1);
                int maxBytes = _random.Next(1, 4_000);
                _broker.Post(partition.Id, owner => partition.Read(owner, offset, maxBytes));
                break;
            case 9:
                _time.Advance(TimeSpan.FromMilliseconds(_random.Next(1, 5)));
                break;
            default:
                for (int i = _random.Next(8); i >= 0; i--) _ = _broker.RunOne();
                break;
        }
    }

    /// <summary>A life that no power cut ended: stops in good order, is killed, or the power goes between two steps.</summary>
    private void End()
    {
        int end = _random.Next(6);
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

    private void CutPower()
    {
        PowerCuts++;
        _broker.CutPower();
        Calm();
        // Recovery itself may be cut short, and what it had done by then is as uncertain as everything else.
        for (int cuts = _random.Next(3); cuts > 0; cuts--)
        {
            _files.ChangesUntilPowerCut = _random.Next(1, 60);
            try
            {
                _broker.OpenStore();
            }
            catch (PowerCutException)
            {
                PowerCuts++;
            }

            _broker.CutPower();
        }

        _broker.OpenStore();
    }

    private IEnumerable<IdempotentProducer> Producers() => _partitions.SelectMany(static partition => partition.Producers);
}

using Gateway.Broker.Configs;
using Gateway.Broker.Network;
using Gateway.Broker.Partitions;
using Gateway.Common.Errors;
using Gateway.Common.Ids;
using Gateway.Common.Records;
using Gateway.Shards;
using Gateway.Simulation.Disk;
using Gateway.Storage;
using Gateway.Storage.Files;
using Microsoft.Extensions.Logging;

namespace Gateway.Simulation.BrokerCut;

/// <summary>
/// A broker's partitions on stepped shards, over a store whose threads are stepped too. Every start makes all of it anew, as a process does;
/// only the disk, the clock and the leader epoch (which the metadata log would keep) outlive it.
/// </summary>
internal sealed class SteppedBroker(
    SimulatedFileSystem files, IFileSystem seen, LogStoreOptions storeOptions, VirtualTimeProvider time, Random random, ILogger logger)
{
    private static readonly Guid s_cluster = new("6f1c5bd0-2f3e-4a0e-9d4e-0c3a5b1d2e4f");

    private readonly Dictionary<TopicIdPartition, (Partition Partition, Shard Shard)> _partitions = [];
    private SteppedShardHost _host = null!;
    private SteppedExecutor _flush = null!;
    private SteppedExecutor _syncs = null!;
    private SteppedExecutor _io = null!;
    private SteppedExecutor _checks = null!;
    private DataDirectory? _directory;
    private LogStore _store = null!;
    private int _leaderEpoch;
    private bool _isClosing;

    /// <summary>Whom partitions ask about transactions; null takes every batch.</summary>
    internal ITransactionVerifier? Verifier { get; set; }

    /// <summary>How often it was started.</summary>
    internal int Life { get; private set; }

    /// <summary>The power is gone: what still runs did not happen, and nobody hears of it.</summary>
    internal bool IsPowerGone => files.ChangesUntilPowerCut == 0;

    /// <summary>An answer may be an error: the disk failed, or the broker is on its way down.</summary>
    internal bool MayRefuse => _isClosing || !_store.IsOnline || HasBeenFull;

    /// <summary>The disk had no room at some time of this life.</summary>
    internal bool HasBeenFull { get; set; }

    /// <summary>Starts the store. May be cut short by the power.</summary>
    internal void OpenStore()
    {
        (_flush, _syncs, _io, _checks) = (new SteppedExecutor(), new SteppedExecutor(), new SteppedExecutor(), new SteppedExecutor());
        _host = new SteppedShardHost(random.Next(4) == 0 ? 3 : 2, random.Next(), time);
        _partitions.Clear();
        _isClosing = HasBeenFull = false;
        Life++;
        _directory = DataDirectory.Open(seen, "/data", static () => s_cluster);
        _store = LogStore.Open(_directory, storeOptions, time, _flush, _syncs, _io, logger);
    }

    /// <summary>Opens the partitions on their shards, as the broker does once it knows its topics.</summary>
    internal void OpenPartitions(IEnumerable<TopicIdPartition> ids, LogSettings settings)
    {
        if (!_store.WasClosedCleanly) _leaderEpoch++;
        var options = new PartitionOptions(_checks, new MemoryBudget(64 << 20), logger)
        {
            SnapshotEveryBytes = random.Next(200, 6_000),
            PlainBytesCheckedInline = random.Next(2) == 0 ? 300 : 1 << 20,
            Transactions = Verifier,
            Keys = new RememberedKeyLimits(KeyedClient.KeysRemembered, 86_400_000),
        };
        foreach (TopicIdPartition id in ids)
        {
            Shard shard = _host.Shards[PartitionPlacement.ShardOf(id, _host.Shards.Count)];
            RunOn(shard, () =>
            {
                PartitionLog log = _store.OpenLog(id, settings, shard);
                var partition = new Partition(shard, id, "orders", log, ConfigWith(settings), _leaderEpoch, options);
                _partitions.Add(id, (partition, shard));
                Replay(partition);
                return Task.CompletedTask;
            });
        }
    }

    /// <summary>Sends work to a partition's shard, behind everything that was sent there before, as requests of one connection are.</summary>
    internal void Post(TopicIdPartition id, Action<Partition> work)
    {
        (Partition partition, Shard shard) = _partitions[id];
        shard.Post(() => work(partition));
    }

    /// <summary>Runs work on a partition's shard to its end.</summary>
    internal void Run(TopicIdPartition id, Func<Partition, Task> work)
    {
        (Partition partition, Shard shard) = _partitions[id];
        RunOn(shard, () => work(partition));
    }

    /// <summary>The shard that owns a partition.</summary>
    internal Shard ShardOf(TopicIdPartition id) => _partitions[id].Shard;

    /// <summary>A partition, for those on another shard.</summary>
    internal ShardRef<Partition> RefTo(TopicIdPartition id) => new(_partitions[id].Shard, _partitions[id].Partition);

    /// <summary>Runs one piece of work at a place that chance picks; false when there is none anywhere.</summary>
    internal bool RunOne()
    {
        int first = random.Next(5);
        for (int i = 0; i < 5; i++)
        {
            // The shards get two turns of five: there is more than one of them.
            bool ran = ((first + i) % 5) switch
            {
                0 => _flush.RunOne(),
                1 => random.Next(2) == 0 ? _syncs.RunOne() || _io.RunOne() : _io.RunOne() || _syncs.RunOne(),
                2 => _checks.RunOne(),
                _ => _host.RunOne(),
            };
            if (IsPowerGone) throw new PowerCutException();
            if (ran) return true;
        }

        return false;
    }

    /// <summary>Runs until something holds, moving the clock when nothing else is left to do.</summary>
    internal void RunUntil(Func<bool> holds, Func<string> otherwise)
    {
        for (int idle = 0; !holds();)
        {
            if (RunOne()) continue;
            if (++idle > 1_000) throw new PromiseBrokenException(otherwise());
            time.Advance(TimeSpan.FromMilliseconds(1));
        }
    }

    /// <summary>Stops in good order.</summary>
    internal void Close()
    {
        _isClosing = true;
        foreach ((Partition partition, Shard shard) in _partitions.Values)
        {
            RunOn(shard, () =>
            {
                partition.Close(ErrorCode.NotLeaderOrFollower);
                return Task.CompletedTask;
            });
        }

        RunOn(_host.Shards[0], async () => await _store.DisposeAsync());
        _directory!.Dispose();
    }

    /// <summary>Ends as a killed process does: what the page cache has survives.</summary>
    internal void Kill()
    {
        _host.Crash();
        _directory!.Dispose();
    }

    /// <summary>Ends as a power cut does.</summary>
    internal void CutPower()
    {
        _host.Crash();
        files.Crash(random);
    }

    private static async void Replay(Partition partition) => await partition.ReplayProducersAsync();

    private static TopicConfig ConfigWith(LogSettings settings) => new()
    {
        Rules = new ValidationRules { SegmentBytes = settings.SegmentBytes },
        Log = settings,
        IsCompacted = false,
        MinInsyncReplicas = 1,
        WriteCaching = false,
    };

    private void RunOn(Shard shard, Func<Task> work)
    {
        Task? running = null;
        shard.Post(() => running = work());
        RunUntil(() => running is { IsCompleted: true }, () => $"work on shard {shard.Index} never ended");
        running!.GetAwaiter().GetResult();
    }
}

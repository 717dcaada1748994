using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using Gateway.Broker.Cluster;
using Gateway.Broker.Cluster.Decisions;
using Gateway.Broker.Configs;
using Gateway.Broker.Coordinators.Groups;
using Gateway.Broker.Coordinators.Transactions;
using Gateway.Broker.Handlers;
using Gateway.Broker.Handlers.Groups;
using Gateway.Broker.Handlers.Transactions;
using Gateway.Broker.Metrics;
using Gateway.Broker.Network;
using Gateway.Broker.Partitions;
using Gateway.Common.Ids;
using Gateway.Shards;
using Gateway.Shards.Sockets;
using Gateway.Storage;
using Gateway.Storage.Execution;
using Gateway.Storage.Files;
using Microsoft.Extensions.Logging;

namespace Gateway.Broker;

/// <summary>Builds a broker: data directory, log store, replay, shards' parts, handlers, listener, in this order.</summary>
public static class BrokerModule
{
    private const int IoThreads = 4;
    private const int SyncThreads = 2;

    /// <summary>Starts a broker on shards that run already. They must run until the broker was disposed.</summary>
    /// <exception cref="BrokerConfigException">A setting is unknown or has a value it cannot have.</exception>
    /// <exception cref="DataDirectoryException">The data directory is in use, or of a newer format.</exception>
    public static async Task<KafkaBroker> StartAsync(BrokerOptions options, IShardHost host, ILoggerFactory loggers)
    {
        ImmutableSortedDictionary<string, string> settings = Checked(options.Settings);
        TimeProvider time = host.Shards[0].Time;
        var started = new KafkaBroker(options, host);
        try
        {
            DataDirectory directory = started.Own(Storage.DataDirectory.Open(options.FileSystem ?? new OsFileSystem(), options.DataDirectory, options.NewId, options.NodeId));
            ThreadExecutor flusher = started.Own(new ThreadExecutor("flush"));
            ThreadExecutor syncs = started.Own(new ThreadExecutor("sync", SyncThreads));
            ThreadExecutor io = started.Own(new ThreadExecutor("io", IoThreads));
            ThreadExecutor deletions = started.Own(new ThreadExecutor("delete", isBackground: true));
            ThreadExecutor checks = started.Own(new ThreadExecutor("checks", Math.Max(1, host.Shards.Count)));
            List<LogCleaner> cleaners = Cleaners(settings, options, time, started);
            LogScrubber? scrubber = Scrubber(settings, time, started);
            BrokerMetrics metrics = started.Own(new BrokerMetrics());
            DescriptorShares descriptors = options.Descriptors ?? DescriptorShares.OfThisProcess();
            LogStoreOptions storeOptions = options.Store with { MaxOpenSegments = Math.Min(options.Store.MaxOpenSegments, descriptors.Segments) };
            LogStore store = LogStore.Open(directory, storeOptions, time, flusher, syncs, io, loggers.CreateLogger("Gateway.Storage"), deletions);
            started.Own(store);

            ILogger logger = loggers.CreateLogger("Gateway.Broker");
            settings = settings.SetItems(FixedSettings(directory, options));
            var memory = new MemoryBudget(options.EffectiveMemoryBudget);
            var partitions = new PartitionOptions(checks, memory, logger) { Validators = options.Validators, Keys = KeysOf(settings) };
            BrokerServices services = await ComposeAsync(options, host, loggers, directory, store, settings, metrics, partitions);
            started.Own(services);
            await services.Groups.LoadedAsync();
            await services.Transactions.LoadedAsync();
            StartCleaning(cleaners, settings, host.Shards[0], services.Router, started);
            if (scrubber is not null) StartScrubbing(scrubber, settings, host.Shards[0], services.Router, started);

            var table = new HandlerTable(host.Shards.Count);
            HandlerRegistration.AddTo(table, services);
            GroupHandlers.AddTo(table, services);
            TransactionHandlers.AddTo(table, services);
            KafkaListener listener = KafkaListener.Start(
                new KafkaListenerOptions { EndPoint = options.KafkaEndPoint, AdvertisedAddress = options.AdvertisedKafkaAddress, Limits = Limits(settings, descriptors) },
                table, host, memory, loggers.CreateLogger("Gateway.Broker.Network"));
            started.Open(listener, table);
            ModuleEvents.Started(logger, directory.ClusterId, directory.NodeId, listener.BoundAddress, listener.AdvertisedAddress, host.Shards.Count, !store.WasClosedCleanly);
            return started;
        }
        catch
        {
            await started.DisposeAsync();
            throw;
        }
    }

    private static RememberedKeyLimits KeysOf(ImmutableSortedDictionary<string, string> settings)
    {
        EffectiveConfigs configs = EffectiveConfigs.None with { Static = settings };
        return new RememberedKeyLimits(
            configs.BrokerInt(BrokerConfigs.IdempotencyKeyMax), configs.BrokerLong(BrokerConfigs.IdempotencyKeyRetentionMs));
    }

    private static async Task<BrokerServices> ComposeAsync(
        BrokerOptions options, IShardHost host, ILoggerFactory loggers, DataDirectory directory, LogStore store,
        ImmutableSortedDictionary<string, string> settings, BrokerMetrics metrics, PartitionOptions partitionOptions)
    {
        ClusterImage empty = ClusterImage.Empty(directory.ClusterId, directory.NodeId, settings);
        var router = new PartitionRouter(host.Shards.Count);
        List<ShardRef<GroupCoordinator>> groupCoordinators = [];
        List<ShardRef<TransactionCoordinator>> transactionCoordinators = [];
        var groups = new GroupRouter(router, groupCoordinators);
        var transactions = new TransactionRouter(router, transactionCoordinators);
        partitionOptions = partitionOptions with { DeadLetters = new DeadLetters(router), Transactions = transactions };
        ILogger groupLogger = loggers.CreateLogger("Gateway.Broker.Groups");
        ILogger transactionLogger = loggers.CreateLogger("Gateway.Broker.Transactions");
        foreach (Shard shard in host.Shards)
        {
            var part = new BrokerShard(shard, empty, store, router, partitionOptions, metrics);
            router.Set(shard.Index, new ShardRef<BrokerShard>(shard, part));
            groupCoordinators.Add(new ShardRef<GroupCoordinator>(shard, new GroupCoordinator(part, options.NewId, groupLogger)));
            transactionCoordinators.Add(new ShardRef<TransactionCoordinator>(shard, new TransactionCoordinator(part, groups, transactionLogger)));
        }
        var kept = new KeptTopics(options.KeptTopics);
        var start = new ClusterStart(host.Shards[0], store, router, kept, partitionOptions.Logger);
        ShardRef<Controller> controller = await new ShardRef<ClusterStart>(host.Shards[0], start)
            .Call(static (target, empty) => target.RunAsync(empty), empty);
        return new BrokerServices(
            router, controller, new CreateTopics(options.NewId, options.DropsRetiredConfigs, kept), new AlterConfigs(options.DropsRetiredConfigs, kept),
            new CreatePartitions(kept), groups, transactions);
    }

    /// <summary>One cleaner per thread; they are there before the store, which ends what they have under way, and go after it.</summary>
    private static List<LogCleaner> Cleaners(
        ImmutableSortedDictionary<string, string> settings, BrokerOptions options, TimeProvider time, KafkaBroker started)
    {
        EffectiveConfigs configs = EffectiveConfigs.None with { Static = settings };
        var cleaners = new List<LogCleaner>();
        if (!configs.BrokerBoolean(BrokerConfigs.CleanerEnable)) return cleaners;
        int threads = configs.BrokerInt(BrokerConfigs.CleanerThreads);
        var cleaning = new LogCleanerOptions
        {
            DedupeBufferBytes = configs.BrokerLong(BrokerConfigs.CleanerDedupeBufferSize) / threads,
            MaxBytesPerSecond = ConfigValues.Double(configs.Broker(BrokerConfigs.CleanerIoMaxBytesPerSecond)!) / threads,
        };
        for (int i = 0; i < threads; i++)
        {
            var thread = new ThreadExecutor($"cleaner-{i}", isBackground: true);
            cleaners.Add(started.Own(new LogCleaner(thread, cleaning, time, options.NewId())));
            started.Own(thread);
        }
        return cleaners;
    }

    private static LogScrubber? Scrubber(ImmutableSortedDictionary<string, string> settings, TimeProvider time, KafkaBroker started)
    {
        EffectiveConfigs configs = EffectiveConfigs.None with { Static = settings };
        if (configs.BrokerLong(BrokerConfigs.ScrubIntervalMs) < 0) return null;
        var thread = new ThreadExecutor("scrub", isBackground: true);
        LogScrubber scrubber = started.Own(new LogScrubber(thread, ConfigValues.Double(configs.Broker(BrokerConfigs.ScrubIoMaxBytesPerSecond)!), time));
        started.Own(thread);
        return scrubber;
    }

    private static void StartScrubbing(
        LogScrubber scrubber, ImmutableSortedDictionary<string, string> settings, Shard shard, PartitionRouter router, KafkaBroker started)
    {
        EffectiveConfigs configs = EffectiveConfigs.None with { Static = settings };
        var interval = TimeSpan.FromMilliseconds(Math.Min(configs.BrokerLong(BrokerConfigs.ScrubIntervalMs), int.MaxValue));
        var schedule = new ShardRef<ScrubSchedule>(shard, new ScrubSchedule(shard, router, scrubber, interval));
        started.Own(schedule);
        schedule.Post(static target => target.Start());
    }

    private static void StartCleaning(
        List<LogCleaner> cleaners, ImmutableSortedDictionary<string, string> settings, Shard shard, PartitionRouter router, KafkaBroker started)
    {
        if (cleaners.Count == 0) return;
        EffectiveConfigs configs = EffectiveConfigs.None with { Static = settings };
        var backoff = TimeSpan.FromMilliseconds(Math.Min(configs.BrokerLong(BrokerConfigs.CleanerBackoffMs), int.MaxValue));
        var schedule = new ShardRef<CleaningSchedule>(shard, new CleaningSchedule(shard, router, cleaners, backoff));
        started.Own(schedule);
        schedule.Post(static target => target.Start());
    }

    /// <summary>What the broker says about itself, whatever the settings say.</summary>
    private static Dictionary<string, string> FixedSettings(DataDirectory directory, BrokerOptions options)
    {
        string node = directory.NodeId.ToString(CultureInfo.InvariantCulture);
        IPEndPoint endPoint = options.KafkaEndPoint;
        HostAndPort advertised = options.AdvertisedKafkaAddress ?? new HostAndPort(endPoint.Address.ToString(), endPoint.Port);
        return new()
        {
            [BrokerConfigs.BrokerId] = node,
            [BrokerConfigs.NodeId] = node,
            [BrokerConfigs.LogDirs] = directory.Path,
            [BrokerConfigs.Listeners] = $"PLAINTEXT://{endPoint}",
            [BrokerConfigs.AdvertisedListeners] = $"PLAINTEXT://{advertised}",
        };
    }

    private static ConnectionLimits Limits(ImmutableSortedDictionary<string, string> settings, DescriptorShares descriptors)
    {
        EffectiveConfigs configs = EffectiveConfigs.None with { Static = settings };
        long idleMs = configs.BrokerLong(BrokerConfigs.ConnectionsMaxIdleMs);
        return new ConnectionLimits
        {
            MaxFrameBytes = configs.BrokerInt(BrokerConfigs.SocketRequestMaxBytes),
            MaxIdle = idleMs < 0 ? TimeSpan.MaxValue : TimeSpan.FromMilliseconds(idleMs),
            // However many are allowed: the log's files have to be opened too.
            MaxConnections = Math.Min(configs.BrokerInt(BrokerConfigs.MaxConnections), descriptors.KafkaConnections),
            MaxConnectionsPerIp = configs.BrokerInt(BrokerConfigs.MaxConnectionsPerIp),
        };
    }

    private static ImmutableSortedDictionary<string, string> Checked(IReadOnlyDictionary<string, string> settings)
    {
        foreach ((string name, string value) in settings)
        {
            if (ConfigChecks.BrokerProblem(name, value) is { } problem) throw new BrokerConfigException(problem);
        }
        return settings.ToImmutableSortedDictionary(StringComparer.Ordinal);
    }
}

/// <summary>A setting the broker cannot start with; the message names it.</summary>
public sealed class BrokerConfigException(string message) : Exception(message);

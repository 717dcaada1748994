using Gateway.Broker.Tests.Support;
using Gateway.Common.Errors;
using Gateway.Protocol.Messages;
using Gateway.Storage;
using Gateway.Storage.Files;
using static Gateway.Broker.Tests.Support.Batches;

namespace Gateway.Broker.Tests.Partitions;

/// <summary>What clients see when stored data is damaged or the disk fails (design D5, D11).</summary>
public sealed class PartitionOnABadDiskTests
{
    [Fact]
    public async Task A_damaged_log_takes_its_partition_offline_and_no_other()
    {
        await using TestBroker broker = await TestBroker.StartAsync();
        Guid damaged = await broker.CreateTopic("damaged");
        Guid sound = await broker.CreateTopic("sound");
        await broker.Store(damaged, Of("a"));
        await broker.Store(sound, Of("b"));
        await broker.RestartAsync(); // so that the records lie below the recovery point
        await broker.DamageAsync(damaged);

        Assert.Equal(ErrorCode.KafkaStorageError, (await broker.Produce(damaged, Of("c"))).ErrorCode);
        Assert.Equal(ErrorCode.KafkaStorageError, (await broker.Fetch(damaged, 0)).ErrorCode);
        MetadataResponse metadata = await broker.Send(new MetadataRequest { Topics = [new() { Name = "damaged" }] });
        MetadataResponse.MetadataResponsePartition partition = metadata.Topics[0].Partitions[0];
        Assert.Equal((ErrorCode.LeaderNotAvailable, -1), (partition.ErrorCode, partition.LeaderId)); // MD-6
        Assert.Equal([1], partition.ReplicaNodes);
        Assert.Equal([1], partition.OfflineReplicas);
        using WireClient wire = await broker.Connect();
        FetchRequest old = Fetch(Guid.Empty, 0, 0);
        old.Topics[0].Topic = "damaged";
        Assert.Equal(ErrorCode.NotLeaderOrFollower, (await wire.Ask(old, 5)).Responses[0].Partitions[0].ErrorCode);

        Assert.Equal(["b"], Values(await broker.Fetch(sound, 0)));
        Assert.Equal(1, await broker.Store(sound, Of("d")));
        Assert.Equal(ErrorCode.None, await broker.DeleteTopic("damaged"));
        Assert.Equal(0, await broker.Store(await broker.CreateTopic("damaged"), Of("new")));
    }

    [Fact]
    public async Task A_last_segment_that_may_not_be_opened_takes_its_partition_offline_and_no_other()
    {
        await using TestBroker broker = await TestBroker.StartAsync();
        Guid forbidden = await broker.CreateTopic("forbidden");
        Guid sound = await broker.CreateTopic("sound");
        await broker.Store(forbidden, Of("a"));
        await broker.Store(sound, Of("b"));
        await broker.ForbidAsync(forbidden);

        Assert.Equal(ErrorCode.KafkaStorageError, (await broker.Produce(forbidden, Of("c"))).ErrorCode);
        Assert.Equal(ErrorCode.KafkaStorageError, (await broker.Fetch(forbidden, 0)).ErrorCode);
        Assert.Equal(["b"], Values(await broker.Fetch(sound, 0)));
        Assert.Equal(1, await broker.Store(sound, Of("d")));
    }

    [Fact]
    public async Task A_replica_directory_that_is_gone_after_a_clean_stop_is_told_of()
    {
        await using TestBroker broker = await TestBroker.StartAsync();
        Guid lost = await broker.CreateTopic("lost", 2);
        Guid untouched = await broker.CreateTopic("untouched", 2);
        await broker.Store(lost, Of("a"));
        await broker.RestartAsync();
        Assert.Empty(broker.Warnings.Lines);
        await broker.LoseAsync(lost);
        Assert.EndsWith($"topic=lost id={lost} partitions=0", Assert.Single(broker.Warnings.Lines), StringComparison.Ordinal);
        Assert.Equal(0, await broker.Store(lost, Of("b")));
        Assert.Equal(0, await broker.Store(untouched, Of("c")));
    }

    [Fact]
    public async Task A_disk_without_room_for_a_new_log_takes_that_partition_offline_until_there_is_room()
    {
        var files = new FailingFileSystem(new OsFileSystem());
        await using TestBroker broker = await TestBroker.StartAsync(files: files);
        Guid sound = await broker.CreateTopic("sound");
        files.FailDirectories = true;
        Guid roomless = await broker.CreateTopic("roomless");
        Assert.Equal(ErrorCode.KafkaStorageError, (await broker.Produce(roomless, Of("a"))).ErrorCode);
        Assert.Equal(0, await broker.Store(sound, Of("b")));

        MetadataResponse metadata = await broker.Send(new MetadataRequest { Topics = [new() { Name = "roomless" }] });
        Assert.Equal([1], metadata.Topics[0].Partitions[0].OfflineReplicas);

        // When there is room it is opened by itself, in the very turn of its shard in which the directory is made.
        files.FailDirectories = false;
        await files.DirectoriesWork.WaitAsync(TimeSpan.FromMinutes(1));
        Assert.Equal(0, await broker.Store(roomless, Of("c")));
        metadata = await broker.Send(new MetadataRequest { Topics = [new() { Name = "roomless" }] });
        Assert.Empty(metadata.Topics[0].Partitions[0].OfflineReplicas);
        await broker.RestartAsync();
        Assert.Equal(1, await broker.Store(roomless, Of("d")));
        Assert.Equal(["c", "d"], Values(await broker.Fetch(roomless, 0)));
        Assert.Equal(["b"], Values(await broker.Fetch(sound, 0)));
    }

    [Fact]
    public async Task A_full_disk_refuses_producers_not_readers_and_goes_on_by_itself_when_there_is_room()
    {
        var files = new FailingFileSystem(new OsFileSystem());
        await using TestBroker broker = await TestBroker.StartAsync(files: files);
        Guid topic = await broker.CreateTopic("filling");
        await broker.Store(topic, Of("a"));
        files.IsFull = true;
        Assert.Equal(ErrorCode.KafkaStorageError, (await broker.Produce(topic, Of("b"))).ErrorCode);
        Assert.Equal(["a"], Values(await broker.Fetch(topic, 0)));
        Assert.True(broker.Broker.IsOnline);
        files.IsFull = false;
        Assert.Equal(1, await broker.Store(topic, Of("c")));
        Assert.Equal(["a", "c"], Values(await broker.Fetch(topic, 0)));
    }

    [Fact]
    public async Task While_there_is_no_room_for_a_decision_clients_are_told_to_come_again_and_then_it_is_made()
    {
        var files = new FailingFileSystem(new OsFileSystem());
        await using TestBroker broker = await TestBroker.StartAsync(files: files);
        async Task<ErrorCode[]> Ask() =>
        [
            (await broker.Send(new FindCoordinatorRequest { KeyType = 0, CoordinatorKeys = ["g"] })).Coordinators[0].ErrorCode,
            (await broker.Send(new InitProducerIdRequest { TransactionalId = null, ProducerId = -1, ProducerEpoch = -1 })).ErrorCode,
            (await broker.Send(new MetadataRequest { Topics = [new() { Name = "wanted" }], AllowAutoTopicCreation = true })).Topics[0].ErrorCode,
        ];
        files.IsFull = true;
        ErrorCode[] refused = [ErrorCode.CoordinatorNotAvailable, ErrorCode.CoordinatorNotAvailable, ErrorCode.LeaderNotAvailable];
        Assert.Equal(refused, await Ask());
        Assert.Equal(refused, await Ask());
        files.IsFull = false;
        Assert.Equal([ErrorCode.None, ErrorCode.None, ErrorCode.None], await Ask());
    }

    [Fact]
    public async Task IDM_4_an_unknown_producer_whose_first_batch_found_no_room_starts_with_that_batch()
    {
        var files = new FailingFileSystem(new OsFileSystem());
        await using TestBroker broker = await TestBroker.StartAsync(files: files);
        Guid topic = await broker.CreateTopic("filling");
        await broker.Store(topic, OfProducer(1, 0, 7, "known"));
        files.IsFull = true;
        Assert.Equal(ErrorCode.KafkaStorageError, (await broker.Produce(topic, OfProducer(2, 0, 5, "first"))).ErrorCode);
        files.IsFull = false;
        // It was in flight behind the first; were it taken, the first would be out of order for good.
        Assert.Equal(ErrorCode.OutOfOrderSequenceNumber, (await broker.Produce(topic, OfProducer(2, 0, 6, "second"))).ErrorCode);
        Assert.Equal(1, await broker.Store(topic, OfProducer(2, 0, 5, "first")));
        Assert.Equal(2, await broker.Store(topic, OfProducer(2, 0, 6, "second")));
        // A producer that gave up comes with a new epoch, and another is not concerned.
        files.IsFull = true;
        Assert.Equal(ErrorCode.KafkaStorageError, (await broker.Produce(topic, OfProducer(3, 0, 5, "lost"))).ErrorCode);
        files.IsFull = false;
        Assert.Equal(3, await broker.Store(topic, OfProducer(3, 1, 0, "anew")));
        Assert.Equal(4, await broker.Store(topic, OfProducer(4, 0, 9, "other")));
    }

    [Fact]
    public async Task A_topic_that_is_created_while_the_journal_has_no_room_waits_for_some()
    {
        var files = new FailingFileSystem(new OsFileSystem());
        await using TestBroker broker = await TestBroker.StartAsync(files: files, store: new LogStoreOptions { MaxBytesInFlight = 100_000 });
        Guid topic = await broker.CreateTopic("busy");
        Task held = files.HoldSyncs();
        Task<long> stored = broker.Store(topic, Of(new string('x', 100_000)));
        await held;
        Task<Guid> created = broker.CreateTopic("next");
        Assert.False(stored.IsCompleted || created.IsCompleted);
        files.LetSyncsGo();
        Assert.Equal(0, await stored);
        Assert.Equal(0, await broker.Store(await created, Of("a")));
    }

    [Fact]
    public async Task IDM_8_a_failed_sync_refuses_what_waits_and_everything_after_it()
    {
        var files = new FailingFileSystem(new OsFileSystem());
        await using TestBroker broker = await TestBroker.StartAsync(files: files);
        Guid topic = await broker.CreateTopic("failing");
        await broker.Store(topic, OfProducer(1, 0, 0, "a"));
        ValueTask<FetchResponse> waiting = broker.Send(Fetch(topic, 0, 1, maxWaitMs: 600_000));
        Assert.True(broker.Broker.IsOnline);
        files.FailSyncs = true;
        Assert.Equal(ErrorCode.KafkaStorageError, (await broker.Produce(topic, OfProducer(1, 0, 1, "b"))).ErrorCode);
        Assert.False(broker.Broker.IsOnline);
        Assert.Equal(ErrorCode.KafkaStorageError, (await waiting).Responses[0].Partitions[0].ErrorCode);
        // Not "duplicate, stored": nobody knows whether it is.
        Assert.Equal(ErrorCode.KafkaStorageError, (await broker.Produce(topic, OfProducer(1, 0, 1, "b"))).ErrorCode);
        CreateTopicsResponse refused = await broker.Send(new CreateTopicsRequest { Topics = [new() { Name = "next", NumPartitions = 1, ReplicationFactor = 1 }] });
        Assert.Equal(ErrorCode.KafkaStorageError, refused.Topics[0].ErrorCode);
    }

    [Fact]
    public async Task PRD_18_a_batch_that_is_not_committed_in_time_is_reported_late_and_stays()
    {
        var files = new FailingFileSystem(new OsFileSystem());
        await using TestBroker broker = await TestBroker.StartAsync(files: files);
        Guid topic = await broker.CreateTopic("late");
        _ = files.HoldSyncs();
        ProduceRequest request = Produce(topic, 0, OfProducer(1, 0, 0, "a"));
        request.TimeoutMs = 1;
        Assert.Equal(ErrorCode.RequestTimedOut, (await broker.Send(request)).Responses[0].PartitionResponses[0].ErrorCode);
        // Written but not durable: nobody may see it (design D5).
        FetchResponse.PartitionData hidden = await broker.Fetch(topic, 0);
        Assert.Equal((0L, 0), (hidden.HighWatermark, hidden.Records!.Length));
        ValueTask<ProduceResponse> retry = broker.Send(Produce(topic, 0, OfProducer(1, 0, 0, "a")));
        files.LetSyncsGo();
        Assert.Equal(0, (await retry).Responses[0].PartitionResponses[0].BaseOffset);
        Assert.Equal(["a"], Values(await broker.Fetch(topic, 0)));
    }
}

using Gateway.Common.Ids;
using Gateway.Shards;
using Gateway.Simulation.Disk;
using Gateway.Storage;

namespace Gateway.Simulation.BrokerCut;

public class ReplayTests
{
    private static readonly TopicIdPartition s_id = new(new Guid("0198c0de-0000-4000-8000-000000000003"), 0);

    /// <summary>IDM-9, LOG-2: the first retention run may come before a partition has read what its producers wrote.</summary>
    [Fact]
    public void Retention_that_comes_while_producers_are_replayed_takes_no_partition_offline()
    {
        for (int seed = 0; seed < 30; seed++)
        {
            var random = new Random(seed);
            var time = new VirtualTimeProvider();
            bool isCold = false;
            var files = new SimulatedFileSystem { Chance = random, IsCold = path => isCold && path.EndsWith(".log", StringComparison.Ordinal) };
            var broker = new SteppedBroker(files, files, new LogStoreOptions(), time, random, new LastLines());
            var settings = new LogSettings { SegmentBytes = 4_500, IndexIntervalBytes = 500 };
            var producer = new IdempotentProducer(1_000, s_id, random);
            void SendAndWait(int batches)
            {
                for (int i = 0; i < batches; i++) producer.Send(broker, time.GetUtcNow().ToUnixTimeMilliseconds());
                broker.RunUntil(() => !producer.InFlight.Any(), () => $"seed {seed}: never answered: {string.Join(", ", producer.InFlight)}");
            }

            broker.OpenStore();
            broker.OpenPartitions([s_id], settings);
            for (int i = 0; i < 20; i++) SendAndWait(5);
            broker.Kill();
            // Without it the whole log is read again, segment by segment.
            foreach (string snapshot in files.AllFiles().Where(static path => path.EndsWith("producers", StringComparison.Ordinal))) files.Delete(snapshot);

            broker.OpenStore();
            isCold = true;
            broker.OpenPartitions([s_id], settings with { RetentionBytes = 1 });
            broker.Post(s_id, static partition => _ = partition.ApplyRetentionAsync(long.MaxValue));
            SendAndWait(5);
            broker.Run(s_id, static async partition =>
            {
                await partition.ApplyRetentionAsync(long.MaxValue);
                Assert.NotEqual(0, partition.LogStartOffset);
            });
            broker.Close();
        }
    }
}

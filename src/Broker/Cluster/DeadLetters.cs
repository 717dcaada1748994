using Gateway.Broker.Partitions;
using Gateway.Common.Buffers;
using Gateway.Common.Errors;
using Gateway.Common.Ids;
using Gateway.Shards;

namespace Gateway.Broker.Cluster;

/// <summary>Finds the partition that takes dead letters, and waits until it has them.</summary>
internal sealed class DeadLetters(PartitionRouter router) : IDeadLetters
{
    /// <summary>After this the batch they came from is refused; it holds up what was produced behind it.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <inheritdoc/>
    public void Send(Shard from, string topic, int partition, IReadOnlyList<RecordsLease> batches, Action<string?> done)
    {
        ClusterImage image = router.Shards[from.Index].Local.Image;
        string? problem = !image.TryGetTopic(topic, out TopicImage? target) ? "There is no such topic."
            : target.IsInternal ? "The topic is the broker's own."
            // Two topics that send each other what they do not take could wait for each other for ever.
            : target.Config.Schemas is not null ? "The topic validates schemas itself."
            : null;
        if (problem is not null)
        {
            foreach (RecordsLease batch in batches) batch.Dispose();
            done(problem);
            return;
        }
        var id = new TopicIdPartition(target!.Id, partition % target.PartitionCount);
        var delivery = new Delivery(from, batches.Count, done);
        router.OwnerOf(id).Post(
            static (owner, work) =>
            {
                owner.TryGetPartition(work.Id, out Partition? partition);
                foreach (RecordsLease batch in work.Batches)
                {
                    if (partition is not null)
                    {
                        partition.Append(new ProducedBatch(batch, AppendOrigin.DeadLetter, AckAt.Commit, work.Delivery));
                        continue;
                    }
                    batch.Dispose();
                    ((IAppendReply)work.Delivery).Complete(AppendOutcome.Refused(ErrorCode.UnknownTopicOrPartition, "There is no such topic."));
                }
            },
            (Id: id, Batches: batches, Delivery: delivery));
    }

    /// <summary>Batches of which each is answered on the shard that takes them; all together, on the one they come from.</summary>
    private sealed class Delivery : IAppendReply
    {
        private readonly Shard _from;
        private readonly ShardTimer _patience;
        private int _unanswered;
        private string? _problem;
        private Action<string?>? _done;

        public Delivery(Shard from, int batches, Action<string?> done)
        {
            _from = from;
            _unanswered = batches;
            _done = done;
            _patience = from.Schedule(Patience, static late => late.Settle("It did not take them in time."), this);
        }

        void IAppendReply.Complete(in AppendOutcome outcome)
        {
            if (outcome.Error != ErrorCode.None) _problem ??= outcome.Message ?? outcome.Error.ToString();
            if (--_unanswered == 0) _from.Post(static delivery => delivery.Settle(delivery._problem), this);
        }

        private void Settle(string? problem)
        {
            _patience.Dispose();
            Action<string?>? done = _done;
            _done = null;
            done?.Invoke(problem);
        }
    }
}

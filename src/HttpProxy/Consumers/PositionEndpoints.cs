using System.Text.Json;
using Gateway.Client.Consuming;
using Gateway.Client.Fetching;
using Gateway.Common.Errors;
using Gateway.Common.Ids;
using Gateway.HttpProxy.Http;

namespace Gateway.HttpProxy.Consumers;

/// <summary>Where an instance reads on.</summary>
internal static class PositionEndpoints
{
    internal static async ValueTask SeekAsync(ProxyCall call)
    {
        using JsonDocument? body = await call.CommandAsync().ConfigureAwait(false);
        List<(TopicPartition Partition, long Offset, string Metadata)>? offsets = CommandBody.Offsets(body, "offsets");
        List<(TopicPartition Partition, long TimestampMs)>? times = CommandBody.Timestamps(body, "timestamps");
        if (offsets is null && times is null) throw CommandBody.Refused("offsets or timestamps must be there");
        await InstanceCall.WithAsync(call, async (instance, cancel) =>
        {
            await InstanceCall.WaitForAssignmentAsync(call, instance, cancel).ConfigureAwait(false);
            var places = new Dictionary<TopicPartition, long>();
            foreach ((TopicPartition partition, long offset, _) in offsets ?? []) places[partition] = offset;
            foreach ((TopicPartition partition, long time) in times ?? [])
            {
                FoundOffset found = await FindAsync(call, instance, partition, time, cancel).ConfigureAwait(false);
                // No record that young: what comes next will be.
                places[partition] = found.Offset >= 0
                    ? found.Offset
                    : (await FindAsync(call, instance, partition, OffsetLookup.Latest, cancel).ConfigureAwait(false)).Offset;
            }
            await MoveAsync(call, instance, places, cancel).ConfigureAwait(false);
        }).ConfigureAwait(false);
        call.AnswerNothing();
    }

    internal static ValueTask SeekToBeginningAsync(ProxyCall call) => SeekToAsync(call, OffsetLookup.Earliest);

    internal static ValueTask SeekToEndAsync(ProxyCall call) => SeekToAsync(call, OffsetLookup.Latest);

    /// <summary>Goes to ends of logs as they are before the answer: what comes behind that is to be read.</summary>
    private static async ValueTask SeekToAsync(ProxyCall call, long end)
    {
        using JsonDocument? body = await call.CommandAsync().ConfigureAwait(false);
        List<TopicPartition> partitions = CommandBody.Partitions(body, "partitions")
            ?? throw CommandBody.Refused("partitions must be there");
        await InstanceCall.WithAsync(call, async (instance, cancel) =>
        {
            await InstanceCall.WaitForAssignmentAsync(call, instance, cancel).ConfigureAwait(false);
            var assigned = instance.Consumer.Assignment.ToHashSet();
            var places = new Dictionary<TopicPartition, long>();
            foreach (TopicPartition partition in partitions)
            {
                if (!assigned.Contains(partition)) throw NotAssigned(partition);
                places[partition] = (await FindAsync(call, instance, partition, end, cancel).ConfigureAwait(false)).Offset;
            }
            await MoveAsync(call, instance, places, cancel).ConfigureAwait(false);
        }).ConfigureAwait(false);
        call.AnswerNothing();
    }

    private static async ValueTask<FoundOffset> FindAsync(ProxyCall call, ConsumerInstance instance, TopicPartition partition, long time, CancellationToken cancel)
    {
        FoundOffset found = await call.Service.Client.OffsetLookup.FindAsync(partition, time, cancel, instance.Isolation).ConfigureAwait(false);
        return found.Error == ErrorCode.None
            ? found
            : throw new ProblemException(KafkaProblems.Of(found.Error, $"Partition {partition}: {found.Error.KafkaName()}"));
    }

    private static ProblemException NotAssigned(TopicPartition partition) => new(Problem.IllegalState, $"No current assignment for partition {partition}.");

    /// <summary>Goes to the places and has them kept. A batch that waits to be acknowledged is given up where one of its partitions moves.</summary>
    private static async ValueTask MoveAsync(ProxyCall call, ConsumerInstance instance, Dictionary<TopicPartition, long> places, CancellationToken cancel)
    {
        // Only then: nobody else waits for records meanwhile, so this does not wait for them either.
        bool mayHaveBatch = instance.Unacknowledged is not null;
        if (mayHaveBatch) await instance.Acknowledging.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            IReadOnlyDictionary<TopicPartition, CommittedOffset> committed = await instance.Consumer.CommittedAsync(places.Keys, cancel).ConfigureAwait(false);
            await call.Service.Consumers.Keeping.ChangeAsync(instance, state =>
            {
                foreach ((TopicPartition partition, long offset) in places)
                {
                    if (mayHaveBatch && instance.Unacknowledged?.Ranges.ContainsKey(partition) == true) instance.Unacknowledged = null;
                    if (!instance.Consumer.Seek(partition, offset)) throw NotAssigned(partition);
                }
                return new(state.WithPlaces(places, committed));
            }).ConfigureAwait(false);
        }
        finally
        {
            if (mayHaveBatch) instance.Acknowledging.Release();
        }
    }
}

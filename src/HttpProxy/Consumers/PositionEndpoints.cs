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
            await InstanceCall.WaitForAssignmentAsync(instance, cancel).ConfigureAwait(false);
            var places = new Dictionary<TopicPartition, (long? Offset, AutoOffsetReset? End)>();
            foreach ((TopicPartition partition, long offset, _) in offsets ?? []) places[partition] = (offset, null);
            foreach ((TopicPartition partition, long time) in times ?? [])
            {
                FoundOffset found =
                    await call.Service.Client.OffsetLookup.FindAsync(partition, time, cancel, instance.Isolation).ConfigureAwait(false);
                if (found.Error != ErrorCode.None)
                    throw new ProblemException(KafkaProblems.Of(found.Error, $"Partition {partition}: {found.Error.KafkaName()}"));
                // No record that young: what comes next will be.
                places[partition] = found.Offset >= 0 ? (found.Offset, null) : (null, AutoOffsetReset.Latest);
            }
            await MoveAsync(call, instance, places, cancel).ConfigureAwait(false);
        }).ConfigureAwait(false);
        call.AnswerNothing();
    }

    internal static ValueTask SeekToBeginningAsync(ProxyCall call) => SeekToAsync(call, AutoOffsetReset.Earliest);

    internal static ValueTask SeekToEndAsync(ProxyCall call) => SeekToAsync(call, AutoOffsetReset.Latest);

    private static async ValueTask SeekToAsync(ProxyCall call, AutoOffsetReset end)
    {
        using JsonDocument? body = await call.CommandAsync().ConfigureAwait(false);
        List<TopicPartition> partitions = CommandBody.Partitions(body, "partitions")
            ?? throw CommandBody.Refused("partitions must be there");
        await InstanceCall.WithAsync(call, async (instance, cancel) =>
        {
            await InstanceCall.WaitForAssignmentAsync(instance, cancel).ConfigureAwait(false);
            var places = partitions.Distinct().ToDictionary(static partition => partition, _ => ((long?)null, (AutoOffsetReset?)end));
            await MoveAsync(call, instance, places, cancel).ConfigureAwait(false);
        }).ConfigureAwait(false);
        call.AnswerNothing();
    }

    /// <summary>Goes to the places, those of partitions that are not assigned excepted, and has them kept.</summary>
    private static async ValueTask MoveAsync(
        ProxyCall call, ConsumerInstance instance, Dictionary<TopicPartition, (long? Offset, AutoOffsetReset? End)> places, CancellationToken cancel)
    {
        IReadOnlyDictionary<TopicPartition, CommittedOffset> committed = await instance.Consumer.CommittedAsync(places.Keys, cancel).ConfigureAwait(false);
        await call.Service.Consumers.ChangeAsync(instance, state =>
        {
            foreach ((TopicPartition partition, (long? offset, AutoOffsetReset? end)) in places)
            {
                bool isAssigned = offset is { } at ? instance.Consumer.Seek(partition, at) : instance.Consumer.SeekTo(partition, end!.Value);
                if (!isAssigned) throw new ProblemException(Problem.IllegalState, $"No current assignment for partition {partition}.");
            }
            return new(state.WithPlaces(places, committed));
        }).ConfigureAwait(false);
    }
}

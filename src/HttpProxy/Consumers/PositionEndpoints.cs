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
            foreach ((TopicPartition partition, long offset, _) in offsets ?? [])
                Require(instance.Consumer.Seek(partition, offset), partition);
            foreach ((TopicPartition partition, long time) in times ?? [])
            {
                FoundOffset found =
                    await call.Service.Client.OffsetLookup.FindAsync(partition, time, cancel, instance.Isolation).ConfigureAwait(false);
                if (found.Error != ErrorCode.None)
                    throw new ProblemException(KafkaProblems.Of(found.Error, $"Partition {partition}: {found.Error.KafkaName()}"));
                // No record that young: what comes next will be.
                Require(found.Offset >= 0 ? instance.Consumer.Seek(partition, found.Offset) : instance.Consumer.SeekTo(partition, AutoOffsetReset.Latest), partition);
            }
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
            foreach (TopicPartition partition in partitions) Require(instance.Consumer.SeekTo(partition, end), partition);
        }).ConfigureAwait(false);
        call.AnswerNothing();
    }

    private static void Require(bool isAssigned, TopicPartition partition)
    {
        if (!isAssigned) throw new ProblemException(Problem.IllegalState, $"No current assignment for partition {partition}.");
    }
}

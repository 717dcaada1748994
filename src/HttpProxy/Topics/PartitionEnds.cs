using Gateway.Client.Fetching;
using Gateway.Common.Errors;
using Gateway.Common.Ids;
using Gateway.HttpProxy.Http;
using Gateway.HttpProxy.Streams;

namespace Gateway.HttpProxy.Topics;

/// <summary>Both ends of a partition's log, which each dialect tells in its own words.</summary>
internal static class PartitionEnds
{
    /// <exception cref="ProblemException">The broker does not tell them.</exception>
    internal static async ValueTask<(long Earliest, long Latest)> FindEndsAsync(
        this IStreamPeer peer, TopicPartition partition, IsolationLevel isolation = IsolationLevel.ReadUncommitted)
    {
        OffsetLookup lookup = peer.Service.Client.OffsetLookup;
        FoundOffset first = await lookup.FindAsync(partition, OffsetLookup.Earliest, peer.Cancel).ConfigureAwait(false);
        FoundOffset end = await lookup.FindAsync(partition, OffsetLookup.Latest, peer.Cancel, isolation).ConfigureAwait(false);
        ErrorCode error = first.Error != ErrorCode.None ? first.Error : end.Error;
        if (error != ErrorCode.None) throw new ProblemException(KafkaProblems.Of(error, $"Offsets of {partition}: {error.KafkaName()}"));
        return (first.Offset, end.Offset);
    }
}

using Gateway.Client.Connections;
using Gateway.Client.Topology;
using Gateway.Common.Buffers;
using Gateway.Common.Errors;
using Gateway.Common.Ids;
using Gateway.Common.Records;
using Gateway.Links;
using Gateway.Protocol;
using Gateway.Protocol.Messages;

namespace Gateway.Client.Producing;

/// <summary>Appends on a condition: one batch, sent once to its partition's leader. Only a broker of this process offers it.</summary>
internal sealed class LeaderAppend(BrokerLinks links, MetadataCache metadata, ClientOptions options)
{
    /// <summary>One batch of the records at these places of a set; of all when <paramref name="indexes"/> is null.</summary>
    internal RecordsLease Build(RecordSet records, IReadOnlyList<int>? indexes = null, BatchKey? key = null)
    {
        var header = new RecordBatchOptions();
        if (key is { } stamp) header = header with { ProducerId = stamp.Id, ProducerEpoch = stamp.Epoch, BaseSequence = stamp.Sequence };
        using var builder = new RecordBatchBuilder(header);
        long now = options.Time.GetUtcNow().ToUnixTimeMilliseconds();
        int count = indexes?.Count ?? records.Count;
        for (int i = 0; i < count; i++)
        {
            RecordSet.Entry entry = records[indexes is null ? i : indexes[i]];
            builder.Append(
                entry.TimestampMs < 0 ? now : entry.TimestampMs, records.BytesOf(entry.Key), entry.Key.IsNull, records.BytesOf(entry.Value), entry.Value.IsNull,
                entry.Headers);
        }
        return builder.Build();
    }

    /// <summary>Sends a batch, which it takes. What keeps it from being sent is the answer's error.</summary>
    internal async ValueTask<AppendIfResponse> SendAsync(
        TopicView topic, int partition, long expectedEndOffset, RecordsLease batch, CancellationToken cancel)
    {
        try
        {
            if (await LinkAsync(topic, partition, ApiKey.AppendIf, cancel).ConfigureAwait(false) is not { } link) return Failed(ErrorCode.LeaderNotAvailable);
            var request = new AppendIfRequest { TopicId = topic.Id, Partition = partition, ExpectedEndOffset = expectedEndOffset, Records = batch };
            batch = RecordsLease.Empty;
            return await link.SendAsync(request, cancel).ConfigureAwait(false);
        }
        catch (LinkClosedException gone)
        {
            return Failed(ErrorCode.NetworkException, gone.Message);
        }
        catch (ApiNotSupportedException missing)
        {
            return Failed(ErrorCode.UnsupportedVersion, missing.Message);
        }
        finally
        {
            batch.Dispose();
        }
    }

    /// <summary>Asks all partitions of a topic for a key.</summary>
    internal async ValueTask<FindKeyResponse> FindAsync(TopicView topic, long key, CancellationToken cancel)
    {
        try
        {
            IBrokerLink? link = await LinkAsync(topic, 0, ApiKey.FindKey, cancel).ConfigureAwait(false);
            return link is null
                ? new FindKeyResponse { ErrorCode = ErrorCode.LeaderNotAvailable }
                : await link.SendAsync(new FindKeyRequest { TopicId = topic.Id, Key = key }, cancel).ConfigureAwait(false);
        }
        catch (LinkClosedException gone)
        {
            return new FindKeyResponse { ErrorCode = ErrorCode.NetworkException, ErrorMessage = gone.Message };
        }
        catch (ApiNotSupportedException missing)
        {
            return new FindKeyResponse { ErrorCode = ErrorCode.UnsupportedVersion, ErrorMessage = missing.Message };
        }
    }

    private async ValueTask<IBrokerLink?> LinkAsync(TopicView topic, int partition, ApiKey api, CancellationToken cancel)
    {
        if (metadata.LeaderOf(topic, partition) is not { } leader) return null;
        IBrokerLink link = await links.ToAsync(leader, cancel).ConfigureAwait(false);
        return link.Supports(api) ? link : throw new ApiNotSupportedException(api);
    }

    private static AppendIfResponse Failed(ErrorCode error, string? message = null) => new() { ErrorCode = error, ErrorMessage = message };
}

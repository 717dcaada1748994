using Gateway.Client.Connections;
using Gateway.Client.Topology;
using Gateway.Common.Errors;
using Gateway.Common.Records;
using Gateway.Links;
using Gateway.Protocol;
using Gateway.Protocol.Messages;

namespace Gateway.Client.Producing;

/// <summary>A request that may come again: hashes of its idempotency key and of all that decides what it writes.</summary>
/// <param name="KeyHash">Of the key.</param>
/// <param name="RequestHash">Of the rest.</param>
public readonly record struct RequestKey(ulong KeyHash, ulong RequestHash);

/// <summary>
/// Writes the records of a request once, however often it comes: each partition's are one batch that carries the request's key in its header, and the
/// partition does not take it twice (decision 20). Only a broker of this process offers it.
/// </summary>
/// <remarks>Thread-safe. Of two requests with one key at the same time, the caller lets one wait.</remarks>
public sealed class KeyedAppend
{
    private static readonly TimeSpan s_topicCreationWait = TimeSpan.FromSeconds(2);

    private readonly BrokerLinks _links;
    private readonly LeaderAppend _leader;
    private readonly MetadataCache _metadata;
    private readonly ClientOptions _client;

    internal KeyedAppend(BrokerLinks links, LeaderAppend leader, MetadataCache metadata, ClientOptions client) =>
        (_links, _leader, _metadata, _client) = (links, leader, metadata, client);

    /// <summary>Looks for what is stored of the request, and makes batches of what is not. Nothing is written yet.</summary>
    /// <param name="topic">The topic's name.</param>
    /// <param name="key">The request.</param>
    /// <param name="records">One at least; not needed any more when this returns.</param>
    /// <param name="expectedEndOffset">Where the one partition has to end for anything to be written; -1 for anywhere.</param>
    /// <param name="allowTopicCreation">May the broker create the topic?</param>
    /// <param name="cancel">Stops it.</param>
    public async ValueTask<KeyedBatches> PrepareAsync(
        string topic, RequestKey key, RecordSet records, long expectedEndOffset, bool allowTopicCreation, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(records);
        if (!await IsServedAsync(cancel).ConfigureAwait(false)) return KeyedBatches.Refused(ErrorCode.UnsupportedVersion, "The broker keeps no keys.");
        var pause = new RetryPause(_client, _client.ApiTimeout);
        while (true)
        {
            (ErrorCode error, TopicView? view) = await FindTopicAsync(topic, records, allowTopicCreation, cancel).ConfigureAwait(false);
            if (view is null) return KeyedBatches.NoTopic(error, records.Count);
            FindKeyResponse found = view.Partitions.Length == 1
                // It judges the batch itself, and there is no other.
                ? new FindKeyResponse()
                : await _leader.FindAsync(view, BatchKey.IdOf(key.KeyHash), cancel).ConfigureAwait(false);
            if (found.ErrorCode == ErrorCode.None) return Build(view, key, records, expectedEndOffset, found.Batches);
            if (ErrorClasses.Of(found.ErrorCode) == ErrorClass.RefreshMetadata) _metadata.Forget(topic);
            bool isPassing = ErrorClasses.Of(found.ErrorCode) != ErrorClass.Fatal;
            if (!isPassing || !await pause.WaitAsync(cancel).ConfigureAwait(false))
                return KeyedBatches.Refused(found.ErrorCode, found.ErrorMessage);
        }
    }

    private KeyedBatches Build(
        TopicView topic, RequestKey key, RecordSet records, long expectedEndOffset, List<FindKeyResponse.FoundBatch> found)
    {
        if (KeyedSpread.Find(records, key, topic.Partitions.Length, found) is not { } spread)
            return KeyedBatches.Refused(ErrorCode.DuplicateSequenceNumber, "The idempotency key was used by another request.");
        var batches = new KeyedBatches(_leader, _client, topic, expectedEndOffset, records.Count);
        foreach ((int partition, int[] indexes) in spread.Groups)
        {
            if (partition >= topic.Partitions.Length) batches.AddMissing(partition, indexes);
            else if (found.Find(batch => batch.Partition == partition) is { } stored) batches.AddStored(stored, indexes);
            else batches.Add(partition, indexes, _leader.Build(records, indexes, spread.Key));
        }
        return batches;
    }

    private async ValueTask<bool> IsServedAsync(CancellationToken cancel)
    {
        try
        {
            return (await _links.ToAnyAsync(cancel).ConfigureAwait(false)).Supports(ApiKey.FindKey);
        }
        catch (LinkClosedException gone)
        {
            throw new KafkaErrorException(ErrorCode.NetworkException, gone.Message, gone);
        }
    }

    private async ValueTask<TopicAnswer> FindTopicAsync(string name, RecordSet records, bool allowCreation, CancellationToken cancel)
    {
        TopicAnswer answer = await _metadata.TopicOrNewAsync(name, allowCreation, s_topicCreationWait, cancel).ConfigureAwait(false);
        for (int i = 0; answer.Topic is { } topic && i < records.Count; i++)
        {
            if (records[i].Partition < topic.Partitions.Length) continue;
            // Partitions may have been added since metadata was asked for.
            _metadata.Forget(name);
            return await _metadata.TopicAsync(name, allowCreate: false, cancel).ConfigureAwait(false);
        }
        return answer;
    }
}

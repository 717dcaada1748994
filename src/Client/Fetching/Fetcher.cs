using Gateway.Client.Topology;
using Gateway.Common.Buffers;
using Gateway.Common.Errors;
using Gateway.Common.Ids;
using Gateway.Links;
using Gateway.Protocol.Messages;

namespace Gateway.Client.Fetching;

/// <summary>Reads single partitions from any offset, waiting at the broker for the first record if asked to.</summary>
/// <remarks>Thread-safe.</remarks>
public sealed class Fetcher
{
    private readonly MetadataCache _metadata;
    private readonly FetchSender _sender;
    private readonly ClientOptions _options;

    internal Fetcher(MetadataCache metadata, FetchSender sender, ClientOptions options)
    {
        _metadata = metadata;
        _sender = sender;
        _options = options;
    }

    /// <summary>
    /// Reads from <paramref name="offset"/>. Leadership changes are followed; any other error code is in the answer. Stretches of the log without a
    /// record are passed over: the answer holds nothing but them only when nothing else came in the time there is. The caller disposes the answer.
    /// </summary>
    public async ValueTask<FetchedRecords> ReadAsync(TopicPartition partition, long offset, FetchLimits limits, CancellationToken cancel)
    {
        var pause = new RetryPause(_options, _options.ApiTimeout);
        long start = _options.Time.GetTimestamp();
        FetchedRecords? passed = null;
        try
        {
            while (true)
            {
                FetchedRecords fetched = await ReadFromAsync(partition, offset, passed?.NextOffset ?? offset, limits, pause, cancel).ConfigureAwait(false);
                bool isMore = fetched is { Error: ErrorCode.None, Batches.IsEmpty: false };
                if (passed is not null && !isMore)
                {
                    fetched.Dispose();
                    (fetched, passed) = (passed, null);
                    return fetched;
                }
                if (!isMore || BatchCut.HasRecords(fetched.Batches, offset) || pause.Left == TimeSpan.Zero) return fetched;
                passed?.Dispose();
                passed = fetched;
                TimeSpan left = limits.MaxWait - _options.Time.GetElapsedTime(start);
                limits = limits with { MaxWait = left > TimeSpan.Zero ? left : TimeSpan.Zero };
                start = _options.Time.GetTimestamp();
            }
        }
        finally
        {
            passed?.Dispose();
        }
    }

    /// <summary>One answer of the leader, whoever that is by now.</summary>
    private async ValueTask<FetchedRecords> ReadFromAsync(
        TopicPartition partition, long asked, long offset, FetchLimits limits, RetryPause pause, CancellationToken cancel)
    {
        while (true)
        {
            (ErrorCode error, TopicView? topic) = await _metadata.TopicAsync(partition.Topic, allowCreate: false, cancel).ConfigureAwait(false);
            if (topic is null || partition.Partition < 0 || partition.Partition >= topic.Partitions.Length)
                return new FetchedRecords(topic is null ? error : ErrorCode.UnknownTopicOrPartition, asked, null);

            FetchedRecords fetched = await ReadOnceAsync(new FetchTarget(topic, partition.Partition, offset), asked, limits, cancel).ConfigureAwait(false);
            ErrorClass kind = ErrorClasses.Of(fetched.Error);
            if (kind == ErrorClass.RefreshMetadata) _metadata.Forget(partition.Topic);
            if (kind is ErrorClass.None or ErrorClass.Fatal || !await pause.WaitAsync(cancel).ConfigureAwait(false)) return fetched;
        }
    }

    private async ValueTask<FetchedRecords> ReadOnceAsync(
        FetchTarget target, long offset, FetchLimits limits, CancellationToken cancel)
    {
        if (_metadata.LeaderOf(target.Topic, target.Partition) is not { } leader) return new FetchedRecords(ErrorCode.LeaderNotAvailable, offset, null);
        try
        {
            FetchResponse answer = await _sender.SendAsync(leader, [target], limits, cancel).ConfigureAwait(false);
            if (answer.ErrorCode != ErrorCode.None) return new FetchedRecords(answer.ErrorCode, offset, null);
            if (answer.Responses is not [{ Partitions: [{ } data] }])
            {
                answer.ReleaseRecords();
                return new FetchedRecords(ErrorCode.UnknownServerError, offset, null);
            }
            long end = limits.Isolation == IsolationLevel.ReadCommitted ? data.LastStableOffset : data.HighWatermark;
            RecordsLease? records = data.Records;
            if (data.ErrorCode != ErrorCode.None)
            {
                records?.Dispose();
                records = null;
            }
            if (records is not null) records = AbortedRecords.TakeOut(records, data.AbortedTransactions);
            return new FetchedRecords(data.ErrorCode, offset, records) { EndOffset = end, LogStartOffset = data.LogStartOffset };
        }
        catch (LinkClosedException)
        {
            return new FetchedRecords(ErrorCode.NetworkException, offset, null);
        }
        catch (ApiNotSupportedException)
        {
            return new FetchedRecords(ErrorCode.UnsupportedVersion, offset, null);
        }
    }
}

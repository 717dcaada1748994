using Gateway.Client.Topology;
using Gateway.Common.Buffers;
using Gateway.Common.Errors;
using Gateway.Protocol.Messages;

namespace Gateway.Client.Producing;

/// <summary>What became of a request with an idempotency key.</summary>
/// <param name="Error">
/// None, unless it concerns the request as a whole: <see cref="ErrorCode.DuplicateSequenceNumber"/> when another request had the key,
/// <see cref="ErrorCode.OperationNotAttempted"/> when the log ends elsewhere, <see cref="ErrorCode.UnsupportedVersion"/> when the broker keeps no keys.
/// </param>
/// <param name="Message">For people.</param>
/// <param name="Records">By record, where it does not.</param>
/// <param name="WasStored">All was stored before; nothing was written now.</param>
public sealed record KeyedOutcome(ErrorCode Error, string? Message, ProducedRecord[] Records, bool WasStored);

/// <summary>The batches of a request with an idempotency key: those that are stored, and those that are to be.</summary>
public sealed class KeyedBatches
{
    private readonly LeaderAppend? _leader;
    private readonly ClientOptions? _client;
    private readonly TopicView? _topic;
    private readonly long _expectedEndOffset;
    private readonly ProducedRecord[] _results;
    private readonly List<Part> _parts = [];
    private readonly (ErrorCode Error, string? Message) _refusal;
    private bool _isNew;

    private readonly record struct Part(int Partition, int[] Indexes, RecordsLease Batch);

    internal KeyedBatches(LeaderAppend leader, ClientOptions client, TopicView topic, long expectedEndOffset, int records)
    {
        (_leader, _client, _topic, _expectedEndOffset) = (leader, client, topic, expectedEndOffset);
        _results = new ProducedRecord[records];
    }

    private KeyedBatches(ProducedRecord[] results, ErrorCode error, string? message) =>
        (_results, _refusal, _isNew) = (results, (error, message), true);

    internal static KeyedBatches Refused(ErrorCode error, string? message) => new([], error, message);

    internal static KeyedBatches NoTopic(ErrorCode error, int records)
    {
        var results = new ProducedRecord[records];
        Array.Fill(results, new ProducedRecord(error, -1, -1));
        return new KeyedBatches(results, ErrorCode.None, null);
    }

    /// <summary>Writes what is not stored, and tells of all. Once. It does not stop before every partition has answered, or given up.</summary>
    public async Task<KeyedOutcome> SendAsync()
    {
        (ErrorCode Error, string? Message) refusal = _refusal;
        foreach ((ErrorCode error, string? message) in await Task.WhenAll(_parts.Select(SendAsync)).ConfigureAwait(false))
            if (error != ErrorCode.None) refusal = (error, message);
        return new KeyedOutcome(refusal.Error, refusal.Message, _results, !_isNew);
    }

    internal void AddMissing(int partition, int[] indexes)
    {
        _isNew = true;
        Fill(indexes, new ProducedRecord(ErrorCode.UnknownTopicOrPartition, partition, -1));
    }

    internal void AddStored(FindKeyResponse.FoundBatch batch, int[] indexes) => Fill(
        indexes, new ProducedRecord(ErrorCode.None, batch.Partition, batch.BaseOffset) { TimestampMs = batch.TimestampMs, LogAppendTimeMs = batch.LogAppendTimeMs });

    internal void Add(int partition, int[] indexes, RecordsLease batch) => _parts.Add(new Part(partition, indexes, batch));

    /// <summary>An error that concerns the whole request; others stand in the results.</summary>
    private async Task<(ErrorCode Error, string? Message)> SendAsync(Part part)
    {
        using RecordsLease batch = part.Batch;
        // The same batch may be sent as often as it takes: it is there once, or not at all.
        var pause = new RetryPause(_client!, _client!.ApiTimeout);
        while (true)
        {
            AppendIfResponse answer = await _leader!.SendAsync(
                _topic!, part.Partition, _expectedEndOffset, batch.Share(), CancellationToken.None).ConfigureAwait(false);
            bool isPassing = ErrorClasses.Of(answer.ErrorCode) is ErrorClass.Retry or ErrorClass.RefreshMetadata
                && answer.ErrorCode is not (ErrorCode.UnknownTopicId or ErrorCode.UnknownTopicOrPartition);
            if (isPassing && await pause.WaitAsync(CancellationToken.None).ConfigureAwait(false)) continue;
            if (!answer.IsRepetition) _isNew = true;
            Fill(part.Indexes, answer.ErrorCode == ErrorCode.None
                ? new ProducedRecord(ErrorCode.None, part.Partition, answer.BaseOffset) { TimestampMs = answer.TimestampMs, LogAppendTimeMs = answer.LogAppendTimeMs }
                : new ProducedRecord(answer.ErrorCode, part.Partition, -1, answer.ErrorMessage));
            return answer.ErrorCode is ErrorCode.DuplicateSequenceNumber or ErrorCode.OperationNotAttempted or ErrorCode.UnsupportedVersion
                ? (answer.ErrorCode, answer.ErrorMessage)
                : (ErrorCode.None, null);
        }
    }

    private void Fill(int[] indexes, in ProducedRecord first)
    {
        for (int i = 0; i < indexes.Length; i++)
            _results[indexes[i]] = first.Offset < 0 ? first : first with { Offset = first.Offset + i };
    }
}

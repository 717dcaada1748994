using Gateway.Client.Producing;
using Gateway.Common.Errors;
using Gateway.HttpProxy.Http;

namespace Gateway.HttpProxy.Produce;

/// <summary>
/// Writing a request with an idempotency key (http-proxy §9.4): however often it comes, its records are stored once, and whoever asks again is told
/// where. A repeat that comes while the first is under way waits for it.
/// </summary>
internal static class KeyedProduce
{
    /// <exception cref="ProblemException">
    /// Another request had the key (422), one with it does not come to an end (409), the brokers keep no keys (501), or did not answer in time (50003).
    /// </exception>
    internal static async ValueTask<(ProducedRecord[] Records, bool WasStored)> ProduceAsync(
        ProxyCall call, string topic, RecordSet records, RequestKey key, ProduceSettings settings)
    {
        TimeSpan most = settings.Timeout == TimeSpan.Zero ? ConditionalProduce.Patience : settings.Timeout;
        using var patience = new CancellationTokenSource(most, call.Service.Client.Options.Time);
        KeysUnderWay.Turn turn = await EnterAsync(call, topic, key, patience).ConfigureAwait(false);
        Task<KeyedOutcome> sending;
        try
        {
            KeyedBatches batches = await call.Service.Client.KeyedAppend.PrepareAsync(
                topic, key, records, settings.IfEndOffset, call.Service.Options.AllowTopicCreation, patience.Token).ConfigureAwait(false);
            sending = batches.SendAsync();
        }
        catch (Exception failure)
        {
            turn.Leave();
            if (failure is OperationCanceledException && patience.IsCancellationRequested) throw ProduceSettings.NotAcknowledged(most);
            throw;
        }
        // What was sent goes on whether or not somebody waits, and so does the turn.
        sending = turn.LeaveAfterAsync(sending);
        try
        {
            return Read(await sending.WaitAsync(patience.Token).ConfigureAwait(false));
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested)
        {
            throw ProduceSettings.NotAcknowledged(most);
        }
    }

    private static async ValueTask<KeysUnderWay.Turn> EnterAsync(ProxyCall call, string topic, RequestKey key, CancellationTokenSource patience)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, call.Cancel);
        try
        {
            return await call.Service.KeysUnderWay.EnterAsync(topic, key.KeyHash, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested && !call.Cancel.IsCancellationRequested)
        {
            throw new ProblemException(Problem.Conflict, $"A request with this {IdempotencyKey.Header} is still under way; ask again.");
        }
    }

    private static (ProducedRecord[] Records, bool WasStored) Read(KeyedOutcome outcome) => outcome.Error switch
    {
        ErrorCode.None => (outcome.Records, outcome.WasStored),
        ErrorCode.DuplicateSequenceNumber => throw new ProblemException(
            Problem.Unreadable, $"The {IdempotencyKey.Header} was used with another request; nothing was written."),
        ErrorCode.OperationNotAttempted => throw ConditionalProduce.EndsElsewhere(outcome.Message),
        ErrorCode.UnsupportedVersion => throw new ProblemException(
            Problem.NotImplemented, $"{IdempotencyKey.Header} is not served by this cluster's brokers; a node with a broker of its own serves it."),
        _ => throw new ProblemException(KafkaProblems.Of(outcome.Error, outcome.Message ?? outcome.Error.KafkaName())),
    };
}

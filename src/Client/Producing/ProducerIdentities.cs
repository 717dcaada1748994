using Gateway.Client.Topology;
using Gateway.Protocol.Messages;

namespace Gateway.Client.Producing;

/// <summary>A producer id with its epoch, under which sequence numbers count.</summary>
internal sealed record ProducerIdentity(long Id, short Epoch);

/// <summary>
/// The identity batches are stamped with. When a batch ends in doubt the identity is replaced: under the old one its
/// partition could neither repeat the sequence nor skip it.
/// </summary>
/// <remarks>Thread-safe; callers who find none share one request.</remarks>
internal sealed class ProducerIdentities(RequestRouter router)
{
    private readonly Lock _lock = new();
    private Task<ProducerIdentity>? _current;

    internal async ValueTask<ProducerIdentity> CurrentAsync(CancellationToken cancel)
    {
        Task<ProducerIdentity> current;
        lock (_lock)
        {
            if (_current is null || _current.IsFaulted || _current.IsCanceled) _current = AskAsync();
            current = _current;
        }
        return await current.WaitAsync(cancel).ConfigureAwait(false);
    }

    internal void Replace(ProducerIdentity old)
    {
        lock (_lock)
        {
            if (_current is { IsCompletedSuccessfully: true } current && current.Result == old) _current = null;
        }
    }

    private async Task<ProducerIdentity> AskAsync()
    {
        InitProducerIdResponse answer = await router.ToAnyAsync(
            static _ => new InitProducerIdRequest { TransactionalId = null, TransactionTimeoutMs = int.MaxValue },
            static answer => answer.ErrorCode,
            CancellationToken.None).ConfigureAwait(false);
        KafkaErrorException.ThrowIfError(answer.ErrorCode, "InitProducerId");
        return new ProducerIdentity(answer.ProducerId, answer.ProducerEpoch);
    }
}

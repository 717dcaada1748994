using Gateway.Common.Buffers;
using Gateway.Protocol;
using Gateway.Protocol.Frames;

namespace Gateway.Links.Tcp;

/// <summary>A request between the caller's send and its answer.</summary>
internal abstract class PendingRequest(IRequest request, short version)
{
    internal IRequest Request { get; } = request;

    internal short Version { get; } = version;

    internal int CorrelationId { get; set; }

    /// <summary>When to give up, in the clock's timestamps; set when the frame is handed to the socket.</summary>
    internal long Deadline { get; set; }

    /// <summary>True when the caller has given up: nothing needs to be sent or decoded for it.</summary>
    internal abstract bool IsAbandoned { get; }

    /// <summary>Decodes the answer and wakes the caller. The frame stays the receive loop's to dispose.</summary>
    internal abstract void Complete(RecordsLease frame);

    /// <summary>Wakes the caller of a request that has no answer (produce with acks=0).</summary>
    internal abstract void CompleteWithoutAnswer();

    internal abstract void Fail(Exception cause);
}

/// <inheritdoc cref="PendingRequest"/>
internal sealed class PendingRequest<TResponse>(IRequest<TResponse> request, short version) : PendingRequest(request, version)
    where TResponse : class, IResponse, new()
{
    // Continuations must not run on the receive loop: a caller that blocks there would stop every other answer.
    private readonly TaskCompletionSource<TResponse> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal override bool IsAbandoned => _answer.Task.IsCompleted;

    internal async ValueTask<TResponse> WaitAsync(CancellationToken cancel)
    {
        CancellationTokenRegistration giveUp = cancel.UnsafeRegister(
            static (state, token) => ((TaskCompletionSource<TResponse>)state!).TrySetCanceled(token), _answer);
        await using (giveUp.ConfigureAwait(false)) return await _answer.Task.ConfigureAwait(false);
    }

    internal override void Complete(RecordsLease frame)
    {
        if (IsAbandoned) return;
        var response = (TResponse)ResponseFrame.Decode(frame, Request, AnswerVersion(frame), CorrelationId);
        if (!_answer.TrySetResult(response)) response.ReleaseRecords();
    }

    internal override void CompleteWithoutAnswer() => _answer.TrySetResult(null!);

    internal override void Fail(Exception cause) => _answer.TrySetException(cause);

    /// <summary>A broker that does not know the ApiVersions version asked for answers in version 0 (AV-2).</summary>
    private short AnswerVersion(RecordsLease frame) =>
        Request.ApiKey == ApiKey.ApiVersions && VersionNegotiation.SaysUnsupported(frame.Span) ? (short)0 : Version;
}

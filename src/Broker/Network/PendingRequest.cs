using System.Runtime.CompilerServices;
using Gateway.Common.Buffers;
using Gateway.Protocol;
using Gateway.Protocol.Frames;

namespace Gateway.Broker.Network;

/// <summary>
/// A request from its frame to its answer, and the answer's place in the order of its connection. Holds the frame's memory until it is
/// answered. Used again when it has left that order.
/// </summary>
/// <param name="home">Whose it is, and who keeps it for another use.</param>
internal sealed class PendingRequest(ListenerShard home) : AnswerSlot
{
    private RequestRunner? _runner;
    private ValueTaskAwaiter<IResponse?> _answer;
    private Action? _resume;

    /// <summary>The request's bytes; null when they have been given up.</summary>
    internal RecordsLease? Bytes { get; set; }

    internal RequestHeader Header { get; set; }

    /// <summary>The request; null when its version is not served and only ApiVersions could say so.</summary>
    internal IRequest? Body { get; set; }

    internal HandlerEntry? Entry { get; set; }

    internal long Arrived { get; set; }

    /// <summary>Whether it may only start when nothing else of its connection is under way.</summary>
    internal bool StartsAlone => Entry!.Pipelining == Pipelining.AfterEarlierAnswers;

    /// <summary>Gives the memory back.</summary>
    internal void Drop()
    {
        Body?.ReleaseRecords();
        Bytes?.Recycle();
        Bytes = null;
    }

    /// <summary>Hands the answer to <paramref name="runner"/> when it is there, on this shard.</summary>
    internal void Await(ValueTask<IResponse?> answer, RequestRunner runner)
    {
        _runner = runner;
        _answer = answer.GetAwaiter();
        _answer.UnsafeOnCompleted(_resume ??= Resume);
    }

    internal override void Left()
    {
        IsComplete = false;
        CloseReason = null;
        Header = default;
        Body = null;
        Entry = null;
        home.Keep(this);
    }

    private void Resume()
    {
        ValueTaskAwaiter<IResponse?> answer = _answer;
        RequestRunner runner = _runner!;
        _answer = default;
        _runner = null;
        runner.Finish(this, answer);
    }
}

using System.Buffers;
using System.IO.Pipelines;
using Gateway.HttpProxy.Handover;
using Gateway.HttpProxy.Http;
using Gateway.HttpProxy.Streams;
using Microsoft.AspNetCore.Http;

namespace Gateway.HttpProxy.V3.Records;

/// <summary>
/// What comes on a stream of records, for as long as the stream may live, from its request on, and the server runs: it may rest, but not for ever.
/// </summary>
internal sealed class StreamInput : IDisposable
{
    private readonly V3Call _call;
    private readonly InflatedBody _body;
    private readonly bool _isAnnounced;
    private readonly TimeSpan _longest;
    private readonly CancellationTokenSource _age;
    private readonly CancellationTokenSource _either;
    private Problem _tooLate;
    private Problem? _end;

    /// <param name="call">The request.</param>
    /// <exception cref="ProblemException">Its encoding is not served: 415.</exception>
    internal StreamInput(V3Call call)
    {
        _call = call;
        _body = InflatedBody.Open(call.Http.Context);
        ProxyOptions options = call.Http.Service.Options;
        _longest = options.MaxStreamAge;
        // Who says how much there is has it, and no place among the streams before it comes.
        _isAnnounced = call.Http.Context.Request.ContentLength is not null;
        TimeSpan first = _isAnnounced && options.BodyStallTimeout < _longest ? options.BodyStallTimeout : _longest;
        _tooLate = _isAnnounced
            ? Problem.Of(Problem.RequestTimeout, $"The request announces a body and sent none of it for {first.TotalSeconds:0} s.")
            : TooOld();
        _age = new CancellationTokenSource(first, call.Client.Options.Time);
        _either = CancellationTokenSource.CreateLinkedTokenSource(_age.Token, call.Cancel, call.Http.Service.Stopping);
    }

    /// <summary>What came, behind what was taken.</summary>
    internal ReadOnlySequence<byte> Bytes { get; private set; }

    /// <summary>Whether nothing comes behind it.</summary>
    internal bool IsOver { get; private set; }

    /// <summary>What is held of the stream beside the bytes that were not taken.</summary>
    internal long Held => _body.Held;

    /// <summary>Reads on; what ends the stream instead, if something does.</summary>
    /// <exception cref="OperationCanceledException">The client has gone.</exception>
    internal async ValueTask<Problem?> TryReadAsync()
    {
        if (_end is not null) return _end;
        try
        {
            // Whether it rests or not.
            _either.Token.ThrowIfCancellationRequested();
            ReadResult read = await _body.ReadAsync(_either.Token).ConfigureAwait(false);
            (Bytes, IsOver) = (read.Buffer, read.IsCompleted);
            return null;
        }
        catch (ProblemException failure)
        {
            return failure.Problem;
        }
        catch (OperationCanceledException) when (!_call.Cancel.IsCancellationRequested)
        {
            return End();
        }
    }

    /// <summary>Ends it; null where there is something yet to be read.</summary>
    private Problem? End()
    {
        Problem end = _age.IsCancellationRequested ? _tooLate : OpenStreams.Stopping;
        HttpContext context = _call.Http.Context;
        if (_call.Http.Service.Stopping.IsCancellationRequested || !context.Response.HasStarted) HandoverTransport.CloseBehind(context);
        // What came until now is written and answered. Of a body with a length the web server takes it that the read which was cancelled goes on.
        if (_isAnnounced || !_body.TryRead(out ReadResult last)) return end;
        (_end, Bytes, IsOver) = (end, last.Buffer, last.IsCompleted);
        return null;
    }

    /// <summary>It has begun, and may rest from now on.</summary>
    internal void Begin()
    {
        if (!_isAnnounced) return;
        _tooLate = TooOld();
        _age.CancelAfter(_longest);
    }

    /// <summary>Gives back what was taken; the end of it comes again.</summary>
    internal void Keep(ReadOnlySequence<byte> left) => _body.Keep(left);

    public void Dispose()
    {
        _either.Dispose();
        _age.Dispose();
        _body.Dispose();
    }

    private Problem TooOld() => Problem.Of(Problem.RequestTimeout, $"A stream ends after {_longest.TotalSeconds:0} s; go on with another.");
}

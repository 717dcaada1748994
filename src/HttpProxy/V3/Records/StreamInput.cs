using System.Buffers;
using System.IO.Pipelines;
using Gateway.HttpProxy.Http;
using Microsoft.AspNetCore.Http;

namespace Gateway.HttpProxy.V3.Records;

/// <summary>What comes on a stream of records, for as long as the stream may live, from its request on: it may rest, but not for ever.</summary>
internal sealed class StreamInput : IDisposable
{
    private readonly V3Call _call;
    private readonly InflatedBody _body;
    private readonly TimeSpan _longest;
    private readonly CancellationTokenSource _age;
    private readonly CancellationTokenSource _either;
    private Problem _tooLate;

    /// <param name="call">The request.</param>
    /// <exception cref="ProblemException">Its encoding is not served: 415.</exception>
    internal StreamInput(V3Call call)
    {
        _call = call;
        _body = InflatedBody.Open(call.Http.Context);
        ProxyOptions options = call.Http.Service.Options;
        _longest = options.MaxStreamAge;
        // Who says how much there is has it, and no place among the streams before it comes.
        bool isAnnounced = call.Http.Context.Request.ContentLength is not null;
        TimeSpan first = isAnnounced && options.BodyStallTimeout < _longest ? options.BodyStallTimeout : _longest;
        _tooLate = isAnnounced
            ? Problem.Of(Problem.RequestTimeout, $"The request announces a body and sent none of it for {first.TotalSeconds:0} s.")
            : TooOld();
        _age = new CancellationTokenSource(first, call.Client.Options.Time);
        _either = CancellationTokenSource.CreateLinkedTokenSource(_age.Token, call.Cancel);
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
        catch (OperationCanceledException) when (_age.IsCancellationRequested && !_call.Cancel.IsCancellationRequested)
        {
            return _tooLate;
        }
    }

    /// <summary>It has begun, and may rest from now on.</summary>
    internal void Begin()
    {
        if (_call.Http.Context.Request.ContentLength is null) return;
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

using System.Collections.Frozen;
using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using Gateway.Common.Buffers;
using Gateway.Common.Ids;
using Gateway.Protocol;
using Gateway.Protocol.Frames;
using Gateway.Protocol.Messages;
using Gateway.Protocol.Wire;

namespace Gateway.Links.Tcp;

/// <summary>
/// A link over one TCP connection. One loop encodes and sends in the order of the calls, one receives; answers find their
/// request by correlation id. Any failure of the connection fails every request on it at once.
/// </summary>
public sealed class TcpLink : IBrokerLink
{
    private const int QueuedRequests = 1024;
    private const int FramesPerSend = 32;

    private readonly Socket _socket;
    private readonly TcpLinkOptions _options;
    private readonly HostAndPort _broker;
    private readonly Channel<PendingRequest> _outgoing =
        Channel.CreateBounded<PendingRequest>(new BoundedChannelOptions(QueuedRequests) { SingleReader = true });
    private readonly InFlightRequests _inFlight;
    private readonly CancellationTokenSource _closing = new();
    private readonly ITimer _clock;
    private FrozenDictionary<ApiKey, short> _versions = FrozenDictionary<ApiKey, short>.Empty;
    private LinkClosedException? _closed;
    private Task _loops = Task.CompletedTask;

    private TcpLink(Socket socket, HostAndPort broker, TcpLinkOptions options)
    {
        _socket = socket;
        _broker = broker;
        _options = options;
        _inFlight = new InFlightRequests(options.Time, options.MaxInFlight, options.RequestTimeout);
        TimeSpan tick = options.RequestTimeout / 8;
        _clock = options.Time.CreateTimer(static link => ((TcpLink)link!).CheckDeadlines(), this, tick, tick);
    }

    /// <inheritdoc/>
    public bool IsInProcess => false;

    /// <inheritdoc/>
    public bool IsOpen => Volatile.Read(ref _closed) is null;

    /// <summary>Connects, and agrees on versions with the broker.</summary>
    /// <exception cref="LinkClosedException">The broker cannot be reached in time or broke off.</exception>
    public static async ValueTask<TcpLink> ConnectAsync(HostAndPort broker, TcpLinkOptions options, CancellationToken cancel)
    {
        using var limit = new CancellationTokenSource(options.ConnectTimeout, options.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, limit.Token);
        TcpLink? link = null;
        try
        {
            link = new TcpLink(await OpenSocketAsync(broker, either.Token).ConfigureAwait(false), broker, options);
            link._loops = Task.WhenAll(link.SendLoopAsync(), link.ReceiveLoopAsync());
            link._versions = await VersionNegotiation.AskAsync(link, options, either.Token).ConfigureAwait(false);
            return link;
        }
        catch (Exception failure)
        {
            if (link is not null) await link.DisposeAsync().ConfigureAwait(false);
            cancel.ThrowIfCancellationRequested();
            if (failure is LinkClosedException) throw;
            string why = limit.IsCancellationRequested ? $"no answer within {options.ConnectTimeout.TotalSeconds:0.#} s" : failure.Message;
            throw new LinkClosedException($"Cannot connect to broker {broker}: {why}", failure);
        }
    }

    /// <inheritdoc/>
    public bool Supports(ApiKey api) => _versions.ContainsKey(api);

    /// <inheritdoc/>
    public short NegotiatedVersion(ApiKey api) =>
        _versions.TryGetValue(api, out short version) ? version : throw new ApiNotSupportedException(api);

    /// <inheritdoc/>
    public ValueTask<TResponse> SendAsync<TResponse>(IRequest<TResponse> request, CancellationToken cancel)
        where TResponse : class, IResponse, new()
    {
        if (_versions.TryGetValue(request.ApiKey, out short version)) return SendInVersionAsync(request, version, cancel);
        request.ReleaseRecords();
        return ValueTask.FromException<TResponse>(new ApiNotSupportedException(request.ApiKey));
    }

    /// <summary>Fails every request that has no answer yet and closes the connection. Idempotent.</summary>
    public async ValueTask DisposeAsync()
    {
        Close(new LinkClosedException($"The link to broker {_broker} was closed on this side."));
        await _loops.ConfigureAwait(false);
        await _clock.DisposeAsync().ConfigureAwait(false);
    }

    internal async ValueTask<TResponse> SendInVersionAsync<TResponse>(IRequest<TResponse> request, short version, CancellationToken cancel)
        where TResponse : class, IResponse, new()
    {
        var pending = new PendingRequest<TResponse>(request, version);
        try
        {
            await _outgoing.Writer.WriteAsync(pending, cancel).ConfigureAwait(false);
        }
        catch (Exception failure)
        {
            request.ReleaseRecords();
            if (failure is ChannelClosedException) throw Closed();
            throw;
        }
        return await pending.WaitAsync(cancel).ConfigureAwait(false);
    }

    private static async ValueTask<Socket> OpenSocketAsync(HostAndPort broker, CancellationToken cancel)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(new DnsEndPoint(broker.Host, broker.Port), cancel).ConfigureAwait(false);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private async Task SendLoopAsync()
    {
        var sender = new FrameSender(_socket);
        var frames = new List<OutgoingFrame>(FramesPerSend);
        var unanswered = new List<PendingRequest>();
        try
        {
            while (await _outgoing.Reader.WaitToReadAsync(_closing.Token).ConfigureAwait(false))
            {
                while (frames.Count < FramesPerSend && _outgoing.Reader.TryPeek(out PendingRequest? next))
                {
                    bool needsSlot = HasAnswer(next) && !next.IsAbandoned;
                    if (needsSlot && !_inFlight.TryTakeSlot())
                    {
                        if (frames.Count > 0) break;
                        await _inFlight.TakeSlotAsync(_closing.Token).ConfigureAwait(false);
                    }
                    _outgoing.Reader.TryRead(out _);
                    if (Encode(next, needsSlot) is { } frame) frames.Add(frame);
                    if (!needsSlot) unanswered.Add(next);
                }
                await sender.SendAsync(frames, _closing.Token).ConfigureAwait(false);
                foreach (OutgoingFrame frame in frames) frame.Dispose();
                frames.Clear();
                foreach (PendingRequest sent in unanswered) sent.CompleteWithoutAnswer();
                unanswered.Clear();
            }
        }
        catch (Exception failure)
        {
            Close(Broken(failure));
        }
        finally
        {
            foreach (OutgoingFrame frame in frames) frame.Dispose();
            foreach (PendingRequest sent in unanswered) sent.Fail(Closed());
            FailQueued();
        }
    }

    private OutgoingFrame? Encode(PendingRequest pending, bool hasSlot)
    {
        try
        {
            if (pending.IsAbandoned)
            {
                if (hasSlot) _inFlight.ReturnSlot();
                return null;
            }
            int correlationId = _inFlight.NextCorrelationId();
            OutgoingFrame frame = RequestFrame.Encode(pending.Request, pending.Version, correlationId, _options.ClientId);
            pending.CorrelationId = correlationId;
            if (hasSlot) _inFlight.Add(pending);
            return frame;
        }
        catch (ProtocolException failure)
        {
            // The request cannot be said in this version: its caller's mistake, and no reason to close the link.
            if (hasSlot) _inFlight.ReturnSlot();
            pending.Fail(failure);
            return null;
        }
        finally
        {
            pending.Request.ReleaseRecords();
        }
    }

    private async Task ReceiveLoopAsync()
    {
        var receiver = new FrameReceiver(_socket, _options.MaxResponseBytes);
        try
        {
            while (await receiver.ReceiveAsync(_closing.Token).ConfigureAwait(false) is { } frame)
            {
                using (frame)
                {
                    int correlationId = ResponseFrame.PeekCorrelationId(frame.Span);
                    PendingRequest pending = _inFlight.Remove(correlationId)
                        ?? throw new LinkClosedException($"Broker {_broker} answered request {correlationId}, which is not waiting.");
                    try
                    {
                        pending.Complete(frame);
                    }
                    catch (ProtocolException failure)
                    {
                        pending.Fail(Broken(failure));
                        throw;
                    }
                }
            }
            Close(new LinkClosedException($"Broker {_broker} closed the connection."));
        }
        catch (Exception failure)
        {
            Close(Broken(failure));
        }
    }

    private static bool HasAnswer(PendingRequest pending) => pending.Request is not ProduceRequest { Acks: 0 };

    private void CheckDeadlines()
    {
        if (_inFlight.FirstOverdue() is not { } overdue) return;
        Close(new LinkClosedException($"Broker {_broker} did not answer {overdue.Request.ApiKey} in time."));
    }

    private void Close(LinkClosedException cause)
    {
        if (Interlocked.CompareExchange(ref _closed, cause, null) is not null) return;
        _outgoing.Writer.TryComplete();
        _closing.Cancel();
        _socket.Dispose();
        foreach (PendingRequest pending in _inFlight.TakeAll()) pending.Fail(Closed());
    }

    private void FailQueued()
    {
        while (_outgoing.Reader.TryRead(out PendingRequest? pending))
        {
            pending.Request.ReleaseRecords();
            pending.Fail(Closed());
        }
    }

    /// <summary>An exception of its own for each caller: one that is thrown twice loses its first stack.</summary>
    private LinkClosedException Closed() => new(_closed?.Message ?? $"The link to broker {_broker} is closed.", _closed?.InnerException);

    private LinkClosedException Broken(Exception failure) => failure as LinkClosedException
        ?? new LinkClosedException($"The connection to broker {_broker} broke: {failure.Message}", failure);
}

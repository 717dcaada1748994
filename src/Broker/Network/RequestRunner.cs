using System.Net;
using System.Runtime.CompilerServices;
using Gateway.Common.Buffers;
using Gateway.Common.Errors;
using Gateway.Protocol;
using Gateway.Protocol.Frames;
using Gateway.Protocol.Messages;
using Gateway.Protocol.Wire;
using Gateway.Shards;
using Microsoft.Extensions.Logging;

namespace Gateway.Broker.Network;

/// <summary>What became of a request: an answer, no answer, or the end of the connection.</summary>
internal readonly record struct RequestOutcome(OutgoingFrame? Frame, string? CloseReason);

/// <summary>Takes a connection's frames to their handlers and the answers back. On the connection's shard.</summary>
internal sealed class RequestRunner(ListenerShard home, IPEndPoint remote, CancellationToken closed, Action<AnswerSlot, RequestOutcome> answered)
{
    private readonly Shard _shard = home.Owner;
    private readonly KafkaListener _listener = home.Listener;

    // Requests of one client hardly differ in what is told of them, so what was told last mostly serves again.
    private RequestContext? _lastContext;

    /// <summary>Reads a request, of which it takes over the memory. False when the connection has to close instead, with the reason.</summary>
    internal bool Decode(RecordsLease frame, PendingRequest request, out string? refusal)
    {
        refusal = null;
        request.Bytes = frame;
        request.Arrived = _shard.Time.GetTimestamp();
        try
        {
            var reader = new KafkaReader(frame, home.Strings);
            RequestHeader header = request.Header = RequestFrame.ReadHeader(ref reader);
            HandlerEntry? entry = request.Entry = _listener.Table.Find(header.ApiKey);
            if (entry is null or { IsWithin: true }) refusal = $"API {(short)header.ApiKey} is not served";
            else if (entry.Serves(header.ApiVersion))
            {
                request.Body = entry.HandlerOn(_shard).NewRequest();
                RequestFrame.ReadBody(ref reader, header, request.Body);
                return true;
            }
            // The client may not know any version of ours: it is told them in the oldest one (AV-2).
            else if (header.ApiKey == ApiKey.ApiVersions) return true;
            else refusal = $"{header.ApiKey} version {header.ApiVersion} is not served";
        }
        catch (ProtocolException e)
        {
            refusal = $"undecodable request: {e.Message}";
        }
        request.Drop();
        return false;
    }

    /// <summary>Hands a request to its handler; the answer comes by the callback, maybe before this returns.</summary>
    internal void Start(PendingRequest request)
    {
        if (request.Body is null)
        {
            Finish(request, UnsupportedApiVersions(), version: 0);
            return;
        }
        ValueTask<IResponse?> answer;
        try
        {
            answer = request.Entry!.HandlerOn(_shard).HandleAsync(ContextFor(request.Header), request.Body);
        }
        catch (Exception e) when (e is not InvariantBrokenException)
        {
            Fail(request, e);
            return;
        }
        if (answer.IsCompleted) Finish(request, answer.GetAwaiter());
        else request.Await(answer, this);
    }

    /// <summary>The answer, or why there is none, is there. A broken invariant escapes from here to the shard, which stops the process.</summary>
    internal void Finish(PendingRequest request, ValueTaskAwaiter<IResponse?> answer)
    {
        Invariant.Check(_shard.IsCurrent);
        IResponse? response;
        try
        {
            response = answer.GetResult();
        }
        catch (Exception e) when (e is not InvariantBrokenException)
        {
            Fail(request, e);
            return;
        }
        Finish(request, response, request.Header.ApiVersion);
    }

    private void Finish(PendingRequest request, IResponse? response, short version)
    {
        OutgoingFrame? frame = null;
        try
        {
            if (response is not null) frame = ResponseFrame.Encode(response, version, request.Header.CorrelationId);
        }
        catch (ProtocolException e)
        {
            Fail(request, e);
            return;
        }
        request.Drop();
        ApiKey api = request.Header.ApiKey;
        home.CountRequest(api);
        if (_listener.Meters.MeasuresDuration) _listener.Meters.RequestTook(api, _shard.Time.GetElapsedTime(request.Arrived));
        if (request.Body is not null) request.Entry!.HandlerOn(_shard).Used(request.Body, response);
        answered(request, new RequestOutcome(frame, null));
    }

    private void Fail(PendingRequest request, Exception e)
    {
        request.Drop();
        bool expected = e is CloseConnectionException || (e is OperationCanceledException && closed.IsCancellationRequested);
        if (!expected) _listener.Logger.LogError(e, "{Api} version {Version} failed", request.Header.ApiKey, request.Header.ApiVersion);
        answered(request, new RequestOutcome(null, expected ? e.Message : $"{request.Header.ApiKey} failed: {e.Message}"));
    }

    private RequestContext ContextFor(in RequestHeader header)
    {
        if (_lastContext is { } last && last.ApiVersion == header.ApiVersion && last.ClientId == header.ClientId) return last;
        return _lastContext = new RequestContext
        {
            ApiVersion = header.ApiVersion,
            ClientId = header.ClientId,
            Listener = _listener.Options.Name,
            RemoteEndPoint = remote,
            Shard = _shard,
            ConnectionClosed = closed,
            AdvertisedAddress = _listener.AdvertisedAddress,
            Memory = _listener.Budget,
        };
    }

    private ApiVersionsResponse UnsupportedApiVersions() => new()
    {
        ErrorCode = ErrorCode.UnsupportedVersion,
        ApiKeys = [.. _listener.Table.Ranges.Select(static range => new ApiVersionsResponse.ApiVersion
        {
            ApiKey = (short)range.ApiKey,
            MinVersion = range.MinVersion,
            MaxVersion = range.MaxVersion,
        })],
    };
}

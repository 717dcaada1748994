using System.Net;
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

/// <summary>A decoded request that waits for its handler or is with it. Holds the frame's memory until it is answered.</summary>
internal sealed record PendingRequest(RecordsLease Frame, AnswerSlot Slot, RequestHeader Header, IRequest? Body, HandlerEntry Entry, long Arrived)
{
    /// <summary>Whether it may only start when nothing else of its connection is under way.</summary>
    internal bool StartsAlone => Entry.Pipelining == Pipelining.AfterEarlierAnswers;

    /// <summary>Gives the memory back.</summary>
    internal void Drop()
    {
        Body?.ReleaseRecords();
        Frame.Dispose();
    }
}

/// <summary>Takes a connection's frames to their handlers and the answers back. On the connection's shard.</summary>
internal sealed class RequestRunner(ListenerShard home, IPEndPoint remote, CancellationToken closed, Action<AnswerSlot, RequestOutcome> answered)
{
    private readonly Shard _shard = home.Owner;
    private readonly KafkaListener _listener = home.Listener;

    /// <summary>Reads a request, of which it takes over the memory. Null when the connection has to close instead, with the reason.</summary>
    internal PendingRequest? Decode(RecordsLease frame, AnswerSlot slot, out string? refusal)
    {
        refusal = null;
        try
        {
            var reader = new KafkaReader(frame);
            RequestHeader header = RequestFrame.ReadHeader(ref reader);
            HandlerEntry? entry = _listener.Table.Find(header.ApiKey);
            if (entry is null) refusal = $"API {(short)header.ApiKey} is not served";
            else if (entry.Serves(header.ApiVersion))
            {
                IRequest body = RequestFrame.ReadBody(ref reader, header);
                return new PendingRequest(frame, slot, header, body, entry, _shard.Time.GetTimestamp());
            }
            // The client may not know any version of ours: it is told them in the oldest one (AV-2).
            else if (header.ApiKey == ApiKey.ApiVersions) return new PendingRequest(frame, slot, header, null, entry, _shard.Time.GetTimestamp());
            else refusal = $"{header.ApiKey} version {header.ApiVersion} is not served";
        }
        catch (ProtocolException e)
        {
            refusal = $"undecodable request: {e.Message}";
        }
        frame.Dispose();
        return null;
    }

    /// <summary>Hands a request to its handler; the answer comes by the callback, maybe before this returns.</summary>
    internal void Start(PendingRequest request)
    {
        if (request.Body is null)
        {
            Finish(request, UnsupportedApiVersions(), version: 0);
            return;
        }
        var context = new RequestContext
        {
            ApiVersion = request.Header.ApiVersion,
            ClientId = request.Header.ClientId,
            Listener = _listener.Options.Name,
            RemoteEndPoint = remote,
            Shard = _shard,
            ConnectionClosed = closed,
            AdvertisedAddress = _listener.AdvertisedAddress,
            Memory = _listener.Budget,
        };
        ValueTask<IResponse?> answer;
        try
        {
            answer = request.Entry.HandlerOn(_shard).HandleAsync(context, request.Body);
        }
        catch (Exception e) when (e is not InvariantBrokenException)
        {
            Fail(request, e);
            return;
        }
        if (answer.IsCompletedSuccessfully) Finish(request, answer.Result, request.Header.ApiVersion);
        else FinishLater(request, answer);
    }

    // A broken invariant escapes from here to the shard, which stops the process.
    private async void FinishLater(PendingRequest request, ValueTask<IResponse?> answer)
    {
        IResponse? response;
        try
        {
            response = await answer;
        }
        catch (Exception e) when (e is not InvariantBrokenException)
        {
            Fail(request, e);
            return;
        }
        Invariant.Check(_shard.IsCurrent);
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
        home.CountRequest(request.Header.ApiKey);
        if (_listener.Meters.MeasuresDuration) _listener.Meters.RequestTook(request.Header.ApiKey, _shard.Time.GetElapsedTime(request.Arrived));
        answered(request.Slot, new RequestOutcome(frame, null));
    }

    private void Fail(PendingRequest request, Exception e)
    {
        request.Drop();
        bool expected = e is CloseConnectionException || (e is OperationCanceledException && closed.IsCancellationRequested);
        if (!expected) _listener.Logger.LogError(e, "{Api} version {Version} failed", request.Header.ApiKey, request.Header.ApiVersion);
        answered(request.Slot, new RequestOutcome(null, expected ? e.Message : $"{request.Header.ApiKey} failed: {e.Message}"));
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

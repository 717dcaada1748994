using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;
using Gateway.Common.Bodies;
using Gateway.HttpProxy.Http;
using Gateway.HttpProxy.Produce;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Gateway.HttpProxy.V3.Records;

/// <summary>
/// Records as a stream: an object each, for as long as the client likes, and for each an object in the answer, in the same order
/// (http-proxy §4.3). Whatever has arrived is produced together; nothing waits for more.
/// </summary>
internal static class StreamProduce
{
    /// <summary>Records produced together at most, which bounds what waits for its answer.</summary>
    private const int MaxTogether = 1_000;

    private static readonly JsonWriterOptions s_readable = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    internal static async ValueTask HandleAsync(V3Call call)
    {
        HttpContext context = call.Http.Context;
        MediaTypes.RequireJson(context.Request);
        string topic = call.Http.Name("topic");
        ProduceSettings settings = ProduceSettings.Read(call.Http);
        if (settings.Key is not null)
        {
            await ProduceOnceAsync(call, topic, settings).ConfigureAwait(false);
            return;
        }
        if (settings.IfEndOffset >= 0)
            throw new ProblemException(Problem.InvalidParameter, "Parameter if_end_offset does not go with a stream, which is written bit by bit; send a batch.");
        // A stream has no size and may rest; a record has a size.
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size) size.MaxRequestBodySize = null;
        if (context.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } rate) rate.MinDataRate = null;

        using var input = new StreamInput(call);
        // What says its length and is there as a whole is no stream, and passes without a place. Refused before anything is written.
        using IDisposable? open = context.Request.ContentLength is null ? Hold() : null;
        if (await input.TryReadAsync().ConfigureAwait(false) is { } refusal) throw new ProblemException(refusal);
        using IDisposable? place = open is null && !input.IsOver ? Hold() : null;
        input.Begin();
        using var patience = new ReaderPatience(call.Http);
        if (input is { IsOver: true, Bytes.IsEmpty: true }) throw new ProblemException(Problem.EmptyBody, "The request has no body; send records.");
        context.Response.ContentType = MediaTypes.Json;
        using var held = new HeldBytes(call.Http.Service.Bodies);
        var scan = new JsonObjectScan();
        while (true)
        {
            ReadOnlySequence<byte> left = input.Bytes;
            bool isOver = input.IsOver;
            Problem? end = await ProduceAsync(call, topic, settings, patience, () => Take(ref scan, ref left)).ConfigureAwait(false);
            if (end is null && left.Length > call.Http.Service.Options.MaxRequestBytes) end = TooLarge(call.Http.Service.Options.MaxRequestBytes);
            bool isWhole = left.Length == 0 && scan.MayEnd;
            if (end is null && isOver && !isWhole) end = Problem.Of(Problem.BadRequest, "The stream ends in the middle of a record.");
            if (end is null) end = held.TryKeep(left.Length + input.Held);
            input.Keep(left);
            if (end is null && !isOver) end = await input.TryReadAsync().ConfigureAwait(false);
            if (end is not null)
            {
                Write(context.Response.BodyWriter, call, topic, new RecordResult(end, -1, -1, -1, null, null));
                await patience.AwaitAsync(context.Response.BodyWriter.FlushAsync(call.Cancel)).ConfigureAwait(false);
                return;
            }
            if (isOver) return;
        }

        IDisposable Hold() => call.Http.Service.Streams.Hold(ClientAddress.Of(context));
    }

    /// <summary>A request with an idempotency key is read to its end and written as one, so that it may come again.</summary>
    private static async ValueTask ProduceOnceAsync(V3Call call, string topic, ProduceSettings settings)
    {
        using RequestBody body = await call.Http.ReadBodyAsync().ConfigureAwait(false);
        if (body.Length == 0) throw new ProblemException(Problem.EmptyBody, "The request has no body; send records.");
        using var batch = new RecordBatch(call, topic, settings);
        var scan = new JsonObjectScan();
        var left = new ReadOnlySequence<byte>(body.Memory);
        try
        {
            while (Take(ref scan, ref left) is { } record)
            {
                if (batch.Count == MaxTogether)
                    throw new ProblemException(Problem.TooLarge, $"A request with {IdempotencyKey.Header} has {MaxTogether} records at most.");
                await batch.AddAsync(record).ConfigureAwait(false);
            }
        }
        catch (JsonException failure)
        {
            throw new ProblemException(Problem.BadRequest, $"The request cannot be read: {failure.Message}");
        }
        if (left.Length > 0 || !scan.MayEnd || batch.Count == 0) throw new ProblemException(Problem.BadRequest, "The request ends in the middle of a record.");
        IReadOnlyList<RecordResult> results = await batch.ProduceAsync(body.Memory).ConfigureAwait(false);
        call.Http.Context.Response.ContentType = MediaTypes.Json;
        foreach (RecordResult result in results) Write(call.Http.Context.Response.BodyWriter, call, topic, result);
        await call.Http.Context.Response.BodyWriter.FlushAsync(call.Cancel).ConfigureAwait(false);
    }

    /// <summary>Produces every whole record there is and answers each; gives the fault that ends the stream, if there is one.</summary>
    private static async ValueTask<Problem?> ProduceAsync(
        V3Call call, string topic, ProduceSettings settings, ReaderPatience patience, Func<ReadOnlyMemory<byte>?> take)
    {
        int limit = call.Http.Service.Options.MaxRequestBytes;
        Problem? end = null;
        bool isDry = false;
        while (!isDry && end is null)
        {
            using var batch = new RecordBatch(call, topic, settings);
            try
            {
                while (batch.Count < MaxTogether && !isDry && end is null)
                {
                    if (take() is not { } record) isDry = true;
                    else if (record.Length > limit) end = TooLarge(limit);
                    else await batch.AddAsync(record).ConfigureAwait(false);
                }
            }
            catch (JsonException failure)
            {
                end = Problem.Of(Problem.BadRequest, $"The stream cannot be read on: {failure.Message}");
            }
            if (batch.Count == 0) break;
            foreach (RecordResult result in await batch.ProduceAsync().ConfigureAwait(false)) Write(call.Http.Context.Response.BodyWriter, call, topic, result);
            await patience.AwaitAsync(call.Http.Context.Response.BodyWriter.FlushAsync(call.Cancel)).ConfigureAwait(false);
        }
        return end;
    }

    private static Problem TooLarge(int limit) => Problem.Of(Problem.TooLarge, $"A record is larger than {limit} bytes.");

    private static ReadOnlyMemory<byte>? Take(ref JsonObjectScan scan, ref ReadOnlySequence<byte> bytes)
    {
        if (!scan.TryTake(ref bytes, out ReadOnlySequence<byte> found)) return null;
        return found.IsSingleSegment ? found.First : found.ToArray();
    }

    private static void Write(PipeWriter to, V3Call call, string topic, RecordResult result)
    {
        using (var json = new Utf8JsonWriter(to, s_readable))
        {
            json.WriteStartObject();
            json.WriteNumber("error_code", result.Problem?.Code ?? StatusCodes.Status200OK);
            if (result.Problem is { } problem) json.WriteString("message", problem.Message);
            else ResultJson.WriteStored(json, call, topic, result);
            json.WriteEndObject();
        }
        to.Write("\r\n"u8);
    }

    /// <summary>The part of a record that has arrived counts as a body does.</summary>
    private sealed class HeldBytes(RequestBodies bodies) : IDisposable
    {
        private long _taken;

        public void Dispose() => bodies.Return(_taken);

        internal Problem? TryKeep(long bytes)
        {
            try
            {
                if (bytes > _taken) bodies.Take(bytes - _taken, bytes);
                else bodies.Return(_taken - bytes);
                _taken = bytes;
                return null;
            }
            catch (BodyRefusedException full)
            {
                return Problem.Of(full.Status, full.Message);
            }
        }
    }
}

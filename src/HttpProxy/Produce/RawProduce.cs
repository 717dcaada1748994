using System.Text;
using Gateway.Client.Producing;
using Gateway.Common.Bodies;
using Gateway.Common.Records;
using Gateway.HttpProxy.Http;
using Gateway.HttpProxy.Records;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Gateway.HttpProxy.Produce;

/// <summary>Writing a body as it is: it is the value of one record, whatever it holds (http-proxy §9.0).</summary>
internal static class RawProduce
{
    /// <summary>The parameters there are.</summary>
    internal static readonly IReadOnlyList<string> Parameters = ["key", "partition", "timestamp", "acks", "async", "if_end_offset", "timeout"];

    private const string HeaderPrefix = "X-Kafka-Header-";

    internal static async ValueTask HandleAsync(ProxyCall call)
    {
        call.RequireAcceptable();
        ProduceSettings settings = ProduceSettings.Read(call);
        HttpRequest request = call.Context.Request;
        int partition = (int)(call.QueryNumber("partition", 0, int.MaxValue) ?? -1);
        long timestamp = call.QueryNumber("timestamp", 0, long.MaxValue) ?? -1;
        byte[]? key = request.Query.TryGetValue("key", out StringValues text) ? Encoding.UTF8.GetBytes(text.ToString()) : null;
        IReadOnlyList<RecordHeader>? headers = TraceContext.Join(HeadersOf(request), TraceContext.Of(request));
        using RequestBody body = await call.ReadBodyAsync().ConfigureAwait(false);
        RequestKey? known = settings.KnownBy(call, body.Memory.Span);
        using var records = new RecordSet(body.Length + (key?.Length ?? 0));
        // Null is not empty memory, which it would become on its way.
        records.Add(key is null ? null : (ReadOnlyMemory<byte>?)key, body.Memory, partition, timestamp, headers);
        body.GiveBackBytes();
        call.Passed("parse");
        ProducedRecord[] results = await settings.ProduceAsync(call, call.Name("topic"), records, known).ConfigureAwait(false);
        call.Timed("append");
        await ProduceAnswer.WriteAsync(call, new ProducedRecords(results), partition < 0 ? null : partition).ConfigureAwait(false);
    }

    private static List<RecordHeader>? HeadersOf(HttpRequest request)
    {
        List<RecordHeader>? headers = null;
        if (!string.IsNullOrEmpty(request.ContentType)) headers = [new("content-type", HeaderText.BytesOf(request.ContentType))];
        foreach ((string name, StringValues values) in request.Headers)
        {
            if (!name.StartsWith(HeaderPrefix, StringComparison.OrdinalIgnoreCase)) continue;
            if (name.Length == HeaderPrefix.Length)
                throw new ProblemException(Problem.BadRequest, $"The header {HeaderPrefix} lacks a name behind it.");
            // Kafka's headers may be there more than once, as HTTP's.
            foreach (string? value in values)
                (headers ??= []).Add(new RecordHeader(name[HeaderPrefix.Length..], HeaderText.BytesOf(value ?? "")));
        }
        return headers;
    }
}

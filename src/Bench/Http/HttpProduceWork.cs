using System.Text;
using Gateway.Bench.Kafka;
using Gateway.Bench.Load;

namespace Gateway.Bench.Http;

/// <summary>POSTs records to a topic: as base64 in the binary format, or as JSON documents in the json format.</summary>
internal sealed class HttpProduceWork : IHttpWork
{
    private const int Variants = 16;
    private readonly ReadOnlyMemory<byte>[] _requests;
    private readonly LaneAnswer _worth;

    /// <summary>Makes the requests.</summary>
    /// <param name="server">The proxy.</param>
    /// <param name="topic">The topic.</param>
    /// <param name="batch">Records of a request; <see cref="RecordShape.Json"/> goes in the json format, everything else as base64.</param>
    /// <param name="lane">The lane's number, so that lanes send different bytes.</param>
    public HttpProduceWork(Uri server, string topic, BatchShape batch, int lane)
    {
        bool json = batch.Shape == RecordShape.Json;
        _requests = [.. Enumerable.Range(0, Variants).Select(i => (ReadOnlyMemory<byte>)HttpLane.Request(
            "POST", server, $"/topics/{topic}", $"application/vnd.kafka.{(json ? "json" : "binary")}.v2+json", "application/vnd.kafka.v2+json",
            Body(batch, json, new Random(lane * Variants + i))))];
        _worth = new LaneAnswer(batch.Records, (long)batch.Records * batch.RecordBytes);
    }

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> Next(long number) => _requests[number % Variants];

    // A record that failed has an error_code of its own while the answer as a whole is 200.
    /// <inheritdoc/>
    public LaneAnswer Judge(ReadOnlySpan<byte> body) =>
        body.IndexOf("\"error_code\":"u8) is var at and >= 0 && !body[(at + 13)..].StartsWith("null"u8) ? new LaneAnswer(0, 0, "record refused") : _worth;

    private static string Body(BatchShape batch, bool json, Random random)
    {
        var text = new StringBuilder("{\"records\":[");
        for (int i = 0; i < batch.Records; i++)
        {
            if (i > 0) text.Append(',');
            byte[] value = RecordValues.Make(batch.Shape, json ? Math.Max(2, batch.RecordBytes) : batch.RecordBytes, random);
            text.Append("{\"value\":");
            if (json) text.Append("{\"data\":\"").Append(Convert.ToHexStringLower(value.AsSpan(0, Math.Max(0, (value.Length - 11) / 2)))).Append("\"}");
            else text.Append('"').Append(Convert.ToBase64String(value)).Append('"');
            text.Append('}');
        }
        return text.Append("]}").ToString();
    }
}

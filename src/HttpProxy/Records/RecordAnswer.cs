using System.Text.Json;
using Gateway.HttpProxy.Http;

namespace Gateway.HttpProxy.Records;

/// <summary>A stretch of one partition to show: records from <paramref name="From"/> up to, but without, <paramref name="To"/>.</summary>
internal readonly record struct RecordRange(string Topic, int Partition, ReadOnlyMemory<byte> Batches, long From, long To);

/// <summary>Writes an answer of records as one JSON array.</summary>
internal static class RecordAnswer
{
    /// <param name="call">The request.</param>
    /// <param name="form">The form of the answer.</param>
    /// <param name="ranges">What to show.</param>
    /// <param name="isTaken">Whether reading has moved something on, so that the answer waits for memory as long as its client does.</param>
    internal static async ValueTask WriteAsync(ProxyCall call, RecordForm form, RecordRange[] ranges, bool isTaken = false)
    {
        using var reading = new RecordReading(call.Service.ReaderMemory);
        using IRecordWriter records = form.IsEvents
            ? new CloudEventJson(hasBigIntegersAsText: call.HasBigIntegersAsText(), memory: reading.Share)
            : new RecordJson(form.Format, reading.Schemas, hasBigIntegersAsText: call.HasBigIntegersAsText(), memory: reading.Share);
        using var answer = new AnswerWriter(call, records, reading, isTaken);
        await answer.WriteAsync(form.Type, ranges, null).ConfigureAwait(false);
    }

    /// <param name="call">The request.</param>
    /// <param name="type">The answer's type.</param>
    /// <param name="format">How keys and values stand; null finds out for each.</param>
    /// <param name="ranges">What to show.</param>
    /// <param name="writeRest">Makes the array the member <c>data</c> of an object, and writes its other members.</param>
    internal static async ValueTask WriteAsync(
        ProxyCall call, string type, EmbeddedFormat? format, RecordRange[] ranges, Action<Utf8JsonWriter> writeRest)
    {
        using var reading = new RecordReading(call.Service.ReaderMemory);
        using var records = new RecordJson(format, reading.Schemas, hasBigIntegersAsText: call.HasBigIntegersAsText(), memory: reading.Share);
        using var answer = new AnswerWriter(call, records, reading, isTaken: false);
        await answer.WriteAsync(type, ranges, writeRest).ConfigureAwait(false);
    }
}

using System.Buffers.Text;
using System.Text.Json;
using Gateway.Client.Producing;
using Gateway.Common.Errors;
using Gateway.HttpProxy.Http;
using Gateway.Schemas.Lookup;

namespace Gateway.HttpProxy.Produce;

/// <summary>Tells what became of each record of a v2 produce request, however the records came.</summary>
internal static class ProduceAnswer
{
    // With the longest numbers there are, and the comma before it.
    private const int MaxStored = 128;

    // Written at once: one by one they would cost twice as much.
    private const int RunBytes = 4096;

    private static ReadOnlySpan<byte> BehindOffset => ",\"error_code\":null,\"error\":null}"u8;

    /// <param name="call">The request.</param>
    /// <param name="results">By record, in the order of the request.</param>
    /// <param name="partition">The partition the request itself names, if it does.</param>
    /// <param name="key">The schema of the keys.</param>
    /// <param name="value">The schema of the values.</param>
    internal static ValueTask WriteAsync(
        ProxyCall call, ProducedRecords results, int? partition, RegisteredSchema? key = null, RegisteredSchema? value = null)
    {
        bool isByPartition = call.Service.Options.Profile == ProxyProfile.Redpanda;
        if (!isByPartition) RefuseMissing(results[0], partition);
        if (ProduceSettings.IsAsync(call.Context.Request))
        {
            call.AnswerNothing();
            return ValueTask.CompletedTask;
        }
        if (isByPartition) return call.AnswerAsync(results, PartitionAnswer.Write);
        return call.AnswerAsync((results, key, value), Write);
    }

    /// <summary>What the path names and is not there is an error of the whole request; anything else is one record's own.</summary>
    internal static void RefuseMissing(in ProducedRecord first, int? partition)
    {
        bool noTopic = first.Partition < 0;
        if (noTopic && first.Error is ErrorCode.UnknownTopicOrPartition)
            throw new ProblemException(Problem.TopicNotFound, "Topic not found.");
        if (noTopic && first.Error != ErrorCode.None)
            throw new ProblemException(KafkaProblems.Of(first.Error, $"The topic is refused: {first.Error.KafkaName()}"));
        if (partition is not null && first.Error == ErrorCode.UnknownTopicOrPartition)
            throw new ProblemException(Problem.PartitionNotFound, "Partition not found.");
    }

    /// <summary>Writes the results as the object they are answered in.</summary>
    internal static void Write(Utf8JsonWriter json, (ProducedRecords Results, RegisteredSchema? Key, RegisteredSchema? Value) answer)
    {
        json.WriteStartObject();
        json.WriteStartArray("offsets"u8);
        if (answer.Results.IsRun) WriteRun(json, answer.Results);
        else WriteEach(json, answer.Results);
        json.WriteEndArray();
        WriteId(json, "key_schema_id"u8, answer.Key);
        WriteId(json, "value_schema_id"u8, answer.Value);
        json.WriteEndObject();
    }

    /// <summary>Records one behind another: each result is the one before it with one more in its offset.</summary>
    private static void WriteRun(Utf8JsonWriter json, in ProducedRecords results)
    {
        Span<byte> run = stackalloc byte[RunBytes];
        int length = WriteStored(run, results[0]);
        int last = 0;
        for (int i = 1; i < results.Count; i++)
        {
            if (length > RunBytes - MaxStored)
            {
                Flush(json, run, ref length);
                length = WriteStored(run, results[i]);
                last = 0;
                continue;
            }
            ReadOnlySpan<byte> before = run[last..length];
            run[length++] = (byte)',';
            last = length;
            before.CopyTo(run[last..]);
            length += TryCount(run.Slice(last, before.Length - BehindOffset.Length)) ? before.Length : WriteStored(run[last..], results[i]);
        }
        Flush(json, run, ref length);
    }

    /// <summary>Adds one to the number at the end of a text; false when it would take a digit more.</summary>
    private static bool TryCount(Span<byte> text)
    {
        for (int at = text.Length - 1; text[at] != ':'; at--)
        {
            if (text[at] != '9')
            {
                text[at]++;
                return true;
            }
            text[at] = (byte)'0';
        }
        return false;
    }

    private static void WriteEach(Utf8JsonWriter json, in ProducedRecords results)
    {
        Span<byte> run = stackalloc byte[RunBytes];
        int length = 0;
        for (int i = 0; i < results.Count; i++)
        {
            ProducedRecord result = results[i];
            if (result is { Error: ErrorCode.None, Offset: >= 0 })
            {
                if (length > RunBytes - MaxStored) Flush(json, run, ref length);
                if (length > 0) run[length++] = (byte)',';
                length += WriteStored(run[length..], result);
                continue;
            }
            Flush(json, run, ref length);
            WriteOther(json, result);
        }
        Flush(json, run, ref length);
    }

    private static void WriteOther(Utf8JsonWriter json, in ProducedRecord result)
    {
        bool isStored = result.Error == ErrorCode.None;
        json.WriteStartObject();
        if (result.Partition < 0) json.WriteNull("partition"u8);
        else json.WriteNumber("partition"u8, result.Partition);
        // Without an acknowledgement nobody knows it.
        json.WriteNull("offset"u8);
        if (isStored) json.WriteNull("error_code"u8);
        else json.WriteNumber("error_code"u8, KafkaProblems.CodeOf(result.Error));
        if (isStored) json.WriteNull("error"u8);
        else json.WriteString("error"u8, result.Message is { } why ? $"{result.Error.KafkaName()}: {why}" : result.Error.KafkaName());
        json.WriteEndObject();
    }

    /// <summary>Writes objects with commas between them, as if they were one value.</summary>
    private static void Flush(Utf8JsonWriter json, ReadOnlySpan<byte> run, ref int length)
    {
        if (length > 0) json.WriteRawValue(run[..length], skipInputValidation: true);
        length = 0;
    }

    /// <summary>What nearly every record gets; member by member too dear for what a request may hold of them.</summary>
    private static int WriteStored(Span<byte> to, in ProducedRecord result)
    {
        int at = Put(to, 0, "{\"partition\":"u8);
        Utf8Formatter.TryFormat(result.Partition, to[at..], out int digits);
        at = Put(to, at + digits, ",\"offset\":"u8);
        Utf8Formatter.TryFormat(result.Offset, to[at..], out digits);
        return Put(to, at + digits, BehindOffset);
    }

    private static int Put(Span<byte> to, int at, ReadOnlySpan<byte> text)
    {
        text.CopyTo(to[at..]);
        return at + text.Length;
    }

    private static void WriteId(Utf8JsonWriter json, ReadOnlySpan<byte> name, RegisteredSchema? schema)
    {
        if (schema is null) json.WriteNull(name);
        else json.WriteNumber(name, schema.Id);
    }
}

using System.Text.Json;
using Gateway.Client.Producing;
using Gateway.Common.Bodies;
using Gateway.Common.Errors;
using Gateway.HttpProxy.Http;
using Gateway.HttpProxy.Records;
using Gateway.Schemas.Lookup;

namespace Gateway.HttpProxy.Produce;

/// <summary>Writing records to a topic or to one of its partitions.</summary>
internal static class ProduceEndpoints
{
    internal static ValueTask ToTopicAsync(ProxyCall call) => ProduceAsync(call, call.Name("topic"), null);

    internal static ValueTask ToPartitionAsync(ProxyCall call) => ProduceAsync(call, call.Name("topic"), call.Partition());

    private static async ValueTask ProduceAsync(ProxyCall call, string topic, int? partition)
    {
        call.RequireAcceptable();
        EmbeddedFormat format = MediaTypes.OfProduce(call.Context.Request, call.Service.Options.StrictMediaTypes);
        if (partition < 0) throw new ProblemException(Problem.PartitionNotFound, "Partition not found.");

        RegisteredSchema? keySchema = null;
        RegisteredSchema? valueSchema = null;
        ProducedRecord[] results;
        using (RequestBody body = await call.ReadBodyAsync().ConfigureAwait(false))
        {
            ProduceBody request = ProduceBody.Read(body.Memory.Span);
            if (partition is { } one) Direct(request, one);
            if (EmbeddedFormats.SchemaTypeOf(format) is { } schemaType)
            {
                var schemas = new ProduceSchemas(call.Service.Schemas, schemaType);
                keySchema = await schemas.OfKeysAsync(topic, request, call.Cancel).ConfigureAwait(false);
                valueSchema = await schemas.OfValuesAsync(topic, request, call.Cancel).ConfigureAwait(false);
            }
            using RecordSet records = RecordEncoder.Encode(body.Memory, request, format, keySchema, valueSchema, call.Cancel);
            // Whoever goes away cannot take records back: waiting without a token costs less, and ends with the producer's own patience.
            results = await call.Service.Producer.ProduceAsync(topic, records, CancellationToken.None).ConfigureAwait(false);
        }

        RefuseMissing(results, partition);
        await call.AnswerAsync((results, keySchema, valueSchema), Write).ConfigureAwait(false);
    }

    private static void Direct(ProduceBody request, int partition)
    {
        Span<RawRecord> records = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(request.Records);
        foreach (ref RawRecord record in records)
        {
            if (record.Partition >= 0 && record.Partition != partition)
                throw new ProblemException(Problem.Unreadable, "A record names another partition than the path.");
            record.Partition = partition;
        }
    }

    /// <summary>What the path names and is not there is an error of the whole request; anything else is one record's own.</summary>
    private static void RefuseMissing(ProducedRecord[] results, int? partition)
    {
        ProducedRecord first = results[0];
        bool noTopic = first.Partition < 0;
        if (noTopic && first.Error is ErrorCode.UnknownTopicOrPartition)
            throw new ProblemException(Problem.TopicNotFound, "Topic not found.");
        if (noTopic && first.Error != ErrorCode.None)
            throw new ProblemException(KafkaProblems.Of(first.Error, $"The topic is refused: {first.Error.KafkaName()}"));
        if (partition is not null && first.Error == ErrorCode.UnknownTopicOrPartition)
            throw new ProblemException(Problem.PartitionNotFound, "Partition not found.");
    }

    private static void Write(Utf8JsonWriter json, (ProducedRecord[] Results, RegisteredSchema? Key, RegisteredSchema? Value) answer)
    {
        json.WriteStartObject();
        json.WriteStartArray("offsets"u8);
        foreach (ProducedRecord result in answer.Results)
        {
            json.WriteStartObject();
            bool isStored = result.Error == ErrorCode.None;
            if (result.Partition < 0) json.WriteNull("partition"u8);
            else json.WriteNumber("partition"u8, result.Partition);
            if (isStored) json.WriteNumber("offset"u8, result.Offset);
            else json.WriteNull("offset"u8);
            if (isStored) json.WriteNull("error_code"u8);
            else json.WriteNumber("error_code"u8, KafkaProblems.CodeOf(result.Error));
            if (isStored) json.WriteNull("error"u8);
            else json.WriteString("error"u8, result.Message is { } why ? $"{result.Error.KafkaName()}: {why}" : result.Error.KafkaName());
            json.WriteEndObject();
        }
        json.WriteEndArray();
        WriteId(json, "key_schema_id"u8, answer.Key);
        WriteId(json, "value_schema_id"u8, answer.Value);
        json.WriteEndObject();
    }

    private static void WriteId(Utf8JsonWriter json, ReadOnlySpan<byte> name, RegisteredSchema? schema)
    {
        if (schema is null) json.WriteNull(name);
        else json.WriteNumber(name, schema.Id);
    }
}

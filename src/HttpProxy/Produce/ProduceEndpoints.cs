using Gateway.Client.Producing;
using Gateway.Common.Bodies;
using Gateway.Common.Records;
using Gateway.HttpProxy.Http;
using Gateway.HttpProxy.Records;
using Gateway.Schemas.Lookup;

namespace Gateway.HttpProxy.Produce;

/// <summary>Writing records to a topic or to one of its partitions, in any of the forms a body may have.</summary>
internal static class ProduceEndpoints
{
    internal static ValueTask ToTopicAsync(ProxyCall call) => ProduceAsync(call, call.Name("topic"), null);

    internal static ValueTask ToPartitionAsync(ProxyCall call) => ProduceAsync(call, call.Name("topic"), call.Partition());

    /// <summary>Writes the records of a v2 request that came otherwise than as the body of one.</summary>
    /// <exception cref="ProblemException">It is refused as a whole.</exception>
    internal static async ValueTask<(ProducedRecord[] Results, bool WasStored, RegisteredSchema? Key, RegisteredSchema? Value)> ProduceAsync(
        ProxyCall call, string topic, ReadOnlyMemory<byte> body, EmbeddedFormat format, ProduceSettings settings, RequestKey? known, Action? added)
    {
        using ProduceBody request = ProduceBody.Read(body.Span);
        (RecordSet records, RegisteredSchema? key, RegisteredSchema? value) = await EncodeAsync(call, topic, body, request, format, settings, null).ConfigureAwait(false);
        using (records)
        {
            (ProducedRecord[] results, bool wasStored) = await settings.WriteAsync(call, topic, records, known, added).ConfigureAwait(false);
            ProduceAnswer.RefuseMissing(results[0], null);
            return (results, wasStored, key, value);
        }
    }

    private static async ValueTask ProduceAsync(ProxyCall call, string topic, int? partition)
    {
        call.RequireAcceptable();
        if (partition < 0) throw new ProblemException(Problem.PartitionNotFound, "Partition not found.");
        ProduceSettings settings = ProduceSettings.Read(call);
        (ProduceForm form, EmbeddedFormat format) = MediaTypes.OfProduce(call.Context.Request, call.Service.Options.StrictMediaTypes);
        IReadOnlyList<RecordHeader>? trace = TraceContext.Of(call.Context.Request);

        RegisteredSchema? keySchema = null;
        RegisteredSchema? valueSchema = null;
        RecordSet? records = null;
        using RequestBody body = await call.ReadBodyAsync().ConfigureAwait(false);
        bool mayBePlain = form == ProduceForm.Request && format == EmbeddedFormat.Binary;
        if (mayBePlain && trace is null && settings.TryAppend(call, topic, partition ?? -1, body.Memory.Span) is { } appended)
        {
            body.GiveBackBytes();
            call.Passed("parse");
            ProducedRecords stored = await appended.ConfigureAwait(false);
            call.Timed("append");
            await ProduceAnswer.WriteAsync(call, stored, partition).ConfigureAwait(false);
            return;
        }
        RequestKey? known = settings.KnownBy(call, body.Memory.Span);
        if (form == ProduceForm.CloudEvents)
            records = CloudEventProduce.Read(call.Context.Request, body.Memory, partition ?? -1, trace);
        else if (mayBePlain)
            records = RecordEncoder.TryEncodePlain(body.Memory.Span, partition ?? -1, trace);
        if (records is null)
        {
            using ProduceBody request = form == ProduceForm.Lines ? ProduceBody.ReadLines(body.Memory.Span) : ProduceBody.Read(body.Memory.Span);
            if (partition is { } one) Direct(request, one);
            (records, keySchema, valueSchema) = await EncodeAsync(call, topic, body.Memory, request, format, settings, trace).ConfigureAwait(false);
        }
        body.GiveBackBytes();
        call.Passed("parse");
        ProducedRecord[] results;
        using (records) results = await settings.ProduceAsync(call, topic, records, known).ConfigureAwait(false);
        call.Timed("append");
        await ProduceAnswer.WriteAsync(call, new ProducedRecords(results), partition, keySchema, valueSchema).ConfigureAwait(false);
    }

    private static async ValueTask<(RecordSet Records, RegisteredSchema? Key, RegisteredSchema? Value)> EncodeAsync(
        ProxyCall call, string topic, ReadOnlyMemory<byte> body, ProduceBody request, EmbeddedFormat format, ProduceSettings settings,
        IReadOnlyList<RecordHeader>? trace)
    {
        RegisteredSchema? key = null;
        RegisteredSchema? value = null;
        if (EmbeddedFormats.SchemaTypeOf(format) is { } schemaType)
        {
            var schemas = new ProduceSchemas(call.Service.Schemas, schemaType);
            key = await schemas.OfKeysAsync(topic, request, call.Cancel).ConfigureAwait(false);
            value = await schemas.OfValuesAsync(topic, request, call.Cancel).ConfigureAwait(false);
        }
        return (RecordEncoder.Encode(body, request, format, key, value, settings.SchemaInHeader, trace, call.Cancel), key, value);
    }

    private static void Direct(ProduceBody request, int partition)
    {
        foreach (ref RawRecord record in request.Records)
        {
            if (record.Partition >= 0 && record.Partition != partition)
                throw new ProblemException(Problem.Unreadable, "A record names another partition than the path.");
            record.Partition = partition;
        }
    }
}

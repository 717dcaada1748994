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

    private static async ValueTask ProduceAsync(ProxyCall call, string topic, int? partition)
    {
        call.RequireAcceptable();
        if (partition < 0) throw new ProblemException(Problem.PartitionNotFound, "Partition not found.");
        ProduceSettings settings = ProduceSettings.Read(call);
        (ProduceForm form, EmbeddedFormat format) = MediaTypes.OfProduce(call.Context.Request, call.Service.Options.StrictMediaTypes);
        IReadOnlyList<RecordHeader>? trace = TraceContext.Of(call.Context.Request);

        RegisteredSchema? keySchema = null;
        RegisteredSchema? valueSchema = null;
        ProducedRecord[] results;
        using (RequestBody body = await call.ReadBodyAsync().ConfigureAwait(false))
        {
            RecordSet records;
            if (form == ProduceForm.CloudEvents)
            {
                records = CloudEventProduce.Read(call.Context.Request, body.Memory, partition ?? -1, trace);
            }
            else
            {
                ProduceBody request = form == ProduceForm.Lines ? ProduceBody.ReadLines(body.Memory.Span) : ProduceBody.Read(body.Memory.Span);
                if (partition is { } one) Direct(request, one);
                if (EmbeddedFormats.SchemaTypeOf(format) is { } schemaType)
                {
                    var schemas = new ProduceSchemas(call.Service.Schemas, schemaType);
                    keySchema = await schemas.OfKeysAsync(topic, request, call.Cancel).ConfigureAwait(false);
                    valueSchema = await schemas.OfValuesAsync(topic, request, call.Cancel).ConfigureAwait(false);
                }
                records = RecordEncoder.Encode(body.Memory, request, format, keySchema, valueSchema, settings.SchemaInHeader, trace, call.Cancel);
            }
            call.Timed("parse");
            using (records) results = await settings.ProduceAsync(call, topic, records, body.Memory).ConfigureAwait(false);
        }
        call.Timed("append");
        await ProduceAnswer.WriteAsync(call, results, partition, keySchema, valueSchema).ConfigureAwait(false);
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
}

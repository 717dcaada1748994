using Gateway.HttpProxy.Http;
using Gateway.Schemas;
using Gateway.Schemas.Lookup;

namespace Gateway.HttpProxy.Records;

/// <summary>Finds the schemas of a produce request: by the id or the text in it, or the newest of the topic's subject.</summary>
internal sealed class ProduceSchemas(ISchemaLookup? lookup)
{
    /// <summary>The schema of the keys; null when there are no keys.</summary>
    internal async ValueTask<RegisteredSchema?> OfKeysAsync(string topic, ProduceBody request, CancellationToken cancel)
    {
        if (request.Records.TrueForAll(static record => record.Key.IsNull)) return null;
        return await FindAsync($"{topic}-key", request.KeySchemaId, request.KeySchema, cancel).ConfigureAwait(false)
            ?? throw new ProblemException(Problem.KeySchemaMissing, $"Keys need key_schema or key_schema_id; subject {topic}-key has no schema either.");
    }

    /// <summary>The schema of the values; null when there are no values.</summary>
    internal async ValueTask<RegisteredSchema?> OfValuesAsync(string topic, ProduceBody request, CancellationToken cancel)
    {
        if (request.Records.TrueForAll(static record => record.Value.IsNull)) return null;
        return await FindAsync($"{topic}-value", request.ValueSchemaId, request.ValueSchema, cancel).ConfigureAwait(false)
            ?? throw new ProblemException(Problem.ValueSchemaMissing, $"Values need value_schema or value_schema_id; subject {topic}-value has no schema either.");
    }

    private async ValueTask<RegisteredSchema?> FindAsync(string subject, int? id, string? text, CancellationToken cancel)
    {
        if (lookup is null) throw new ProblemException(Problem.ConversionFailed, "This proxy runs without a schema registry.");
        if (id is { } known) return Require(await lookup.FindByIdAsync(known, cancel).ConfigureAwait(false));
        if (text is not null) return Require(await lookup.RegisterAsync(subject, SchemaTypes.Avro, text, [], cancel).ConfigureAwait(false));
        return (await lookup.FindLatestAsync(subject, cancel).ConfigureAwait(false)).Found is { } latest ? Require(SchemaAnswer.Of(latest)) : null;
    }

    private static RegisteredSchema Require(SchemaAnswer answer)
    {
        if (answer.Found is not { } found) throw new ProblemException(Problem.InvalidSchema, answer.Message);
        if (found.Schema.SchemaType == SchemaTypes.Avro) return found;
        throw new ProblemException(Problem.InvalidSchema, $"Schema {found.Id} is of type {found.Schema.SchemaType}, not {SchemaTypes.Avro}.");
    }
}

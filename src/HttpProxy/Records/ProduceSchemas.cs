using Gateway.HttpProxy.Http;
using Gateway.Schemas;
using Gateway.Schemas.Lookup;

namespace Gateway.HttpProxy.Records;

/// <summary>Finds the schemas of a produce request: by the id or the text in it, or the newest of the topic's subject.</summary>
internal sealed class ProduceSchemas(ISchemaLookup? lookup, string schemaType)
{
    // The registry's codes for what is not there.
    private const int NoSubject = 40401;
    private const int NoVersion = 40402;

    /// <summary>The schema of the keys; null when there are no keys.</summary>
    internal async ValueTask<RegisteredSchema?> OfKeysAsync(string topic, ProduceBody request, CancellationToken cancel)
    {
        if (!request.HasKeys) return null;
        return await FindAsync($"{topic}-key", request.KeySchemaId, request.KeySchema, cancel).ConfigureAwait(false)
            ?? throw new ProblemException(Problem.KeySchemaMissing, $"Keys need key_schema or key_schema_id; subject {topic}-key has no schema either.");
    }

    /// <summary>The schema of the values; null when there are no values.</summary>
    internal async ValueTask<RegisteredSchema?> OfValuesAsync(string topic, ProduceBody request, CancellationToken cancel)
    {
        if (!request.HasValues) return null;
        return await FindAsync($"{topic}-value", request.ValueSchemaId, request.ValueSchema, cancel).ConfigureAwait(false)
            ?? throw new ProblemException(Problem.ValueSchemaMissing, $"Values need value_schema or value_schema_id; subject {topic}-value has no schema either.");
    }

    private async ValueTask<RegisteredSchema?> FindAsync(string subject, int? id, string? text, CancellationToken cancel)
    {
        if (lookup is null) throw new ProblemException(Problem.ConversionFailed, "This proxy runs without a schema registry.");
        if (id is { } known) return OfThisType(await lookup.FindByIdAsync(known, cancel).ConfigureAwait(false));
        if (text is not null) return OfThisType(await lookup.RegisterAsync(subject, schemaType, text, [], cancel).ConfigureAwait(false));
        SchemaAnswer latest = await lookup.FindLatestAsync(subject, cancel).ConfigureAwait(false);
        return latest.ErrorCode is NoSubject or NoVersion ? null : OfThisType(latest);
    }

    /// <summary>The schema the registry found.</summary>
    /// <exception cref="ProblemException">It found none, or cannot answer now.</exception>
    internal static RegisteredSchema Require(SchemaAnswer answer)
    {
        if (answer.Found is { } found) return found;
        // A registry that cannot answer now is not the request's fault.
        bool isFaultOfRequest = answer.ErrorCode is < 500 or (>= 40000 and < 50000);
        throw new ProblemException(isFaultOfRequest ? Problem.InvalidSchema : Problem.ConversionFailed, answer.Message);
    }

    private RegisteredSchema OfThisType(SchemaAnswer answer)
    {
        RegisteredSchema found = Require(answer);
        if (found.Schema.SchemaType == schemaType) return found;
        throw new ProblemException(
            Problem.InvalidSchema, $"Schema {found.Id} is of type {found.Schema.SchemaType}; this request's content type asks for {schemaType}.");
    }
}

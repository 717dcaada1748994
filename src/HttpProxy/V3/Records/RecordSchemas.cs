using Gateway.HttpProxy.Http;
using Gateway.HttpProxy.Records;
using Gateway.Schemas;
using Gateway.Schemas.Lookup;

namespace Gateway.HttpProxy.V3.Records;

/// <summary>Finds the schema of a key or value by what the record says of it.</summary>
internal sealed class RecordSchemas(ISchemaLookup? lookup)
{
    /// <summary>The schema; its subject is told whenever one was asked.</summary>
    /// <exception cref="ProblemException">There is none, or there is no registry.</exception>
    internal async ValueTask<RegisteredSchema> FindAsync(RecordData data, string topic, bool isKey, CancellationToken cancel)
    {
        if (lookup is null) throw new ProblemException(Problem.ConversionFailed, "This proxy runs without a schema registry.");
        if (data.SchemaId is { } id) return ProduceSchemas.Require(await lookup.FindByIdAsync(id, cancel).ConfigureAwait(false));
        if (data.Schema is { } text)
        {
            string subject = SubjectOf(data, topic, isKey, () => NameOf(data.SchemaType!, text));
            return ProduceSchemas.Require(await lookup.RegisterAsync(subject, data.SchemaType!, text, [], cancel).ConfigureAwait(false));
        }
        string asked = SubjectOf(data, topic, isKey, static () => null);
        return ProduceSchemas.Require(data.SchemaVersion is { } version
            ? await lookup.FindVersionAsync(asked, version, cancel).ConfigureAwait(false)
            : await lookup.FindLatestAsync(asked, cancel).ConfigureAwait(false));
    }

    private static string SubjectOf(RecordData data, string topic, bool isKey, Func<string?> typeName)
    {
        if (data.Subject is { } given) return given;
        string? name = data.Strategy == SubjectNameStrategy.TopicName ? null : typeName();
        return SubjectNames.Of(data.Strategy, topic, isKey, name)
            ?? throw V3Call.Refused("this subject_name_strategy takes the name of the schema's type: send a schema that has one, or the subject");
    }

    private static string? NameOf(string schemaType, string text)
    {
        SchemaParseResult parsed = SchemaLanguages.All.Parse(schemaType, text, [], SchemaParseOptions.New);
        return parsed.Schema is { } schema ? schema.Name : throw new ProblemException(Problem.InvalidSchema, $"Invalid schema: {parsed.Error}");
    }
}

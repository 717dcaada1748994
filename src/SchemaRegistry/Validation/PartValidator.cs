using Gateway.Common.Records;
using Gateway.Schemas;

namespace Gateway.SchemaRegistry.Validation;

/// <summary>Judges keys, or values: which schema one names, whether that is of its subject, and perhaps whether it is data of it.</summary>
/// <param name="subjects">The schemas there are for it.</param>
/// <param name="isKey">Whether it is about keys.</param>
/// <param name="budget">What decoding may cost; null decodes nothing.</param>
internal sealed class PartValidator(NamedSubjects subjects, bool isKey, SchemaBudget? budget)
{
    private const int MaxMessageCharacters = 300;

    private readonly string _part = isKey ? "key" : "value";

    /// <summary>What is wrong with a key or value that is there; null when nothing is.</summary>
    public string? FaultOf(ReadOnlySpan<byte> data, RecordHeaderEnumerator headers)
    {
        FramedData framed = FramedData.Of(data, headers, isKey);
        if (!framed.IsFound)
        {
            return framed.IsInHeader
                ? $"The header __{_part}_schema_id holds neither a schema id nor a GUID."
                : $"The {_part} does not begin with a schema id.";
        }
        NamedSchema schema = subjects.Find(framed.Identity);
        if (!schema.Exists) return $"The {_part} names schema {framed.Identity}, which is not registered.";
        if (!subjects.NeedsTypes && budget is null)
            return schema.HasTopicsSubject ? null : NotOfSubject(framed.Identity, subjects.TopicsSubject);
        try
        {
            return Judge(framed.Identity, schema, framed.PayloadFor(schema.SchemaType));
        }
        catch (Exception fault) when (fault is SchemaDataException or SchemaBudgetException)
        {
            return Cut($"The {_part} is not data of schema {framed.Identity}: {fault.Message}");
        }
    }

    private string? Judge(SchemaIdentity identity, NamedSchema schema, ReadOnlySpan<byte> payload)
    {
        if (subjects.Match(schema, payload, out string subject) is not { } match) return NotOfSubject(identity, subject);
        if (budget is null) return null;
        if (subjects.Parsed(match) is not { } parsed) return $"Schema {identity}, which the {_part} names, cannot be read.";
        parsed.Validate(payload, budget);
        return null;
    }

    private string NotOfSubject(SchemaIdentity identity, string subject) =>
        Cut($"The {_part} names schema {identity}, which is not registered under the subject '{subject}'.");

    private static string Cut(string message) => message.Length <= MaxMessageCharacters ? message : message[..MaxMessageCharacters] + "…";
}

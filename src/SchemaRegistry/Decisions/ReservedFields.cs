using System.Text.Json;
using Gateway.Schemas;
using Gateway.SchemaRegistry.Model;

namespace Gateway.SchemaRegistry.Decisions;

/// <summary>
/// Names a subject keeps free for others: the metadata property <c>confluent:reserved</c> lists them. With <c>validateFields</c> they may neither become
/// fields of the schema nor leave the list again (schema-registry 2.10).
/// </summary>
internal static class ReservedFields
{
    /// <summary>The property that lists them, with commas between.</summary>
    public const string Property = "confluent:reserved";

    /// <summary>What is wrong, in the words of a comparison; nothing when all is well.</summary>
    /// <param name="schema">The new schema.</param>
    /// <param name="metadata">What is registered with it.</param>
    /// <param name="latest">The version before it, if there is one.</param>
    public static IEnumerable<string> Check(ISchema schema, SchemaMetadata? metadata, SchemaVersion? latest)
    {
        var reserved = Of(metadata);
        foreach (var name in Of(latest?.Content.Metadata).Except(reserved))
            yield return Message("RESERVED_PROPERTY_REMOVED", $"The new schema has reserved property {name} removed from its metadata which is present in the old schema's metadata.", name);
        if (reserved.Count == 0) yield break;
        foreach (var name in reserved.Intersect(FieldsOf(schema)))
            yield return Message("RESERVED_PROPERTY_CONFLICTS_WITH_PROPERTY", $"The new schema has a field of the name {name}, which its metadata reserves.", name);
    }

    private static string Message(string token, string description, string name) =>
        $"{{errorType:'{token}', description:'{description}', additionalInfo:'{name}'}}";

    private static List<string> Of(SchemaMetadata? metadata) =>
        [.. metadata?.Properties.GetValueOrDefault(Property)?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Distinct() ?? []];

    /// <summary>Names of the fields at the top: an Avro record's, a JSON object's; a message has none that count here.</summary>
    private static List<string> FieldsOf(ISchema schema)
    {
        if (schema.SchemaType is not (SchemaTypes.Avro or SchemaTypes.Json)) return [];
        using var document = JsonDocument.Parse(schema.CanonicalText, new JsonDocumentOptions { MaxDepth = 1000 });
        return schema.SchemaType == SchemaTypes.Avro
            ? [.. JsonBody.Items(document.RootElement, "fields").Select(field => JsonBody.Text(field, "name")).OfType<string>()]
            : [.. JsonBody.Members(document.RootElement, "properties").Select(property => property.Name)];
    }
}

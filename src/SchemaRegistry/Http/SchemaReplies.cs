using System.Text.Json;
using Gateway.SchemaRegistry.Model;
using Gateway.SchemaRegistry.Tags;
using Gateway.SchemaRegistry.Topic;

namespace Gateway.SchemaRegistry.Http;

/// <summary>Schemas in the shapes the endpoints answer, members in Confluent's order.</summary>
internal static class SchemaReplies
{
    // In bytes of a text, of which each may become six.
    private const int TextPiece = 16 * 1024;

    /// <summary>A version with all that is known of it.</summary>
    public static void Version(Utf8JsonWriter output, SchemaVersion version, SchemaView view)
    {
        output.WriteStartObject();
        WriteVersion(output, version, view);
        output.WriteEndObject();
    }

    /// <summary>
    /// The same with the subject's other names and the topics it belongs to, where these were asked for; with pauses in what may be long.
    /// </summary>
    public static IEnumerable<Pause> Listed(Utf8JsonWriter output, ListedSchema listed)
    {
        var (version, view) = (listed.Version, SchemaView.Stored(listed.Version.Content));
        output.WriteStartObject();
        WriteBeforeText(output, version, view);
        output.WritePropertyName("schema");
        for (var left = view.Text; ; left = left[TextPiece..])
        {
            output.WriteStringValueSegment(left.Span[..Math.Min(TextPiece, left.Length)], isFinalSegment: left.Length <= TextPiece);
            if (left.Length <= TextPiece) break;
            yield return default;
        }
        WriteAfterText(output, version, view);
        if (listed.Aliases.Count > 0) JsonBody.WriteTexts(output, "aliases", listed.Aliases);
        if (listed.Associations.Count > 0)
        {
            output.WritePropertyName("associations");
            foreach (var pause in Reply.Array(output, listed.Associations, AssociationReplies.One)) yield return pause;
        }
        output.WriteEndObject();
    }

    private static void WriteVersion(Utf8JsonWriter output, SchemaVersion version, SchemaView view)
    {
        WriteBeforeText(output, version, view);
        output.WriteString("schema", view.Text.Span);
        WriteAfterText(output, version, view);
    }

    private static void WriteBeforeText(Utf8JsonWriter output, SchemaVersion version, SchemaView view)
    {
        output.WriteString("subject", version.Subject);
        output.WriteNumber("version", version.Version);
        output.WriteNumber("id", version.Id);
        WriteIdentity(output, version.Content);
        WriteRest(output, version.Content, view);
    }

    private static void WriteAfterText(Utf8JsonWriter output, SchemaVersion version, SchemaView view)
    {
        TaggedEntity.WriteAll(output, "schemaTags", view.Tags);
        WriteHistory(output, version);
    }

    /// <summary>The answer to a registration.</summary>
    public static void Registered(Utf8JsonWriter output, SchemaVersion version, SchemaView view)
    {
        output.WriteStartObject();
        output.WriteNumber("id", version.Id);
        output.WriteNumber("version", version.Version);
        WriteIdentity(output, version.Content);
        WriteRest(output, version.Content, view);
        output.WriteString("schema", view.Text.Span);
        WriteHistory(output, version);
        output.WriteEndObject();
    }

    /// <summary>What an id or a GUID stands for; the version only where a subject was asked for.</summary>
    public static void Content(Utf8JsonWriter output, SchemaContent content, SchemaView view, SchemaVersion? version, int? maxId)
    {
        output.WriteStartObject();
        if (version is not null)
        {
            output.WriteString("subject", version.Subject);
            output.WriteNumber("version", version.Version);
        }
        WriteIdentity(output, content);
        output.WriteString("schema", view.Text.Span);
        WriteRest(output, content, view);
        TaggedEntity.WriteAll(output, "schemaTags", view.Tags);
        if (maxId is { } highest) output.WriteNumber("maxId", highest);
        if (version is not null) WriteHistory(output, version);
        output.WriteEndObject();
    }

    private static void WriteIdentity(Utf8JsonWriter output, SchemaContent content)
    {
        output.WriteString("guid", content.Guid);
        output.WriteString("schemaType", content.SchemaType);
    }

    private static void WriteRest(Utf8JsonWriter output, SchemaContent content, SchemaView view)
    {
        RecordValues.WriteReferences(output, view.References);
        RecordValues.WriteMetadata(output, "metadata", content.Metadata);
        RecordValues.WriteRules(output, "ruleSet", content.RuleSet);
    }

    private static void WriteHistory(Utf8JsonWriter output, SchemaVersion version)
    {
        output.WriteNumber("ts", version.TimestampMs);
        output.WriteBoolean("deleted", version.Deleted);
    }
}

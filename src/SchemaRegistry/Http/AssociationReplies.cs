using System.Text.Json;
using Gateway.SchemaRegistry.Decisions;
using Gateway.SchemaRegistry.Model;

namespace Gateway.SchemaRegistry.Http;

/// <summary>Associations in the shapes the endpoints answer, members in Confluent's order.</summary>
internal static class AssociationReplies
{
    public static IEnumerable<Pause> One(Utf8JsonWriter output, Association association)
    {
        output.WriteStartObject();
        output.WriteString("subject", association.Key.Subject);
        WriteText(output, "guid", association.Guid);
        output.WriteString("resourceName", association.Key.ResourceName);
        output.WriteString("resourceNamespace", association.Key.ResourceNamespace);
        WriteText(output, "resourceId", association.ResourceId);
        output.WriteString("resourceType", association.Key.ResourceType);
        output.WriteString("associationType", association.Key.AssociationType);
        output.WriteString("lifecycle", Association.NameOf(association.Lifecycle));
        output.WriteBoolean("frozen", association.Frozen);
        output.WriteNumber("createTs", association.CreatedMs);
        output.WriteNumber("updateTs", association.UpdatedMs);
        output.WriteEndObject();
        return [];
    }

    /// <summary>A resource and what is tied to it, as an object; with a pause behind each association, which may bring its schema along.</summary>
    public static IEnumerable<Pause> Resource(
        Utf8JsonWriter output, string name, string resourceNamespace, string id, IEnumerable<MadeAssociation> associations)
    {
        output.WriteStartObject();
        WriteText(output, "resourceName", name);
        WriteText(output, "resourceNamespace", resourceNamespace);
        WriteText(output, "resourceId", id);
        output.WriteString("resourceType", Association.Topic);
        if (associations.Any())
        {
            output.WritePropertyName("associations");
            foreach (var pause in Reply.Array(output, associations, Made)) yield return pause;
        }
        output.WriteEndObject();
    }

    private static IEnumerable<Pause> Made(Utf8JsonWriter output, MadeAssociation made)
    {
        output.WriteStartObject();
        output.WriteString("subject", made.Association.Key.Subject);
        output.WriteString("associationType", made.Association.Key.AssociationType);
        output.WriteString("lifecycle", Association.NameOf(made.Association.Lifecycle));
        output.WriteBoolean("frozen", made.Association.Frozen);
        if (made.Schema is { } schema)
        {
            output.WritePropertyName("schema");
            SchemaReplies.Version(output, schema, SchemaView.Stored(schema.Content));
        }
        output.WriteEndObject();
        return [];
    }

    private static void WriteText(Utf8JsonWriter output, string name, string value)
    {
        if (value.Length > 0) output.WriteString(name, value);
    }
}

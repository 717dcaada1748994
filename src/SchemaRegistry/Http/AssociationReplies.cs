using System.Text.Json;
using Gateway.SchemaRegistry.Decisions;
using Gateway.SchemaRegistry.Model;

namespace Gateway.SchemaRegistry.Http;

/// <summary>Associations in the shapes the endpoints answer, members in Confluent's order.</summary>
internal static class AssociationReplies
{
    public static void List(Utf8JsonWriter output, IEnumerable<Association> associations)
    {
        output.WriteStartArray();
        foreach (var association in associations)
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
        }
        output.WriteEndArray();
    }

    /// <summary>A resource and what is tied to it, as an object.</summary>
    public static void Resource(Utf8JsonWriter output, string name, string resourceNamespace, string id, IReadOnlyList<MadeAssociation> associations)
    {
        output.WriteStartObject();
        WriteText(output, "resourceName", name);
        WriteText(output, "resourceNamespace", resourceNamespace);
        WriteText(output, "resourceId", id);
        output.WriteString("resourceType", Association.Topic);
        if (associations.Count > 0)
        {
            output.WriteStartArray("associations");
            foreach (var (association, schema) in associations)
            {
                output.WriteStartObject();
                output.WriteString("subject", association.Key.Subject);
                output.WriteString("associationType", association.Key.AssociationType);
                output.WriteString("lifecycle", Association.NameOf(association.Lifecycle));
                output.WriteBoolean("frozen", association.Frozen);
                if (schema is not null)
                {
                    output.WritePropertyName("schema");
                    SchemaReplies.Version(output, schema, SchemaView.Stored(schema.Content));
                }
                output.WriteEndObject();
            }
            output.WriteEndArray();
        }
        output.WriteEndObject();
    }

    private static void WriteText(Utf8JsonWriter output, string name, string value)
    {
        if (value.Length > 0) output.WriteString(name, value);
    }
}

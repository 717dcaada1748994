using System.Text.Json;

namespace Gateway.HttpProxy.V3;

/// <summary>What every resource of the v3 dialect begins with, and how it points at others.</summary>
internal static class ResourceJson
{
    /// <summary>Begins a resource; its own members follow, and the end of the object.</summary>
    internal static void WriteHead(this Utf8JsonWriter json, string kind, string self, string resourceName, string clusterId)
    {
        json.WriteStartObject();
        json.WriteString("kind", kind);
        json.WriteStartObject("metadata");
        json.WriteString("self", self);
        json.WriteString("resource_name", resourceName);
        json.WriteEndObject();
        json.WriteString("cluster_id", clusterId);
    }

    internal static void WriteRelated(this Utf8JsonWriter json, string name, string url)
    {
        json.WriteStartObject(name);
        json.WriteString("related", url);
        json.WriteEndObject();
    }
}

using Gateway.SchemaRegistry.Model;
using Gateway.SchemaRegistry.State;

namespace Gateway.SchemaRegistry.Http;

/// <summary>A stored text in the format asked for.</summary>
internal static class SchemaTexts
{
    /// <summary>
    /// With <c>format=resolved</c> references are written out in place, with <c>format=serialized</c> a Protobuf schema is its descriptor in
    /// base64. A format the language does not have is the text as stored, and so is one nobody has heard of.
    /// </summary>
    public static string Of(RegistryService service, RegistryExchange exchange, RegistryImage image, string subject, SchemaContent content)
    {
        var format = exchange.Query("format");
        if (format is not ("resolved" or "serialized")) return content.Text;
        var parsed = service.Schemas.Stored(image, QualifiedSubject.Parse(subject).Context, content);
        if (parsed.Fault is not null) return content.Text;
        return (format == "resolved" ? parsed.Value.ResolvedText : parsed.Value.SerializedText) ?? content.Text;
    }
}

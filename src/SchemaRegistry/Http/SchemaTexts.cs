using Gateway.SchemaRegistry.Model;
using Gateway.SchemaRegistry.State;

namespace Gateway.SchemaRegistry.Http;

/// <summary>A stored text in the format asked for.</summary>
internal static class SchemaTexts
{
    /// <summary>
    /// With <c>format=resolved</c> references are written out in place; a Protobuf schema is its descriptor in base64 with
    /// <c>format=serialized</c> and stands without extensions with <c>format=ignore_extensions</c>. A format the language does not have is the
    /// text as stored, and so is one nobody has heard of.
    /// </summary>
    public static string Of(RegistryService service, RegistryExchange exchange, RegistryImage image, string subject, SchemaContent content)
    {
        var format = exchange.Query("format");
        if (format is not ("resolved" or "serialized" or "ignore_extensions")) return content.Text;
        var parsed = service.Schemas.Stored(image, QualifiedSubject.Parse(subject).Context, content);
        if (parsed.Fault is not null) return content.Text;
        var text = format switch
        {
            "resolved" => parsed.Value.ResolvedText,
            "serialized" => parsed.Value.SerializedText,
            _ => parsed.Value.TextWithoutExtensions,
        };
        return text ?? content.Text;
    }
}

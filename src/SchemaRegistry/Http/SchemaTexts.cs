using Gateway.SchemaRegistry.Model;
using Gateway.SchemaRegistry.State;

namespace Gateway.SchemaRegistry.Http;

/// <summary>A stored text in the format asked for.</summary>
internal static class SchemaTexts
{
    /// <summary>With <c>format=resolved</c> references are written out in place; any other format is the text as stored.</summary>
    public static string Of(RegistryService service, RegistryExchange exchange, RegistryImage image, string subject, SchemaContent content)
    {
        if (exchange.Query("format") != "resolved") return content.Text;
        var parsed = service.Schemas.Stored(image, QualifiedSubject.Parse(subject).Context, content);
        return parsed.Fault is null ? parsed.Value.ResolvedText : content.Text;
    }
}

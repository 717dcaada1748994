using System.Collections.Immutable;
using System.Text;
using Gateway.Schemas;
using Gateway.SchemaRegistry.Model;
using Gateway.SchemaRegistry.State;
using Gateway.SchemaRegistry.Tags;

namespace Gateway.SchemaRegistry.Http;

/// <summary>A stored content as the request wants to see it.</summary>
/// <param name="Text">The text, in the format asked for, as UTF-8.</param>
/// <param name="References">Its references, by the names asked for.</param>
/// <param name="Tags">What in it has one of the tags asked for; none when none were.</param>
internal sealed record SchemaView(ReadOnlyMemory<byte> Text, ImmutableArray<SchemaReference> References, IReadOnlyList<TaggedEntity> Tags)
{
    /// <summary>
    /// With <c>format=resolved</c> references are written out in place; a Protobuf schema is its descriptor in base64 with
    /// <c>format=serialized</c> and stands without extensions with <c>format=ignore_extensions</c>. A format the language does not have is the
    /// text as stored, and so is one nobody has heard of. With <c>referenceFormat=qualified</c> references name their context. With <c>findTags</c>
    /// the places that have one of these tags are told.
    /// </summary>
    public static SchemaView Of(RegistryService service, RegistryExchange exchange, RegistryImage image, string context, SchemaContent content)
    {
        var references = content.References;
        if (references.Length > 0 && string.Equals(exchange.Query("referenceFormat"), "qualified", StringComparison.OrdinalIgnoreCase))
            references = [.. references.Select(reference => reference with { Subject = QualifiedSubject.Within(context, reference.Subject).ToString() })];
        return new SchemaView(TextOf(service, exchange, image, context, content), references, TagsOf(service, exchange, image, context, content));
    }

    /// <summary>The content as it is stored.</summary>
    public static SchemaView Stored(SchemaContent content) => new(content.Utf8, content.References, []);

    private static IReadOnlyList<TaggedEntity> TagsOf(RegistryService service, RegistryExchange exchange, RegistryImage image, string context, SchemaContent content)
    {
        IReadOnlyList<string> wanted = [.. exchange.Target.Queries("findTags").OfType<string>().Where(tag => tag.Length > 0)];
        return wanted.Count > 0 && service.Schemas.Stored(image, context, content) is { Fault: null } parsed ? InlineTags.Find(parsed.Value, wanted) : [];
    }

    private static ReadOnlyMemory<byte> TextOf(RegistryService service, RegistryExchange exchange, RegistryImage image, string context, SchemaContent content)
    {
        var format = exchange.Query("format");
        if ((format, content.SchemaType) is not (("resolved", SchemaTypes.Avro) or ("serialized" or "ignore_extensions", SchemaTypes.Protobuf))) return content.Utf8;
        var parsed = service.Schemas.Stored(image, context, content);
        if (parsed.Fault is not null) return content.Utf8;
        var text = format switch
        {
            "resolved" => parsed.Value.ResolvedText,
            "serialized" => parsed.Value.SerializedText,
            _ => parsed.Value.TextWithoutExtensions,
        };
        return text is null ? content.Utf8 : Encoding.UTF8.GetBytes(text);
    }
}

using Gateway.Schemas;

namespace Gateway.HttpProxy.Http;

/// <summary>How keys and values stand in the JSON of requests and answers.</summary>
internal enum EmbeddedFormat
{
    /// <summary>Base64 strings.</summary>
    Binary,

    /// <summary>JSON values.</summary>
    Json,

    /// <summary>Avro's JSON form of values stored with a schema id in front.</summary>
    Avro,

    /// <summary>JSON values that a JSON Schema describes, stored with its id in front.</summary>
    JsonSchema,

    /// <summary>Protobuf's JSON form of messages stored with a schema id and a message index in front.</summary>
    Protobuf,

    /// <summary>Strings, stored as UTF-8.</summary>
    Text,
}

/// <summary>What the formats are called, and what they ask for: the one table of them.</summary>
internal static class EmbeddedFormats
{
    private static readonly (EmbeddedFormat Format, string Name, string? SchemaType)[] Table =
    [
        (EmbeddedFormat.Binary, "binary", null),
        (EmbeddedFormat.Json, "json", null),
        (EmbeddedFormat.Avro, "avro", SchemaTypes.Avro),
        (EmbeddedFormat.JsonSchema, "jsonschema", SchemaTypes.Json),
        (EmbeddedFormat.Protobuf, "protobuf", SchemaTypes.Protobuf),
        (EmbeddedFormat.Text, "text", null),
    ];

    private static readonly string[] MediaTypes = [.. Table.Select(static row => $"application/vnd.kafka.{row.Name}.v2+json")];

    /// <summary>Every format, the plainest first.</summary>
    internal static IReadOnlyList<EmbeddedFormat> All { get; } = [.. Table.Select(static row => row.Format)];

    /// <summary>The name in media types and consumer settings.</summary>
    internal static string NameOf(EmbeddedFormat format) => Table[(int)format].Name;

    /// <summary>The media type of records in that format.</summary>
    internal static string MediaTypeOf(EmbeddedFormat format) => MediaTypes[(int)format];

    /// <summary>The language its schemas are written in; null for a format without schemas.</summary>
    internal static string? SchemaTypeOf(EmbeddedFormat format) => Table[(int)format].SchemaType;

    /// <summary>The name of the format for schemas of that language.</summary>
    internal static string OfSchemaType(string schemaType) => Table.First(row => row.SchemaType == schemaType).Name;

    /// <summary>The format of that name, or null.</summary>
    internal static EmbeddedFormat? OfName(string name)
    {
        foreach (var row in Table)
            if (row.Name == name) return row.Format;
        return null;
    }

    /// <summary>The format of that media type, in lower case and without parameters; or null.</summary>
    internal static EmbeddedFormat? OfMediaType(string type) => Array.IndexOf(MediaTypes, type) is var at and >= 0 ? (EmbeddedFormat)at : null;
}

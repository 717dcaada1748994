using System.Text.Json;
using Gateway.HttpProxy.Http;

namespace Gateway.HttpProxy.V3.Records;

/// <summary>How a key or value is written into the log, where its type says so by itself.</summary>
internal enum PlainType
{
    /// <summary>A schema says it.</summary>
    None,

    /// <summary>A base64 string stands for the bytes.</summary>
    Binary,

    /// <summary>The JSON text itself.</summary>
    Json,

    /// <summary>The string's UTF-8.</summary>
    String,
}

/// <summary>A key or value of a v3 record: its data, and how to find the schema it is written with (http-proxy §4.3).</summary>
/// <param name="Data">The data; null stands for Kafka's null.</param>
/// <param name="Plain">Its type, when no schema is needed.</param>
/// <param name="SchemaType">The registry's name of the language of <paramref name="Schema"/>; null without a text.</param>
/// <param name="Schema">A schema's text; null for none.</param>
/// <param name="SchemaId">A schema's id; null for none.</param>
/// <param name="SchemaVersion">A version of the subject; null for none.</param>
/// <param name="Subject">The subject; null leaves it to the strategy.</param>
/// <param name="Strategy">How the subject is named when it is not given.</param>
internal sealed record RecordData(
    JsonElement? Data, PlainType Plain, string? SchemaType, string? Schema, int? SchemaId, int? SchemaVersion, string? Subject, SubjectNameStrategy Strategy)
{
    /// <summary>Reads a key or value; null when it is absent, null, or has null data.</summary>
    /// <param name="record">The record.</param>
    /// <param name="name">"key" or "value".</param>
    /// <exception cref="ProblemException">What it says does not fit together: 400.</exception>
    internal static RecordData? Read(JsonElement record, string name)
    {
        if (record.Member(name) is not { } part) return null;
        if (part.ValueKind != JsonValueKind.Object) throw V3Call.Refused($"{name} must be an object with data");
        part.RequireOnce("data", "type", "schema", "schema_id", "schema_version", "subject", "subject_name_strategy");
        JsonElement? data = part.Member("data");
        string? schema = part.Text("schema"), type = part.Text("type"), subject = part.Text("subject"), strategy = part.Text("subject_name_strategy");
        int? id = part.Number("schema_id"), version = part.Number("schema_version");
        if (subject is not null && strategy is not null) throw V3Call.Refused($"{name} has both subject and subject_name_strategy; give one of them");
        SubjectNameStrategy named = SubjectNames.Read(strategy);
        bool namesSchema = schema is not null || id is not null || version is not null || subject is not null || strategy is not null;
        (PlainType plain, string? schemaType) = TypeOf(type, name);
        if (plain != PlainType.None && namesSchema) throw V3Call.Refused($"{name} of type {type} takes data and nothing of a schema");
        if (schemaType is not null && (id is not null || version is not null)) throw V3Call.Refused($"{name} of type {type} takes schema; schema_id and schema_version stand without a type");
        if (schemaType is not null && schema is null) throw V3Call.Refused($"{name} of type {type} needs schema, the schema's text");
        if (type is null && schema is not null) throw V3Call.Refused($"{name} has a schema and needs its type: AVRO, JSONSCHEMA or PROTOBUF");
        if (id is not null && version is not null) throw V3Call.Refused($"{name} has both schema_id and schema_version; give one of them");
        return data is null ? null : new RecordData(data, plain, schemaType, schema, id, version, subject, named);
    }

    private static (PlainType Plain, string? SchemaType) TypeOf(string? type, string name) => type switch
    {
        null => (PlainType.None, null),
        "BINARY" => (PlainType.Binary, null),
        "JSON" => (PlainType.Json, null),
        "STRING" => (PlainType.String, null),
        "AVRO" => (PlainType.None, Schemas.SchemaTypes.Avro),
        "JSONSCHEMA" => (PlainType.None, Schemas.SchemaTypes.Json),
        "PROTOBUF" => (PlainType.None, Schemas.SchemaTypes.Protobuf),
        _ => throw V3Call.Refused($"the type of {name} must be BINARY, JSON, STRING, AVRO, JSONSCHEMA or PROTOBUF, not '{type}'"),
    };
}

namespace Gateway.Schemas;

/// <summary>The names schema languages go by on the wire.</summary>
public static class SchemaTypes
{
    /// <summary>Apache Avro; the default where a request names no type.</summary>
    public const string Avro = "AVRO";

    /// <summary>Protocol Buffers.</summary>
    public const string Protobuf = "PROTOBUF";

    /// <summary>JSON Schema.</summary>
    public const string Json = "JSON";
}

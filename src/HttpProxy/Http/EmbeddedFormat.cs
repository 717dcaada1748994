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
}

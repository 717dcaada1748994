namespace Gateway.HttpProxy.Http;

/// <summary>How an answer shows records.</summary>
/// <param name="Type">Its media type.</param>
/// <param name="Format">How keys and values stand.</param>
/// <param name="IsEvents">Each record is a CloudEvent, whatever the format.</param>
internal readonly record struct RecordForm(string Type, EmbeddedFormat Format, bool IsEvents);

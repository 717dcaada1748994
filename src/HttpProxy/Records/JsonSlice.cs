using System.Text.Json;

namespace Gateway.HttpProxy.Records;

/// <summary>A JSON value where it lies in the request: its kind and its bytes, quotes included.</summary>
internal readonly record struct JsonSlice(JsonTokenType Kind, int Start, int Length)
{
    internal static JsonSlice Absent => new(JsonTokenType.None, 0, 0);

    /// <summary>Left out or <c>null</c>: Kafka's null.</summary>
    internal bool IsNull => Kind is JsonTokenType.None or JsonTokenType.Null;
}

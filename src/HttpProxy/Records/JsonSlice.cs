using System.Text.Json;

namespace Gateway.HttpProxy.Records;

/// <summary>A JSON value where it lies in the request: its kind and its bytes, quotes included.</summary>
/// <param name="Kind">Its kind, by its first token.</param>
/// <param name="Start">Its first byte.</param>
/// <param name="Length">How many bytes it has.</param>
/// <param name="IsEscaped">Of a string: whether it stands for other letters than are written.</param>
internal readonly record struct JsonSlice(JsonTokenType Kind, int Start, int Length, bool IsEscaped)
{

    /// <summary>Left out or <c>null</c>: Kafka's null.</summary>
    internal bool IsNull => Kind is JsonTokenType.None or JsonTokenType.Null;
}

using System.Text.Json;

namespace Gateway.Schemas.Json.Model;

/// <summary>Kinds of JSON values as people call them.</summary>
internal static class JsonKinds
{
    /// <summary>The kind with its article.</summary>
    public static string Describe(JsonValueKind kind) => kind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "an array",
        JsonValueKind.String => "a string",
        JsonValueKind.Number => "a number",
        JsonValueKind.True or JsonValueKind.False => "a boolean",
        _ => "null",
    };
}

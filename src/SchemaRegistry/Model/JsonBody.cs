using System.Text.Json;

namespace Gateway.SchemaRegistry.Model;

/// <summary>Small readings of JSON in which a null member equals an absent one.</summary>
internal static class JsonBody
{
    public static JsonElement? Member(JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null
            ? value
            : null;

    public static string? Text(JsonElement json, string name) =>
        Member(json, name) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;

    public static int? Integer(JsonElement json, string name) =>
        Member(json, name) is { ValueKind: JsonValueKind.Number } value && value.TryGetInt32(out var number) ? number : null;

    /// <summary>A flag; some clients write it as text, which a JVM registry takes for what it says.</summary>
    public static bool? Boolean(JsonElement json, string name) => Member(json, name)?.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.String when bool.TryParse(Text(json, name), out var flag) => flag,
        _ => null,
    };

    public static IEnumerable<(string Name, JsonElement Value)> Members(JsonElement json, string name)
    {
        if (Member(json, name) is not { ValueKind: JsonValueKind.Object } members) yield break;
        foreach (var member in members.EnumerateObject())
            if (member.Value.ValueKind != JsonValueKind.Null) yield return (member.Name, member.Value);
    }

    public static IEnumerable<JsonElement> Items(JsonElement json, string name)
    {
        if (Member(json, name) is not { ValueKind: JsonValueKind.Array } items) yield break;
        foreach (var item in items.EnumerateArray()) yield return item;
    }

    public static IEnumerable<string> Texts(JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Array) yield break;
        foreach (var item in json.EnumerateArray())
            if (item.ValueKind == JsonValueKind.String) yield return item.GetString()!;
    }

    /// <summary>A value where text is expected: text as it is, anything else as written.</summary>
    public static string AsText(JsonElement value) => value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();

    public static void WriteTexts(Utf8JsonWriter output, string name, IEnumerable<string> values)
    {
        output.WriteStartArray(name);
        foreach (var value in values) output.WriteStringValue(value);
        output.WriteEndArray();
    }
}

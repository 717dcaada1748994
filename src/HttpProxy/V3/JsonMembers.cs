using System.Text.Json;

namespace Gateway.HttpProxy.V3;

/// <summary>Members of a request's object by name and type; another type than the one asked for is refused (400).</summary>
internal static class JsonMembers
{
    /// <summary>The member, or nothing when it is absent or null.</summary>
    internal static JsonElement? Member(this JsonElement element, string name)
    {
        if (element.ValueKind != JsonValueKind.Object) throw V3Call.Refused($"an object with {name} was expected");
        return element.TryGetProperty(name, out JsonElement member) && member.ValueKind != JsonValueKind.Null ? member : null;
    }

    /// <summary>Refuses an object in which one of these is there twice: readers differ in which of the two counts.</summary>
    internal static void RequireOnce(this JsonElement element, params ReadOnlySpan<string> names)
    {
        if (element.ValueKind != JsonValueKind.Object) return;
        int seen = 0;
        foreach (JsonProperty member in element.EnumerateObject())
        {
            for (int i = 0; i < names.Length; i++)
            {
                if (!member.NameEquals(names[i])) continue;
                if ((seen & (1 << i)) != 0) throw V3Call.Refused($"{names[i]} is there twice");
                seen |= 1 << i;
            }
        }
    }

    internal static string? Text(this JsonElement element, string name) => element.Member(name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.String } text => text.GetString(),
        _ => throw V3Call.Refused($"{name} must be a string"),
    };

    internal static int? Number(this JsonElement element, string name) => element.Member(name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.Number } number when number.TryGetInt32(out int value) => value,
        _ => throw V3Call.Refused($"{name} must be a whole number"),
    };

    internal static bool Flag(this JsonElement element, string name) => element.Member(name) switch
    {
        null or { ValueKind: JsonValueKind.False } => false,
        { ValueKind: JsonValueKind.True } => true,
        _ => throw V3Call.Refused($"{name} must be true or false"),
    };

    /// <summary>The elements of an array; none when it is absent or null.</summary>
    internal static IEnumerable<JsonElement> Items(this JsonElement element, string name) => element.Member(name) switch
    {
        null => [],
        { ValueKind: JsonValueKind.Array } array => array.EnumerateArray(),
        _ => throw V3Call.Refused($"{name} must be an array"),
    };
}

using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Gateway.Schemas.Json.Validation;

/// <summary>When two JSON values are the same: numbers by value (1 is 1.0), objects without regard to order.</summary>
internal sealed class JsonEquality : IEqualityComparer<JsonElement>
{
    /// <summary>The one there is.</summary>
    public static JsonEquality Instance { get; } = new();

    /// <inheritdoc/>
    public bool Equals(JsonElement x, JsonElement y)
    {
        if (x.ValueKind != y.ValueKind) return false;
        RuntimeHelpers.EnsureSufficientExecutionStack();
        switch (x.ValueKind)
        {
            case JsonValueKind.String:
                return SameText(x, y);
            case JsonValueKind.Number:
                return SameNumber(x, y);
            case JsonValueKind.Array:
                if (x.GetArrayLength() != y.GetArrayLength()) return false;
                var others = y.EnumerateArray();
                foreach (var item in x.EnumerateArray())
                {
                    others.MoveNext();
                    if (!Equals(item, others.Current)) return false;
                }
                return true;
            case JsonValueKind.Object:
                return SameMembers(x, y);
            default:
                return true;
        }
    }

    /// <inheritdoc/>
    public int GetHashCode(JsonElement obj)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        switch (obj.ValueKind)
        {
            case JsonValueKind.String:
                return string.GetHashCode(obj.GetString(), StringComparison.Ordinal);
            case JsonValueKind.Number:
                return NumberHash.Of(JsonMarshal.GetRawUtf8Value(obj));
            case JsonValueKind.Array:
                var hash = new HashCode();
                foreach (var item in obj.EnumerateArray()) hash.Add(GetHashCode(item));
                return hash.ToHashCode();
            case JsonValueKind.Object:
                var sum = 17;
                foreach (var (name, value) in MembersOf(obj))
                    sum += HashCode.Combine(string.GetHashCode(name, StringComparison.Ordinal), GetHashCode(value));
                return sum;
            default:
                return (int)obj.ValueKind;
        }
    }

    private static bool SameText(in JsonElement x, in JsonElement y)
    {
        var left = JsonMarshal.GetRawUtf8Value(x);
        var right = JsonMarshal.GetRawUtf8Value(y);
        if (left.SequenceEqual(right)) return true;
        return (left.Contains((byte)'\\') || right.Contains((byte)'\\')) && x.GetString() == y.GetString();
    }

    private static bool SameNumber(in JsonElement x, in JsonElement y)
    {
        if (JsonMarshal.GetRawUtf8Value(x).SequenceEqual(JsonMarshal.GetRawUtf8Value(y))) return true;
        return ShortNumber.Of(x) is { } left && ShortNumber.Of(y) is { } right ? left == right : JsonDecimal.Of(x).Equals(JsonDecimal.Of(y));
    }

    private bool SameMembers(in JsonElement x, in JsonElement y)
    {
        var (left, right) = (MembersOf(x), MembersOf(y));
        if (left.Count != right.Count) return false;
        foreach (var (name, value) in left)
        {
            if (!right.TryGetValue(name, out var other) || !Equals(value, other)) return false;
        }
        return true;
    }

    private static Dictionary<string, JsonElement> MembersOf(in JsonElement value)
    {
        var members = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var property in value.EnumerateObject()) members[property.Name] = property.Value;
        return members;
    }
}

using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Gateway.HttpProxy.Http;

namespace Gateway.HttpProxy.Streams;

/// <summary>How a member and the text beside it are compared.</summary>
internal enum FilterComparison
{
    Equal,
    Different,
    StartsWith,
    Contains,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// <summary>
/// One condition on a record as its reader sees it: <c>value.status=paid</c>. A member is named by its path; its text is what a string says,
/// and the JSON of anything else. Numbers are equal by what they are worth, and less or greater only numbers are.
/// </summary>
internal sealed class FilterCondition
{
    private const string Headers = "headers";

    private static readonly string[] s_members = ["topic", "key", "value", "partition", "offset", "timestamp", Headers, "key_encoding", "value_encoding"];

    private static readonly (string Sign, FilterComparison Comparison)[] s_signs =
    [
        ("!=", FilterComparison.Different), ("^=", FilterComparison.StartsWith), ("*=", FilterComparison.Contains),
        ("<=", FilterComparison.LessOrEqual), (">=", FilterComparison.GreaterOrEqual),
        ("=", FilterComparison.Equal), ("<", FilterComparison.Less), (">", FilterComparison.Greater),
    ];

    private readonly byte[][] _path;
    private readonly bool _isHeader;
    private readonly FilterComparison _comparison;
    private readonly byte[] _text;

    private FilterCondition(byte[][] path, bool isHeader, FilterComparison comparison, byte[] text) =>
        (_path, _isHeader, _comparison, _text) = (path, isHeader, comparison, text);

    /// <summary>Reads a condition.</summary>
    /// <exception cref="ProblemException">It is none: 400.</exception>
    internal static FilterCondition Read(string text, bool isOfEvents)
    {
        for (int at = 0; at < text.Length; at++)
        {
            foreach ((string sign, FilterComparison comparison) in s_signs)
            {
                if (string.CompareOrdinal(text, at, sign, 0, sign.Length) != 0) continue;
                byte[] beside = Encoding.UTF8.GetBytes(text[(at + sign.Length)..]);
                if (comparison >= FilterComparison.Less && NumberOf(beside) is null)
                    throw StreamQuery.Refused("filter", $"needs a number behind {sign} in '{text}'");
                byte[][] path = PathOf(text, text[..at], isOfEvents);
                return new FilterCondition(path, !isOfEvents && path.Length == 2 && path[0].AsSpan().SequenceEqual("headers"u8), comparison, beside);
            }
        }
        throw StreamQuery.Refused("filter", $"must be a member, a sign ({string.Join(' ', s_signs.Select(static known => known.Sign))}) and a text, not '{text}'");
    }

    /// <summary>Whether a record, as JSON, is as the condition says.</summary>
    internal bool Matches(ReadOnlySpan<byte> record)
    {
        var json = new Utf8JsonReader(record, new JsonReaderOptions { MaxDepth = record.Length + 1 });
        json.Read();
        for (int i = 0; i < (_isHeader ? 1 : _path.Length); i++)
            if (!Descend(ref json, _path[i])) return _comparison == FilterComparison.Different;
        bool isAsSaid = _isHeader ? AnyHeaderIs(ref json) : ValueIs(ref json, record);
        // What is not there differs as well.
        return isAsSaid != (_comparison == FilterComparison.Different);
    }

    private static byte[][] PathOf(string text, string path, bool isOfEvents)
    {
        string[] names = path.Split('.');
        if (isOfEvents)
            return names.Contains("") ? throw StreamQuery.Refused("filter", $"names no member of an event in '{text}'") : [.. names.Select(Encoding.UTF8.GetBytes)];
        bool isHeaderNamed = names[0] == Headers && names.Length > 1;
        // Names of headers have dots in them often, and nothing inside.
        if (isHeaderNamed) names = [Headers, path[(Headers.Length + 1)..]];
        if (!s_members.Contains(names[0]) || names.Contains(""))
            throw StreamQuery.Refused("filter", $"names no member of a record in '{text}': there are {string.Join(", ", s_members)}, and behind a dot what is inside");
        return [.. names.Select(Encoding.UTF8.GetBytes)];
    }

    /// <summary>Goes to a member of an object, or, by its number, of an array; false when there is none.</summary>
    private static bool Descend(ref Utf8JsonReader json, ReadOnlySpan<byte> name)
    {
        if (json.TokenType == JsonTokenType.StartObject)
        {
            while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
            {
                bool isIt = Is(ref json, name);
                json.Read();
                if (isIt) return true;
                json.Skip();
            }
        }
        else if (json.TokenType == JsonTokenType.StartArray && int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out int index))
        {
            for (int i = 0; json.Read() && json.TokenType != JsonTokenType.EndArray; i++)
            {
                if (i == index) return true;
                json.Skip();
            }
        }
        return false;
    }

    private static bool Is(ref Utf8JsonReader json, ReadOnlySpan<byte> name)
    {
        try
        {
            return json.ValueTextEquals(name);
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair: no name that anybody could ask for.
            return false;
        }
    }

    /// <summary>Looks at the array of headers; one of several of a name is enough.</summary>
    private bool AnyHeaderIs(ref Utf8JsonReader json)
    {
        while (json.Read() && json.TokenType == JsonTokenType.StartObject)
        {
            // Written by this proxy: the key, then the value.
            json.Read();
            json.Read();
            bool isNamed = Is(ref json, _path[1]);
            json.Read();
            json.Read();
            bool isAsSaid = isNamed && (json.TokenType == JsonTokenType.Null ? TextIs("null"u8) : json.TryGetBytesFromBase64(out byte[]? value) && TextIs(value));
            json.Read();
            if (isAsSaid) return true;
        }
        return false;
    }

    private bool ValueIs(ref Utf8JsonReader json, ReadOnlySpan<byte> record)
    {
        if (json.TokenType == JsonTokenType.String)
        {
            if (!json.ValueIsEscaped) return TextIs(json.ValueSpan);
            byte[] plain = ArrayPool<byte>.Shared.Rent(json.ValueSpan.Length);
            try
            {
                return TextIs(plain.AsSpan(0, json.CopyString(plain)));
            }
            catch (InvalidOperationException)
            {
                return false;
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(plain);
            }
        }
        bool isNumber = json.TokenType == JsonTokenType.Number;
        int start = (int)json.TokenStartIndex;
        json.Skip();
        ReadOnlySpan<byte> text = record[start..(int)json.BytesConsumed];
        bool isSameNumber = isNumber && _comparison <= FilterComparison.Different && NumberOf(text) is { } number && number == NumberOf(_text);
        return isSameNumber || TextIs(text);
    }

    /// <summary>Compares; a text that must differ is looked at for being equal.</summary>
    private bool TextIs(ReadOnlySpan<byte> text) => _comparison switch
    {
        FilterComparison.Equal or FilterComparison.Different => text.SequenceEqual(_text),
        FilterComparison.StartsWith => text.StartsWith(_text),
        FilterComparison.Contains => text.IndexOf(_text) >= 0,
        _ => NumberOf(text) is { } number && NumberOf(_text) is { } limit && _comparison switch
        {
            FilterComparison.Less => number < limit,
            FilterComparison.LessOrEqual => number <= limit,
            FilterComparison.Greater => number > limit,
            _ => number >= limit,
        },
    };

    /// <summary>A number, exact as far as 28 digits go.</summary>
    private static decimal? NumberOf(ReadOnlySpan<byte> text) =>
        decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out decimal number) ? number : null;
}

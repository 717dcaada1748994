using System.Globalization;
using System.Text.RegularExpressions;

namespace Gateway.HttpProxy.Http;

/// <summary>Points in time as clients write them.</summary>
internal static partial class TimeText
{
    /// <summary>What <see cref="Milliseconds"/> takes, for people.</summary>
    internal const string Forms = "a time such as 2026-01-31T12:00:00Z, or milliseconds since 1970";

    /// <summary>Milliseconds since 1970, written as a number or as a date and time; null when it is neither, or earlier than that.</summary>
    internal static long? Milliseconds(string text)
    {
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long milliseconds)) return milliseconds;
        // A plus sign that was not escaped has become a blank.
        const DateTimeStyles Utc = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
        bool isTime = DateTimeOffset.TryParse(text.Replace(' ', '+'), CultureInfo.InvariantCulture, Utc, out DateTimeOffset time);
        return isTime && time.ToUnixTimeMilliseconds() >= 0
            ? time.ToUnixTimeMilliseconds()
            : null;
    }

    /// <summary>Whether the text is a date and time as RFC 3339 has it, with any fraction of a second and a leap second.</summary>
    internal static bool IsRfc3339(string text)
    {
        if (!Form().IsMatch(text)) return false;
        ReadOnlySpan<char> second = text.AsSpan(17, 2);
        string plain = $"{text.AsSpan(0, 10)}T{text.AsSpan(11, 6)}{(second is "60" ? "59" : second)}";
        return DateTime.TryParseExact(plain, "yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture, DateTimeStyles.None, out _);
    }

    [GeneratedRegex(
        @"^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?([Zz]|[+-]([01][0-9]|2[0-3]):[0-5][0-9])\z",
        RegexOptions.CultureInvariant)]
    private static partial Regex Form();
}

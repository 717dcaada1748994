using System.Globalization;

namespace Gateway.Cli.Records;

/// <summary>What <c>consume -o</c> reads: from where, and up to where (exclusive); without an end it follows the topic.</summary>
/// <param name="From">The first record.</param>
/// <param name="To">Where to stop, or null to go on for ever.</param>
public sealed record OffsetRange(OffsetBound From, OffsetBound? To)
{
    /// <summary>
    /// Reads <c>start</c>, <c>end</c>, <c>:end</c>, <c>+n</c>, <c>-n</c>, <c>n</c>, <c>n:</c>, <c>:n</c>, <c>a:b</c>,
    /// <c>@t</c>, <c>@t:</c>, <c>@:t</c>, <c>@t1:t2</c>.
    /// </summary>
    /// <param name="text">As the user wrote it.</param>
    /// <param name="now">What times are relative to.</param>
    /// <exception cref="FormatException">The text is none of these.</exception>
    public static OffsetRange Parse(string text, DateTimeOffset now)
    {
        if (text.StartsWith('@')) return ParseTimes(text[1..], now);
        int colon = text.IndexOf(':');
        if (colon < 0) return new OffsetRange(ParseBound(text), null);
        string from = text[..colon], to = text[(colon + 1)..];
        return new OffsetRange(from.Length == 0 ? OffsetBound.Start : ParseBound(from), to.Length == 0 ? null : ParseBound(to));
    }

    private static OffsetBound ParseBound(string text) => text switch
    {
        "start" => OffsetBound.Start,
        "end" => OffsetBound.End,
        ['+', .. var count] => new OffsetBound(OffsetBoundKind.AfterStart, Number(count, text)),
        ['-', .. var count] => new OffsetBound(OffsetBoundKind.BeforeEnd, Number(count, text)),
        _ => new OffsetBound(OffsetBoundKind.Exact, Number(text, text)),
    };

    private static long Number(string digits, string whole) =>
        long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out long number)
            ? number
            : throw new FormatException($"'{whole}' is not an offset: use start, end, N, +N, -N, A:B or @TIME");

    private static OffsetRange ParseTimes(string text, DateTimeOffset now)
    {
        // A time may hold colons itself (RFC 3339), so the range's colon is the one that leaves two readable halves.
        if (TryTime(text, now, null, out OffsetBound single)) return new OffsetRange(single, null);
        for (int colon = text.IndexOf(':'); colon >= 0; colon = text.IndexOf(':', colon + 1))
        {
            string from = text[..colon], to = text[(colon + 1)..];
            OffsetBound first = OffsetBound.Start;
            if (from.Length > 0 && !TryTime(from, now, null, out first)) continue;
            if (to.Length == 0) return new OffsetRange(first, null);
            if (TryTime(to, now, first.Kind == OffsetBoundKind.Time ? first.Value : null, out OffsetBound second)) return new OffsetRange(first, second);
        }
        throw new FormatException($"'@{text}' is not a time: use milliseconds or seconds since 1970, YYYY-MM-DD, RFC 3339, or -1h for an hour ago");
    }

    private static bool TryTime(string text, DateTimeOffset now, long? rangeStart, out OffsetBound bound)
    {
        bound = OffsetBound.End;
        if (text == "end") return true;
        long? time = text switch
        {
            { Length: 13 } when AllDigits(text) => long.Parse(text, CultureInfo.InvariantCulture),
            { Length: 9 or 10 } when AllDigits(text) => long.Parse(text, CultureInfo.InvariantCulture) * 1000,
            ['-', .. var ago] when GoDuration.TryParse(ago, out TimeSpan back) => now.ToUnixTimeMilliseconds() - (long)back.TotalMilliseconds,
            _ when rangeStart is { } start && GoDuration.TryParse(text, out TimeSpan length) => start + (long)length.TotalMilliseconds,
            _ when DateTimeOffset.TryParseExact(
                text, ["yyyy-MM-dd", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"], CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal, out DateTimeOffset at) => at.ToUnixTimeMilliseconds(),
            _ => null,
        };
        if (time is null) return false;
        bound = new OffsetBound(OffsetBoundKind.Time, time.Value);
        return true;
    }

    private static bool AllDigits(string text) => text.All(char.IsAsciiDigit);
}

using System.Buffers.Text;

namespace Gateway.Schemas.Protobuf.Data;

/// <summary>Timestamps (RFC 3339) and durations (seconds with an "s") as JSON spells them, with 0, 3, 6 or 9 digits of a second.</summary>
internal static class TimeText
{
    /// <summary>No text is longer.</summary>
    public const int MaxLength = 40;

    private const long MinTimestamp = -62_135_596_800;
    private const long MaxTimestamp = 253_402_300_799;
    private const long MaxDuration = 315_576_000_000;
    private const int NanosPerSecond = 1_000_000_000;

    public static bool IsTimestamp(long seconds, int nanos) =>
        seconds is >= MinTimestamp and <= MaxTimestamp && nanos is >= 0 and < NanosPerSecond;

    /// <summary>Seconds and nanoseconds must point the same way.</summary>
    public static bool IsDuration(long seconds, int nanos) =>
        seconds is >= -MaxDuration and <= MaxDuration && nanos is > -NanosPerSecond and < NanosPerSecond
        && !(seconds > 0 && nanos < 0) && !(seconds < 0 && nanos > 0);

    public static int WriteTimestamp(Span<byte> text, long seconds, int nanos)
    {
        var time = DateTime.UnixEpoch.AddTicks(seconds * TimeSpan.TicksPerSecond);
        Digits(text, 0, 4, time.Year);
        text[4] = (byte)'-';
        Digits(text, 5, 2, time.Month);
        text[7] = (byte)'-';
        Digits(text, 8, 2, time.Day);
        text[10] = (byte)'T';
        Digits(text, 11, 2, time.Hour);
        text[13] = (byte)':';
        Digits(text, 14, 2, time.Minute);
        text[16] = (byte)':';
        Digits(text, 17, 2, time.Second);
        var length = 19 + WriteFraction(text[19..], nanos);
        text[length] = (byte)'Z';
        return length + 1;
    }

    public static int WriteDuration(Span<byte> text, long seconds, int nanos)
    {
        var length = 0;
        if (seconds < 0 || nanos < 0) text[length++] = (byte)'-';
        Utf8Formatter.TryFormat(Math.Abs(seconds), text[length..], out var written);
        length += written;
        length += WriteFraction(text[length..], Math.Abs(nanos));
        text[length] = (byte)'s';
        return length + 1;
    }

    public static bool TryReadTimestamp(ReadOnlySpan<byte> text, out long seconds, out int nanos)
    {
        (seconds, nanos) = (0, 0);
        if (text.Length < 20 || text[4] != '-' || text[7] != '-' || text[10] != 'T' || text[13] != ':' || text[16] != ':') return false;
        if (!TryDigits(text[..4], out var year) || !TryDigits(text[5..7], out var month) || !TryDigits(text[8..10], out var day)
            || !TryDigits(text[11..13], out var hour) || !TryDigits(text[14..16], out var minute) || !TryDigits(text[17..19], out var second))
        {
            return false;
        }
        if (year < 1 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month)) return false;
        if (hour > 23 || minute > 59 || second > 59) return false;
        var rest = text[19..];
        if (!TryReadFraction(ref rest, out nanos) || !TryReadOffset(rest, out var offset)) return false;
        var time = new DateTime(year, month, day, hour, minute, second, DateTimeKind.Utc);
        seconds = ((time - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerSecond) - offset;
        return IsTimestamp(seconds, nanos);
    }

    public static bool TryReadDuration(ReadOnlySpan<byte> text, out long seconds, out int nanos)
    {
        (seconds, nanos) = (0, 0);
        var isNegative = text.Length > 0 && text[0] == '-';
        if (isNegative) text = text[1..];
        var digits = text.IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        if (digits is < 1 or > 18 || !Utf8Parser.TryParse(text[..digits], out seconds, out int used) || used != digits) return false;
        text = text[digits..];
        if (!TryReadFraction(ref text, out nanos) || !text.SequenceEqual("s"u8)) return false;
        if (isNegative) (seconds, nanos) = (-seconds, -nanos);
        return IsDuration(seconds, nanos);
    }

    private static int WriteFraction(Span<byte> text, int nanos)
    {
        if (nanos == 0) return 0;
        text[0] = (byte)'.';
        if (nanos % 1_000_000 == 0) return 1 + Digits(text, 1, 3, nanos / 1_000_000);
        if (nanos % 1000 == 0) return 1 + Digits(text, 1, 6, nanos / 1000);
        return 1 + Digits(text, 1, 9, nanos);
    }

    /// <summary>A point and one to nine digits, or nothing.</summary>
    private static bool TryReadFraction(ref ReadOnlySpan<byte> text, out int nanos)
    {
        nanos = 0;
        if (text.Length == 0 || text[0] != '.') return true;
        text = text[1..];
        var digits = text.IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        if (digits is < 1 or > 9 || !TryDigits(text[..digits], out nanos)) return false;
        for (var i = digits; i < 9; i++) nanos *= 10;
        text = text[digits..];
        return true;
    }

    /// <summary>Z, or hours and minutes to take away.</summary>
    private static bool TryReadOffset(ReadOnlySpan<byte> text, out int seconds)
    {
        seconds = 0;
        if (text.SequenceEqual("Z"u8)) return true;
        if (text.Length != 6 || text[0] is not ((byte)'+' or (byte)'-') || text[3] != ':') return false;
        if (!TryDigits(text[1..3], out var hours) || !TryDigits(text[4..6], out var minutes) || hours > 23 || minutes > 59) return false;
        seconds = ((hours * 60) + minutes) * 60;
        if (text[0] == '-') seconds = -seconds;
        return true;
    }

    private static int Digits(Span<byte> text, int at, int count, int value)
    {
        for (var i = at + count - 1; i >= at; i--, value /= 10) text[i] = (byte)('0' + (value % 10));
        return count;
    }

    private static bool TryDigits(ReadOnlySpan<byte> text, out int value)
    {
        value = 0;
        foreach (var digit in text)
        {
            if (digit is < (byte)'0' or > (byte)'9') return false;
            value = (value * 10) + (digit - '0');
        }
        return true;
    }
}

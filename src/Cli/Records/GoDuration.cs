using System.Globalization;

namespace Gateway.Cli.Records;

/// <summary>Durations as rpk writes them: <c>3ms</c>, <c>10s</c>, <c>9m</c>, <c>1h</c>, <c>1m3ms</c>.</summary>
public static class GoDuration
{
    /// <summary>Reads a duration; false when the text is none.</summary>
    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = default;
        double milliseconds = 0;
        int at = 0;
        while (at < text.Length)
        {
            int digits = at;
            while (at < text.Length && (char.IsAsciiDigit(text[at]) || text[at] == '.')) at++;
            int unit = at;
            while (at < text.Length && char.IsAsciiLetter(text[at])) at++;
            if (!double.TryParse(text.AsSpan(digits, unit - digits), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number)) return false;
            double scale = text[unit..at] switch { "ms" => 1, "s" => 1000, "m" => 60_000, "h" => 3_600_000, _ => -1 };
            if (scale < 0) return false;
            milliseconds += number * scale;
        }
        if (text.Length == 0 || milliseconds > TimeSpan.MaxValue.TotalMilliseconds / 2) return false;
        duration = TimeSpan.FromMilliseconds(milliseconds);
        return true;
    }
}

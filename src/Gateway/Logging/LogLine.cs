using System.Globalization;
using Microsoft.Extensions.Logging;

namespace Gateway.Logging;

/// <summary>What a log line looks like: time, level, who speaks, the message, and the exception if there is one, all on one line.</summary>
public static class LogLine
{
    /// <summary>Formats one event.</summary>
    public static string Format(DateTimeOffset time, LogLevel level, string category, string message, Exception? exception)
    {
        string stamp = time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        string line = $"{stamp} {NameOf(level)} {category}: {message}";
        if (exception is not null) line += " | " + exception;
        return OnOneLine(line);
    }

    private static string NameOf(LogLevel level) => level switch
    {
        LogLevel.Trace => "trace",
        LogLevel.Debug => "debug",
        LogLevel.Information => "info ",
        LogLevel.Warning => "warn ",
        LogLevel.Error => "error",
        _ => "fatal",
    };

    private static string OnOneLine(string text) =>
        text.AsSpan().IndexOfAny('\r', '\n') < 0 ? text : text.Replace("\r", "", StringComparison.Ordinal).Replace("\n", " | ", StringComparison.Ordinal);
}

using System.Globalization;

namespace Gateway.Storage.Segments;

/// <summary>Segment files are named by their base offset in 20 digits, so that names sort as offsets do.</summary>
internal static class SegmentNames
{
    private const string LogSuffix = ".log";
    private const string IndexSuffix = ".index";
    private const int Digits = 20;

    internal static string LogPath(string directory, long baseOffset) => Path.Combine(directory, Name(baseOffset, LogSuffix));

    internal static string IndexPath(string directory, long baseOffset) => Path.Combine(directory, Name(baseOffset, IndexSuffix));

    internal static bool TryParseLog(string name, out long baseOffset) => TryParse(name, LogSuffix, out baseOffset);

    internal static bool TryParseIndex(string name, out long baseOffset) => TryParse(name, IndexSuffix, out baseOffset);

    private static string Name(long baseOffset, string suffix) => baseOffset.ToString("D20", CultureInfo.InvariantCulture) + suffix;

    private static bool TryParse(string name, string suffix, out long baseOffset)
    {
        baseOffset = 0;
        return name.Length == Digits + suffix.Length && name.EndsWith(suffix, StringComparison.Ordinal)
            && long.TryParse(name.AsSpan(0, Digits), NumberStyles.None, CultureInfo.InvariantCulture, out baseOffset);
    }
}

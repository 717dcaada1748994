using System.Globalization;
using Gateway.Common.Ids;

namespace Gateway.Storage.Logs;

/// <summary>Replica directories are named topic id, partition and incarnation: nothing a client chose becomes a path.</summary>
internal static class LogDirectory
{
    /// <summary>Ends the name of a directory whose log was deleted; what a crash leaves of it goes at the next start.</summary>
    internal const string RemovedSuffix = ".deleted";

    private const int TopicIdLength = 32;

    internal static string Name(LogKey key) => string.Create(
        CultureInfo.InvariantCulture, $"{key.Id.TopicId:N}-{key.Id.Partition}-{key.Incarnation}");

    internal static bool TryParse(string name, out LogKey key)
    {
        key = default;
        string[] parts = name.Split('-');
        if (parts.Length != 3 || parts[0].Length != TopicIdLength || !Guid.TryParseExact(parts[0], "N", out Guid topicId)) return false;
        if (!int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int partition)) return false;
        if (!long.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out long incarnation)) return false;
        key = new LogKey(new TopicIdPartition(topicId, partition), incarnation);
        return true;
    }
}

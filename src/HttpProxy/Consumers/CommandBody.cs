using System.Globalization;
using System.Text.Json;
using Gateway.Common.Ids;
using Gateway.HttpProxy.Http;

namespace Gateway.HttpProxy.Consumers;

/// <summary>Reads the lists of topics, partitions and offsets that consumer requests carry.</summary>
internal static class CommandBody
{
    internal static ProblemException Refused(string why) => new(Problem.Unreadable, $"Invalid request: {why}.");

    /// <summary>The strings of an array, or null when there is no such field.</summary>
    internal static List<string>? Strings(JsonDocument? body, string field)
    {
        if (Array(body, field) is not { } array) return null;
        var strings = new List<string>();
        foreach (JsonElement element in array.EnumerateArray())
            strings.Add(element.ValueKind == JsonValueKind.String ? element.GetString()! : throw Refused($"{field} must hold strings"));
        return strings;
    }

    /// <summary>The partitions of an array of objects, or null when there is no such field.</summary>
    internal static List<TopicPartition>? Partitions(JsonDocument? body, string field)
    {
        if (Array(body, field) is not { } array) return null;
        return [.. array.EnumerateArray().Select(element => Partition(element, field))];
    }

    /// <summary>Partitions with one more number and a text each, or null when there is no such field.</summary>
    internal static List<(TopicPartition Partition, long Offset, string Metadata)>? Offsets(JsonDocument? body, string field)
    {
        if (Array(body, field) is not { } array) return null;
        var offsets = new List<(TopicPartition, long, string)>();
        foreach (JsonElement element in array.EnumerateArray())
        {
            TopicPartition partition = Partition(element, field);
            string metadata = element.TryGetProperty("metadata", out JsonElement text) && text.ValueKind == JsonValueKind.String ? text.GetString()! : "";
            offsets.Add((partition, Number(element, "offset", field, long.MaxValue - 1), metadata));
        }
        return offsets;
    }

    /// <summary>Partitions with a time each, or null when there is no such field.</summary>
    internal static List<(TopicPartition Partition, long TimestampMs)>? Timestamps(JsonDocument? body, string field)
    {
        if (Array(body, field) is not { } array) return null;
        var times = new List<(TopicPartition, long)>();
        foreach (JsonElement element in array.EnumerateArray())
        {
            TopicPartition partition = Partition(element, field);
            if (!element.TryGetProperty("timestamp", out JsonElement text)
                || text.ValueKind != JsonValueKind.String
                || !DateTimeOffset.TryParse(text.GetString(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time))
                throw Refused("timestamp must be a date and time such as 2026-01-31T12:00:00Z");
            times.Add((partition, time.ToUnixTimeMilliseconds()));
        }
        return times;
    }

    private static JsonElement? Array(JsonDocument? body, string field)
    {
        if (body is null || !body.RootElement.TryGetProperty(field, out JsonElement array) || array.ValueKind == JsonValueKind.Null)
            return null;
        return array.ValueKind == JsonValueKind.Array ? array : throw Refused($"{field} must be an array");
    }

    /// <summary>The partition an object names.</summary>
    internal static TopicPartition Partition(JsonElement element, string field)
    {
        if (element.ValueKind != JsonValueKind.Object
            || !element.TryGetProperty("topic", out JsonElement topic)
            || topic.ValueKind != JsonValueKind.String
            || topic.GetString() is not { Length: > 0 } name)
            throw Refused($"each of {field} needs a topic");
        return new TopicPartition(name, (int)Number(element, "partition", field, int.MaxValue));
    }

    /// <summary>A number that is not negative; a string of digits stands for one.</summary>
    private static long Number(JsonElement element, string name, string field, long max)
    {
        long number = -1;
        bool isNumber = element.TryGetProperty(name, out JsonElement value) && value.ValueKind switch
        {
            JsonValueKind.Number => value.TryGetInt64(out number),
            JsonValueKind.String => long.TryParse(value.GetString(), NumberStyles.None, CultureInfo.InvariantCulture, out number),
            _ => false,
        };
        return isNumber && number >= 0 && number <= max ? number : throw Refused($"each of {field} needs a {name} that is a whole number, not negative");
    }
}

using System.Buffers;
using System.Net;
using System.Text.Encodings.Web;
using System.Text.Json;
using Gateway.Client.Consuming;
using Gateway.Common.Ids;
using Gateway.HttpProxy.Http;

namespace Gateway.HttpProxy.Consumers.Keeping;

/// <summary>Instances as records: the key names proxy, group and instance, the value holds the rest, in the words of the requests that made it.</summary>
internal static class InstanceStateJson
{
    private const int Version = 1;

    // Assignments are flat lists of objects.
    private const int MaxDepth = 8;

    private static readonly JsonWriterOptions s_readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly JsonDocumentOptions s_flat = new() { MaxDepth = MaxDepth };

    internal static byte[] WriteKey(string proxy, string group, string name) => Write((proxy, group, name), static (json, key) =>
    {
        json.WriteString("proxy"u8, key.proxy);
        json.WriteString("group"u8, key.group);
        json.WriteString("instance"u8, key.name);
    });

    internal static byte[] WriteValue(InstanceState state) => Write(state, static (json, state) =>
    {
        json.WriteNumber("version"u8, Version);
        json.WriteString("client"u8, state.Client.ToString());
        json.WriteStartObject("config"u8);
        state.Config.Write(json);
        json.WriteEndObject();
        if (state.Pattern is { } pattern) json.WriteString("topic_pattern"u8, pattern);
        if (state.Topics.Length > 0)
        {
            json.WriteStartArray("topics"u8);
            foreach (string topic in state.Topics) json.WriteStringValue(topic);
            json.WriteEndArray();
        }
        if (state.Partitions.Length > 0)
        {
            json.WriteStartArray("partitions"u8);
            foreach (TopicPartition partition in state.Partitions) WritePartition(json, partition, null);
            json.WriteEndArray();
        }
        if (state.Places.Count == 0) return;
        json.WriteStartArray("places"u8);
        foreach ((TopicPartition partition, StartPlace place) in state.Places) WritePartition(json, partition, place);
        json.WriteEndArray();
    });

    /// <summary>The group and instance of a record's key; null when it is of another proxy, or none of ours.</summary>
    internal static (string Group, string Name)? ReadKey(string proxy, ReadOnlyMemory<byte> key)
    {
        try
        {
            using JsonDocument json = JsonDocument.Parse(key, s_flat);
            return json.RootElement.GetProperty("proxy").GetString() == proxy
                && json.RootElement.GetProperty("group").GetString() is { } group
                && json.RootElement.GetProperty("instance").GetString() is { Length: > 0 } name
                ? (group, name)
                : null;
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Reads a record's value.</summary>
    /// <exception cref="FormatException">It is not one that this version understands.</exception>
    internal static InstanceState ReadValue(ReadOnlyMemory<byte> value)
    {
        try
        {
            using JsonDocument json = JsonDocument.Parse(value, s_flat);
            JsonElement root = json.RootElement;
            int version = root.GetProperty("version").GetInt32();
            if (version != Version) throw new FormatException($"its version is {version}, and {Version} is understood");
            var state = new InstanceState(IPAddress.Parse(root.GetProperty("client").GetString()!), ConsumerConfig.Read(root.GetProperty("config")));
            if (CommandBody.Partitions(json, "partitions") is { Count: > 0 } partitions) state = state.WithPartitions(partitions);
            if (CommandBody.Strings(json, "topics") is { Count: > 0 } topics) state = state.WithTopics(topics);
            if (root.TryGetProperty("topic_pattern", out JsonElement pattern)) state = state.WithPattern(pattern.GetString()!);
            if (!root.TryGetProperty("places", out JsonElement places)) return state;
            return state with { Places = state.Places.AddRange(places.EnumerateArray().Select(ReadPlace)) };
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException or KeyNotFoundException or ProblemException or ArgumentException)
        {
            throw new FormatException(failure.Message, failure);
        }
    }

    private static KeyValuePair<TopicPartition, StartPlace> ReadPlace(JsonElement json)
    {
        long offset = json.GetProperty("offset").GetInt64();
        long? committed = json.TryGetProperty("committed", out JsonElement then) ? then.GetInt64() : null;
        if (offset < 0) throw new FormatException("a place is an offset");
        return KeyValuePair.Create(CommandBody.Partition(json, "places"), new StartPlace(offset, committed));
    }

    private static void WritePartition(Utf8JsonWriter json, TopicPartition partition, StartPlace? place)
    {
        json.WriteStartObject();
        json.WriteString("topic"u8, partition.Topic);
        json.WriteNumber("partition"u8, partition.Partition);
        if (place?.Offset is { } offset) json.WriteNumber("offset"u8, offset);
        if (place?.Committed is { } committed) json.WriteNumber("committed"u8, committed);
        json.WriteEndObject();
    }

    private static byte[] Write<TState>(TState state, Action<Utf8JsonWriter, TState> members)
    {
        var output = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(output, s_readable))
        {
            json.WriteStartObject();
            members(json, state);
            json.WriteEndObject();
        }
        return output.WrittenSpan.ToArray();
    }
}

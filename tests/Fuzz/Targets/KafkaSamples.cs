using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Text;
using Gateway.Common.Buffers;
using Gateway.Common.Records;
using Gateway.Fuzz.Engine;
using Gateway.Protocol;
using Gateway.Protocol.Frames;
using Gateway.Protocol.Model;
using Gateway.Protocol.Wire;

namespace Gateway.Fuzz.Targets;

/// <summary>
/// A request of every API and version that makes sense to a broker with a topic "t": what the fuzzer of frames starts from.
/// <c>--write-frames</c> stores them as its corpus.
/// </summary>
internal static class KafkaSamples
{
    public const string Topic = "t";

    private const long Now = 1_767_225_600_000;

    /// <summary>Writes one file for each API and version we have messages for; findings that are there already stay.</summary>
    public static int Write()
    {
        FuzzedBroker broker = FuzzedBroker.Start();
        string folder = Path.Combine(Corpus.Root, "tests", "Fuzz", "corpus", "kafka-frames");
        Directory.CreateDirectory(folder);
        int count = 0;
        foreach (MessageInfo info in MessageInfo.Known)
        {
            for (short version = info.LowestVersion; version <= info.HighestVersion; version++, count++)
            {
                IRequest request = info.NewRequest();
                Fill(request, version, broker.TopicId);
                using OutgoingFrame frame = RequestFrame.Encode(request, version, 1, "c");
                File.WriteAllBytes(Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{info.ApiKey}-{version:00}.bin")), frame.ToArray()[4..]);
            }
        }
        broker.Stop();
        return count;
    }

    private static void Fill(object message, short version, Guid topicId)
    {
        foreach (PropertyInfo property in message.GetType().GetProperties())
        {
            if (property.GetCustomAttribute<FieldAttribute>() is not { } field || version < field.From || version > field.To) continue;
            if (ValueOf(property, property.PropertyType, version, topicId) is { } value) property.SetValue(message, value);
        }
    }

    private static object? ValueOf(PropertyInfo property, Type type, short version, Guid topicId)
    {
        if (type == typeof(string)) return TextOf(property.Name);
        if (type == typeof(Guid)) return property.Name.Contains("Topic", StringComparison.Ordinal) ? topicId : null;
        if (type == typeof(byte[])) return Encoding.ASCII.GetBytes("\0\u0001");
        if (type == typeof(RecordsLease)) return Batch();
        if (type == typeof(long)) return property.Name.Contains("Timestamp", StringComparison.Ordinal) ? -1L : null;
        if (type == typeof(int)) return NumberOf(property.Name);
        if (type == typeof(short)) return property.Name switch { "Acks" => (short)-1, "ReplicationFactor" => (short)1, _ => null };
        if (type == typeof(sbyte)) return property.Name == "ResourceType" ? (sbyte)2 : null;
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(List<>))
        {
            Type element = type.GetGenericArguments()[0];
            // What drops or forbids things would make every sample fail the same way.
            if (property.Name is "ForgottenTopicsData" or "Assignments" or "NodeEndpoints") return null;
            object? one = element == typeof(int) ? 0 : ValueOf(property, element, version, topicId);
            var list = (IList)Activator.CreateInstance(type)!;
            if (one is not null) list.Add(one);
            return list;
        }
        if (!type.IsClass || type.GetConstructor([]) is null || property.GetCustomAttribute<FieldAttribute>()!.Tag >= 0) return null;
        object made = Activator.CreateInstance(type)!;
        Fill(made, version, topicId);
        return made;
    }

    private static string? TextOf(string name) => name switch
    {
        _ when name.Contains("Topic", StringComparison.Ordinal) || name is "Name" or "ResourceName" => Topic,
        _ when name.StartsWith("Group", StringComparison.Ordinal) && name != "GroupInstanceId" => "g",
        "Key" or "CoordinatorKeys" => "g",
        "ProtocolType" => "consumer",
        "ProtocolName" => "range",
        "StatesFilter" => "Stable",
        "ConfigurationKeys" or "ConfigName" => "retention.ms",
        "Value" => "1000",
        _ => null,
    };

    private static object? NumberOf(string name) => name switch
    {
        "NumPartitions" => 1,
        "SessionTimeoutMs" or "RebalanceTimeoutMs" => 100,
        "TimeoutMs" or "TransactionTimeoutMs" => 1000,
        "MaxBytes" or "PartitionMaxBytes" => 65536,
        "MinBytes" => 1,
        "MaxWaitMs" => 50,
        _ => null,
    };

    private static RecordsLease Batch()
    {
        using var builder = new RecordBatchBuilder(new RecordBatchOptions());
        for (int i = 0; i < 3; i++) builder.Append(Now + i, "k"u8.ToArray(), "value"u8.ToArray());
        return builder.Build();
    }
}

using System.Text.Json;
using Gateway.Client.Producing;
using Gateway.Common.Errors;

namespace Gateway.HttpProxy.Produce;

/// <summary>
/// Tells what became of the records of each partition, as Redpanda's proxy does (http-proxy §3.3): where the first of them lies, or Kafka's own code
/// of what kept them from it.
/// </summary>
internal static class PartitionAnswer
{
    /// <summary>Writes an entry for each partition, in the order in which the request touches them.</summary>
    internal static void Write(Utf8JsonWriter json, ProducedRecords results)
    {
        var seen = new Dictionary<int, int>();
        var entries = new List<(int Partition, ErrorCode Error, long Offset)>();
        for (int i = 0; i < results.Count; i++)
        {
            ProducedRecord result = results[i];
            if (seen.TryAdd(result.Partition, entries.Count)) entries.Add((result.Partition, result.Error, result.Offset));
            else if (result.Error != ErrorCode.None && entries[seen[result.Partition]].Error == ErrorCode.None)
                entries[seen[result.Partition]] = (result.Partition, result.Error, -1);
        }
        json.WriteStartObject();
        json.WriteStartArray("offsets"u8);
        foreach ((int partition, ErrorCode error, long offset) in entries)
        {
            json.WriteStartObject();
            json.WriteNumber("partition"u8, partition);
            if (error != ErrorCode.None) json.WriteNumber("error_code"u8, (short)error);
            json.WriteNumber("offset"u8, error == ErrorCode.None ? offset : -1);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }
}

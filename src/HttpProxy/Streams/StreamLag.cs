using System.Text.Json;
using Gateway.Client.Fetching;
using Gateway.Client.Topology;
using Gateway.Common.Errors;
using Gateway.Common.Ids;
using Gateway.HttpProxy.Http;
using Gateway.HttpProxy.Records;

namespace Gateway.HttpProxy.Streams;

/// <summary>
/// How far a stream that asks for it is behind (http-proxy §9.1, event <c>lag</c>): told at its beginning, and then in the rhythm of heartbeats whenever
/// it is another than what was told last.
/// </summary>
internal sealed class StreamLag(IStreamPeer peer, TopicView topic, StreamQuery query, OpenStream place)
{
    private List<PartitionLag> _told = [];
    private List<PartitionLag> _now = [];

    /// <summary>Nothing was told yet.</summary>
    internal bool IsNew { get; private set; } = true;

    /// <summary>Looks where the partitions end; false when there is nothing new to tell.</summary>
    internal async ValueTask<bool> LookAsync(StreamPosition[] positions)
    {
        _now = [];
        var open = new Dictionary<TopicPartition, long>();
        foreach (StreamPosition position in positions)
        {
            // Who waits at the end knows where it is.
            if (position.IsWaiting) _now.Add(new PartitionLag(position.Partition, position.Offset, position.Offset));
            else open[new TopicPartition(topic.Name, position.Partition)] = OffsetLookup.Latest;
        }
        if (open.Count > 0)
        {
            IReadOnlyDictionary<TopicPartition, FoundOffset> ends =
                await peer.Service.Client.OffsetLookup.FindAsync(open, peer.Cancel, query.Isolation).ConfigureAwait(false);
            foreach (StreamPosition position in positions)
            {
                // One whose end nobody tells now is left out; if that stays, reading it says why.
                if (ends.TryGetValue(new TopicPartition(topic.Name, position.Partition), out FoundOffset end) && end.Error == ErrorCode.None)
                    _now.Add(new PartitionLag(position.Partition, position.Offset, Math.Max(end.Offset, position.Offset)));
            }
        }
        _now.Sort(static (one, other) => one.Partition.CompareTo(other.Partition));
        place.LastLag = peer.Service.Streams.Now;
        if (!IsNew && _now.SequenceEqual(_told)) return false;
        (_told, IsNew) = (_now, false);
        return true;
    }

    /// <summary>Writes what the last look has found.</summary>
    internal void Write(PageBuffer to, StreamFraming framing, ReadOnlySpan<StreamPosition> positions)
    {
        StreamFrames.WriteHead(to, framing, "lag"u8, topic.Id, positions);
        using (var json = new Utf8JsonWriter(to, RecordJson.Readable))
        {
            json.WriteStartObject();
            json.WriteStartArray("lag"u8);
            foreach (PartitionLag one in _told)
            {
                json.WriteStartObject();
                json.WriteNumber("partition"u8, one.Partition);
                WriteNumber(json, "position"u8, one.Position);
                WriteNumber(json, "end"u8, one.End);
                WriteNumber(json, "lag"u8, one.End - one.Position);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteEndObject();
        }
        StreamFrames.WriteTail(to, framing);
    }

    private void WriteNumber(Utf8JsonWriter json, ReadOnlySpan<byte> name, long number)
    {
        if (query.HasBigIntegersAsText) BigIntegers.Write(json, name, number);
        else json.WriteNumber(name, number);
    }

    private readonly record struct PartitionLag(int Partition, long Position, long End);
}

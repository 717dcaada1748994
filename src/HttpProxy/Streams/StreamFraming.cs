using System.Buffers;
using System.Text.Json;
using Gateway.HttpProxy.Http;
using Gateway.HttpProxy.Records;

namespace Gateway.HttpProxy.Streams;

/// <summary>How a stream's objects follow each other.</summary>
internal enum StreamFraming
{
    /// <summary>One object per line (<c>application/x-ndjson</c>); an empty line says that all is well.</summary>
    Lines,

    /// <summary>Server-sent events (WHATWG HTML, 9.2), each with a cursor as its id.</summary>
    Events,
}

/// <summary>Writes the frame around a stream's objects.</summary>
internal static class StreamFrames
{
    internal const string Lines = MediaTypes.Lines;
    internal const string Events = "text/event-stream";

    // How long a browser waits before it comes back.
    private static ReadOnlySpan<byte> Retry => "retry: 1000\n\n"u8;

    /// <summary>The first bytes: with them a client knows that the stream is there, and where it starts.</summary>
    internal static void WriteStart(PageBuffer to, StreamFraming framing, Guid topicId, ReadOnlySpan<StreamPosition> positions)
    {
        if (framing == StreamFraming.Lines) return;
        WriteId(to, topicId, positions);
        to.Write(Retry);
    }

    /// <summary>What stands in front of an object.</summary>
    internal static void WriteHead(PageBuffer to, StreamFraming framing, ReadOnlySpan<byte> name, Guid topicId, ReadOnlySpan<StreamPosition> positions)
    {
        if (framing == StreamFraming.Lines) return;
        WriteId(to, topicId, positions);
        to.Write("event: "u8);
        to.Write(name);
        to.Write("\ndata: "u8);
    }

    /// <summary>What stands behind an object.</summary>
    internal static ReadOnlySpan<byte> Tail(StreamFraming framing) => framing == StreamFraming.Lines ? "\n"u8 : "\n\n"u8;

    internal static void WriteTail(PageBuffer to, StreamFraming framing) => to.Write(Tail(framing));

    /// <summary>Nothing new, but alive.</summary>
    internal static void WriteHeartbeat(PageBuffer to, StreamFraming framing, Guid topicId, ReadOnlySpan<StreamPosition> positions)
    {
        WriteHead(to, framing, "heartbeat"u8, topicId, positions);
        if (framing == StreamFraming.Events) to.Write("{}"u8);
        WriteTail(to, framing);
    }

    /// <summary>What the group has given this stream to read. Lines hold records alone.</summary>
    internal static void WriteRebalance(PageBuffer to, StreamFraming framing, Guid topicId, ReadOnlySpan<StreamPosition> positions)
    {
        if (framing == StreamFraming.Lines) return;
        WriteHead(to, framing, "rebalance"u8, topicId, positions);
        using (var json = new Utf8JsonWriter(to, RecordJson.Readable))
        {
            json.WriteStartObject();
            json.WriteStartArray("partitions"u8);
            foreach (StreamPosition position in positions) json.WriteNumberValue(position.Partition);
            json.WriteEndArray();
            json.WriteEndObject();
        }
        WriteTail(to, framing);
    }

    /// <summary>Why the stream ends. Without a cursor: it stands where it stood.</summary>
    internal static void WriteError(PageBuffer to, StreamFraming framing, Problem problem)
    {
        if (framing == StreamFraming.Events) to.Write("event: error\ndata: "u8);
        using (var json = new Utf8JsonWriter(to, RecordJson.Readable))
        {
            json.WriteStartObject();
            Problem.WriteMembers(json, problem);
            json.WriteEndObject();
        }
        WriteTail(to, framing);
    }

    private static void WriteId(PageBuffer to, Guid topicId, ReadOnlySpan<StreamPosition> positions)
    {
        to.Write("id: "u8);
        to.Advance(StreamCursor.Write(to.GetSpan(StreamCursor.MaxLength(positions.Length)), topicId, positions));
        to.Write("\n"u8);
    }
}

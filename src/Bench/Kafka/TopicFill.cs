using Gateway.Cli;
using Gateway.Cli.Output;
using Gateway.Common.Buffers;
using Gateway.Common.Errors;

namespace Gateway.Bench.Kafka;

/// <summary>Writes into a topic what is to be read from it.</summary>
internal static class TopicFill
{
    /// <summary>Writes about <paramref name="bytes"/> bytes.</summary>
    /// <exception cref="CommandException">The broker refused a batch.</exception>
    public static void Write(ProduceTarget target, long bytes, CancellationToken cancel)
    {
        using RecordsLease batch = target.Batch.Build(0, nowMs: 0);
        var frame = new ProduceFrame(target.Topic, target.Acks, batch);
        using KafkaSocket socket = KafkaSocket.Connect(target.Broker);
        long requests = bytes / frame.BatchBytes + 1;
        for (long sent = 0, answered = 0; answered < requests; answered++)
        {
            for (; sent < requests && sent - answered < target.Window; sent++)
            {
                frame.SetPartition(target.Partitions[(int)(sent % target.Partitions.Count)]);
                frame.Stamp(DateTimeOffset.UtcNow.ToUnixTimeMilliseconds());
                socket.Send(frame.Bytes, (int)sent);
            }
            cancel.ThrowIfCancellationRequested();
            ErrorCode error = ProduceFrame.ErrorOf(socket.Receive().Span);
            if (error != ErrorCode.None) throw new CommandException($"filling topic '{target.Topic}': {KafkaErrorName.Of(error)}");
        }
    }
}

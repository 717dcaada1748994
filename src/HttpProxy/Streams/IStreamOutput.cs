using System.IO.Pipelines;
using Gateway.Common.Bodies;
using Gateway.HttpProxy.Records;

namespace Gateway.HttpProxy.Streams;

/// <summary>Where the pages of a stream go, and how much its client wants of it.</summary>
internal interface IStreamOutput
{
    /// <summary>How objects follow each other.</summary>
    StreamFraming Framing { get; }

    /// <summary>How many records the client takes now.</summary>
    long Room { get; }

    /// <summary>So many of them were sent.</summary>
    void Take(long records);

    /// <summary>Sends a page, which the caller may use again as soon as this returns. Ends when the client has room for another.</summary>
    ValueTask SendAsync(ReadOnlyMemory<byte> page, CancellationToken cancel);

    /// <summary>Sends a page that is too large to be sent at once. It must stay as it is until this ends.</summary>
    ValueTask SendLargeAsync(ReadOnlyMemory<byte> page, ReaderPatience patience, CancellationToken cancel) =>
        LargePage.SendAsync(page, patience, (piece, _) => SendAsync(piece, cancel));
}

/// <summary>The body of an answer; its client takes what there is.</summary>
internal sealed class AnswerOutput(PipeWriter to, StreamFraming framing) : IStreamOutput
{
    public StreamFraming Framing { get; } = framing;

    public long Room => long.MaxValue;

    public void Take(long records)
    {
    }

    public ValueTask SendAsync(ReadOnlyMemory<byte> page, CancellationToken cancel)
    {
        // An empty page still sends the head of the answer.
        ValueTask<FlushResult> write = page.IsEmpty ? to.FlushAsync(cancel) : to.WriteAsync(page, cancel);
        if (!write.IsCompletedSuccessfully) return new ValueTask(write.AsTask());
        _ = write.Result;
        return ValueTask.CompletedTask;
    }
}

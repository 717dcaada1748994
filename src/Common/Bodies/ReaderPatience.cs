using System.IO.Pipelines;

namespace Gateway.Common.Bodies;

/// <summary>The client that reads an answer.</summary>
public interface IAnswerReader
{
    /// <summary>How long it may take for a piece of its answer.</summary>
    TimeSpan StallTimeout { get; }

    /// <summary>The clock of that.</summary>
    TimeProvider Time { get; }

    /// <summary>Closes its connection, since it takes too little.</summary>
    void Cut();
}

/// <summary>
/// Cuts the connection of a client that does not read its answer: until it has, what it is sent holds memory that all doors share. The server's
/// own least rate counts from the answer's start, so that what the kernel took at once is credit for minutes.
/// </summary>
public sealed class ReaderPatience(IAnswerReader reader) : IDisposable
{
    private CancellationTokenSource? _stalled;

    /// <inheritdoc/>
    public void Dispose() => _stalled?.Dispose();

    /// <summary>Awaits a write, as long as the reader's <see cref="IAnswerReader.StallTimeout"/> allows.</summary>
    public ValueTask AwaitAsync(ValueTask<FlushResult> write)
    {
        if (!write.IsCompletedSuccessfully) return AwaitAsync(new ValueTask(write.AsTask()));
        _ = write.Result;
        return ValueTask.CompletedTask;
    }

    /// <summary>Awaits a write, as long as the reader's <see cref="IAnswerReader.StallTimeout"/> allows.</summary>
    public async ValueTask AwaitAsync(ValueTask write)
    {
        if (!write.IsCompleted)
        {
            if (_stalled is null)
            {
                _stalled = new CancellationTokenSource(Timeout.InfiniteTimeSpan, reader.Time);
                _stalled.Token.Register(reader.Cut);
            }
            _stalled.CancelAfter(reader.StallTimeout);
        }
        await write.ConfigureAwait(false);
        _stalled?.CancelAfter(Timeout.InfiniteTimeSpan);
    }
}

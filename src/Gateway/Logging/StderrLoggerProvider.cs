using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Gateway.Logging;

/// <summary>
/// Logs one line per event to standard error. Lines are handed to one writer through a bounded queue, so a slow terminal never
/// holds up a shard; what does not fit is dropped and counted in the next line that does.
/// </summary>
public sealed class StderrLoggerProvider : ILoggerProvider
{
    private const int QueuedLines = 4096;
    private readonly Channel<string> _lines = Channel.CreateBounded<string>(new BoundedChannelOptions(QueuedLines) { SingleReader = true });
    private readonly TextWriter _output;
    private readonly TimeProvider _time;
    private readonly Task _writer;
    private int _dropped;

    /// <summary>Starts the writer.</summary>
    /// <param name="output">Where lines go.</param>
    /// <param name="time">The clock that stamps them.</param>
    public StderrLoggerProvider(TextWriter output, TimeProvider time)
    {
        _output = output;
        _time = time;
        _writer = WriteLinesAsync();
    }

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => new LineLogger(this, categoryName);

    /// <summary>Writes what is queued, then stops.</summary>
    public void Dispose()
    {
        _lines.Writer.TryComplete();
        _writer.Wait(TimeSpan.FromSeconds(2));
    }

    private async Task WriteLinesAsync()
    {
        await foreach (string line in _lines.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            await _output.WriteLineAsync(line).ConfigureAwait(false);
            int lost = Interlocked.Exchange(ref _dropped, 0);
            if (lost > 0) await _output.WriteLineAsync($"({lost} log lines dropped: standard error is too slow)").ConfigureAwait(false);
        }
    }

    private void Enqueue(string line)
    {
        if (!_lines.Writer.TryWrite(line)) Interlocked.Increment(ref _dropped);
    }

    private sealed class LineLogger(StderrLoggerProvider owner, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(LogLevel level, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            owner.Enqueue(LogLine.Format(owner._time.GetUtcNow(), level, category, formatter(state, exception), exception));
    }
}

using Microsoft.Extensions.Logging;

namespace Gateway.HttpProxy.Tests.Running;

/// <summary>Notes when a line with these words is logged.</summary>
internal sealed class AwaitedLine(string part) : ILoggerProvider, ILogger
{
    private readonly TaskCompletionSource _seen = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal Task Seen => _seen.Task;

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (formatter(state, exception).Contains(part, StringComparison.Ordinal)) _seen.TrySetResult();
    }

    public void Dispose()
    {
    }
}

using Microsoft.Extensions.Logging;

namespace Gateway.Simulation;

/// <summary>The last lines an operator would have seen.</summary>
internal sealed class LastLines : ILogger
{
    private readonly Queue<string> _lines = new();

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        _lines.Enqueue($"{logLevel}: {formatter(state, exception)} {exception?.Message}");
        if (_lines.Count > 10) _ = _lines.Dequeue();
    }

    public override string ToString() => string.Join(Environment.NewLine, _lines);
}

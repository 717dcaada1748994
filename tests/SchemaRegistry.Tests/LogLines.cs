using Microsoft.Extensions.Logging;

namespace Gateway.SchemaRegistry.Tests;

/// <summary>What the registry told its operator.</summary>
internal sealed class LogLines : ILogger<RegistryService>
{
    private readonly Lock _gate = new();
    private readonly List<(LogLevel Level, string Text)> _lines = [];
    private readonly List<(string Part, TaskCompletionSource Seen)> _awaited = [];

    public IReadOnlyList<string> At(LogLevel level)
    {
        lock (_gate) return [.. _lines.Where(line => line.Level == level).Select(line => line.Text)];
    }

    /// <summary>Completes when a line with these words is there.</summary>
    public Task SeenAsync(string part)
    {
        lock (_gate)
        {
            if (_lines.Exists(line => line.Text.Contains(part, StringComparison.Ordinal))) return Task.CompletedTask;
            var seen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _awaited.Add((part, seen));
            return seen.Task;
        }
    }

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        var text = formatter(state, exception);
        lock (_gate)
        {
            _lines.Add((logLevel, text));
            foreach (var (part, seen) in _awaited)
                if (text.Contains(part, StringComparison.Ordinal)) seen.TrySetResult();
        }
    }
}

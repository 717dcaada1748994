namespace Gateway.Metrics;

/// <summary>
/// One scrape at a time, away from the threads of those who asked, and one text for all who asked before it began: nobody's text is older than
/// the question, and many who ask at once cost no more than one and hold no thread that other doors need.
/// </summary>
/// <param name="scrape">Makes the text.</param>
public sealed class SharedScrape(Func<string> scrape)
{
    private readonly Lock _gate = new();
    private Task<string>? _running;
    private Task<string>? _next;

    /// <summary>The text of a scrape that begins from now on.</summary>
    public Task<string> ReadAsync()
    {
        lock (_gate)
        {
            if (_running is { IsCompleted: false }) return _next ??= StartAfterAsync(_running);
            return _running = Task.Run(scrape);
        }
    }

    private async Task<string> StartAfterAsync(Task running)
    {
        // How that one ended is for those who waited for it.
        await running.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default).ConfigureAwait(false);
        Task<string> mine;
        lock (_gate)
        {
            _next = null;
            mine = _running = Task.Run(scrape);
        }
        return await mine.ConfigureAwait(false);
    }
}

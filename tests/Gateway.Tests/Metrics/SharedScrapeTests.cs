using Gateway.Metrics;

namespace Gateway.Tests.Metrics;

public sealed class SharedScrapeTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task Whoever_asks_during_a_scrape_shares_the_one_after_it()
    {
        int scrapes = 0;
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var go = new ManualResetEventSlim();
        var shared = new SharedScrape(() =>
        {
            int number = Interlocked.Increment(ref scrapes);
            begun.TrySetResult();
            go.Wait(Deadline);
            return $"{number}";
        });
        Task<string> first = shared.ReadAsync();
        await begun.Task.WaitAsync(Deadline);
        Task<string>[] during = [.. Enumerable.Range(0, 100).Select(_ => shared.ReadAsync())];
        Assert.DoesNotContain(during, static task => task.IsCompleted);
        go.Set();
        Assert.Equal("1", await first.WaitAsync(Deadline));
        Assert.All(await Task.WhenAll(during).WaitAsync(Deadline), static text => Assert.Equal("2", text));
        Assert.Equal("3", await shared.ReadAsync().WaitAsync(Deadline));
        Assert.Equal(3, scrapes);
    }

    [Fact]
    public async Task A_scrape_that_failed_is_told_to_those_who_waited_for_it_alone()
    {
        int scrapes = 0;
        var shared = new SharedScrape(() => Interlocked.Increment(ref scrapes) == 1 ? throw new InvalidOperationException("once") : "good");
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await shared.ReadAsync().WaitAsync(Deadline));
        Assert.Equal("good", await shared.ReadAsync().WaitAsync(Deadline));
    }
}

using Gateway.SchemaRegistry.Decisions;
using Gateway.SchemaRegistry.Model;
using Microsoft.Extensions.Logging;

namespace Gateway.SchemaRegistry;

/// <summary>What is looked after although nobody asks: once the topic is read, and then at intervals.</summary>
internal sealed class RegistryUpkeep(RegistryService service, TimeProvider time, ILogger logger)
{
    /// <summary>Goes on until it is stopped.</summary>
    public async Task RunAsync(TimeSpan interval, CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(interval, time);
        try
        {
            await service.Ready.WaitAsync(stopping).ConfigureAwait(false);
            do
            {
                await TryAsync(RestoreHighestIdAsync, stopping).ConfigureAwait(false);
                await TryAsync(service.AssociatedTopics.SweepAsync, stopping).ConfigureAwait(false);
            }
            while (await timer.WaitForNextTickAsync(stopping).ConfigureAwait(false));
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The registry closes.
        }
    }

    /// <summary>Writes the highest id down again where another registry has written over it.</summary>
    internal async Task RestoreHighestIdAsync(CancellationToken cancel)
    {
        if (!service.IsReady) return;
        await service.WriteAsync(static image => Outcome.Of(HighestId.Restore(image)), cancel).ConfigureAwait(false);
    }

    private async ValueTask TryAsync(Func<CancellationToken, Task> work, CancellationToken stopping)
    {
        try
        {
            await work(stopping).ConfigureAwait(false);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            // Whatever it was, the next time tries again.
            RegistryLog.UpkeepFailed(logger, fault.Message);
        }
    }
}

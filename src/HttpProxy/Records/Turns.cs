namespace Gateway.HttpProxy.Records;

/// <summary>What only so many do at a time; others wait in the order in which they came.</summary>
internal sealed class Turns(int most) : IDisposable
{
    private readonly SemaphoreSlim _free = new(most);

    /// <summary>
    /// For who works for long, so that a processor is left to those who are done at once: a produce beside twenty readers of large batches would wait
    /// behind a piece of each at every step.
    /// </summary>
    internal static Turns OfProcessors() => new(Math.Max(1, Environment.ProcessorCount - 1));

    /// <summary>Waits for a turn, which ends when it is disposed of.</summary>
    /// <exception cref="OperationCanceledException">Nobody waits for the work any more.</exception>
    internal async ValueTask<Turn> TakeAsync(CancellationToken cancel)
    {
        await _free.WaitAsync(cancel).ConfigureAwait(false);
        return new Turn(_free);
    }

    public void Dispose() => _free.Dispose();
}

/// <summary>A turn.</summary>
internal readonly struct Turn(SemaphoreSlim free) : IDisposable
{
    public void Dispose() => free.Release();
}

namespace Gateway.Bench.Load;

/// <summary>What every load command takes.</summary>
/// <param name="WarmUp">Load that is not measured.</param>
/// <param name="Duration">Load that is.</param>
/// <param name="RecordsPerSecond">Over all lanes; 0 for as fast as possible.</param>
internal sealed record LoadSettings(TimeSpan WarmUp, TimeSpan Duration, double RecordsPerSecond)
{
    /// <summary>How long to wait for the last answers.</summary>
    public TimeSpan Drain { get; init; } = TimeSpan.FromSeconds(10);
}

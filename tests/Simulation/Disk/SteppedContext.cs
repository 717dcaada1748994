namespace Gateway.Simulation.Disk;

/// <summary>Queues what goes on after an await, to run when the test says so.</summary>
internal sealed class SteppedContext : SynchronizationContext
{
    internal SteppedExecutor Continuations { get; } = new();

    public override void Post(SendOrPostCallback d, object? state) => Continuations.Post(() => d(state));

    public override void Send(SendOrPostCallback d, object? state) => d(state);

    public override SynchronizationContext CreateCopy() => this;
}

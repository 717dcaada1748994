namespace Gateway.Broker.Partitions;

/// <summary>A reply somebody awaits on the partition's shard.</summary>
internal sealed class AwaitedAppend : IAppendReply
{
    private readonly TaskCompletionSource<AppendOutcome> _outcome = new();

    public Task<AppendOutcome> Outcome => _outcome.Task;

    public void Complete(in AppendOutcome outcome) => _outcome.SetResult(outcome);
}

using Gateway.Common.Errors;
using Gateway.Common.Ids;

namespace Gateway.Client.Consuming;

/// <content>Commits: those asked for, and those that are automatic.</content>
public sealed partial class GroupConsumer
{
    private long _lastAutoCommit;

    /// <summary>Commits what was handed out so far. Partitions of which nothing was are left out.</summary>
    /// <returns>What became of each partition.</returns>
    public ValueTask<IReadOnlyDictionary<TopicPartition, ErrorCode>> CommitAsync(CancellationToken cancel) =>
        CommitAsync(_positions.Dirty(), cancel);

    /// <summary>Commits these offsets: each is the one to read next.</summary>
    /// <returns>What became of each partition.</returns>
    /// <exception cref="KafkaErrorException">The consumer has no group, or its group refused it.</exception>
    public async ValueTask<IReadOnlyDictionary<TopicPartition, ErrorCode>> CommitAsync(
        IReadOnlyDictionary<TopicPartition, CommittedOffset> offsets, CancellationToken cancel)
    {
        string group = RequireGroup();
        if (offsets.Count == 0) return new Dictionary<TopicPartition, ErrorCode>();
        while (true)
        {
            // A commit speaks for a generation; in between two it has to wait.
            if (_membership is not null && !await WaitForAssignmentAsync(_client.Options.ApiTimeout, cancel).ConfigureAwait(false))
                throw new KafkaErrorException(ErrorCode.RebalanceInProgress, $"Group '{group}' is rebalancing.");
            GroupState state = _membership?.Current.State ?? GroupState.Start;
            var committer = new Committer(group, state.Generation, state.MemberId, state.MemberId.Length > 0 ? _options.InstanceId : null);
            IReadOnlyDictionary<TopicPartition, ErrorCode> results = await _client.Offsets.CommitAsync(committer, offsets, cancel).ConfigureAwait(false);
            bool isOutdated = results.Values.Any(static error => error is ErrorCode.RebalanceInProgress or ErrorCode.IllegalGeneration);
            if (!isOutdated || _membership is not { } membership || ReferenceEquals(membership.Current.State, state)) return results;
        }
    }

    /// <summary>What the group has committed for these partitions; those without are left out.</summary>
    public ValueTask<IReadOnlyDictionary<TopicPartition, CommittedOffset>> CommittedAsync(
        IReadOnlyCollection<TopicPartition> partitions, CancellationToken cancel) => _client.Offsets.FetchAsync(RequireGroup(), partitions, cancel);

    private string RequireGroup() => _options.Group
        ?? throw new KafkaErrorException(ErrorCode.InvalidGroupId, "The consumer has no group.");

    private async ValueTask AutoCommitIfDueAsync()
    {
        if (!_options.AutoCommit || _client.Options.Time.GetElapsedTime(_lastAutoCommit) < _options.AutoCommitInterval) return;
        _lastAutoCommit = _client.Options.Time.GetTimestamp();
        await CommitIfAutomaticAsync().ConfigureAwait(false);
    }

    /// <summary>An automatic commit that fails is made up for by the next: nobody is waiting for it.</summary>
    private async ValueTask CommitIfAutomaticAsync()
    {
        if (!_options.AutoCommit || _options.Group is not { } group || _positions.Dirty() is not { Count: > 0 } offsets) return;
        try
        {
            GroupState state = _membership?.Current.State ?? GroupState.Start;
            var committer = new Committer(group, state.Generation, state.MemberId, state.MemberId.Length > 0 ? _options.InstanceId : null);
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(5), _client.Options.Time);
            await _client.Offsets.CommitAsync(committer, offsets, limit.Token).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is KafkaErrorException or OperationCanceledException)
        {
        }
    }
}

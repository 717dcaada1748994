using Gateway.Client.Topology;
using Gateway.Common.Errors;
using Gateway.Links;
using Gateway.Protocol.Messages;

namespace Gateway.Client.Consuming;

/// <summary>
/// Keeps a member in its group: joins, takes its share, shows signs of life, joins again at every rebalance, leaves. It runs
/// beside the polls, so that a consumer who polls rarely does not hold up the others.
/// </summary>
/// <remarks>One loop owns everything but <see cref="Current"/> and <see cref="Select"/>, which any thread may use.</remarks>
internal sealed class GroupMembership : IAsyncDisposable
{
    private readonly GroupProtocol _protocol;
    private readonly MetadataCache _metadata;
    private readonly ConsumerOptions _options;
    private readonly ClientOptions _client;
    private readonly Func<ValueTask> _beforeRejoin;
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _lock = new();
    private TaskCompletionSource _selectionChanged = NewSignal();
    private TaskCompletionSource _stateChanged = NewSignal();
    private TopicSelection _selection;
    private GroupState _state = GroupState.Start;
    private Dictionary<string, int> _partitionsAtJoin = [];
    private IReadOnlyList<string> _topicsAtJoin = [];
    private Task _loop = Task.CompletedTask;

    internal GroupMembership(
        GroupProtocol protocol, MetadataCache metadata, ConsumerOptions options, ClientOptions client, TopicSelection selection, Func<ValueTask> beforeRejoin)
    {
        _protocol = protocol;
        _metadata = metadata;
        _options = options;
        _client = client;
        _selection = selection;
        _beforeRejoin = beforeRejoin;
    }

    /// <summary>Where the member stands, and a task that ends when that changes.</summary>
    internal (GroupState State, Task Changed) Current
    {
        get
        {
            lock (_lock) return (_state, _stateChanged.Task);
        }
    }

    internal void Start() => _loop = Task.Run(RunAsync);

    /// <summary>Subscribes to something else; the group rebalances.</summary>
    internal void Select(TopicSelection selection)
    {
        lock (_lock)
        {
            _selection = selection;
            _selectionChanged.TrySetResult();
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => EndAsync(isForGood: false);

    /// <summary>Leaves the group, so that the others need not wait for the session to time out.</summary>
    /// <param name="isForGood">A static member leaves only then.</param>
    internal async ValueTask EndAsync(bool isForGood)
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _loop.ConfigureAwait(false);
        await _protocol.LeaveAsync(Current.State.MemberId, isForGood).ConfigureAwait(false);
        await _protocol.DisposeAsync().ConfigureAwait(false);
        _stop.Dispose();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private async Task RunAsync()
    {
        var pause = new RetryPause(_client, TimeSpan.MaxValue);
        while (!_stop.IsCancellationRequested && !_client.Closing.IsCancellationRequested)
        {
            try
            {
                if (await JoinAsync().ConfigureAwait(false))
                {
                    pause = new RetryPause(_client, TimeSpan.MaxValue);
                    await StayAsync().ConfigureAwait(false);
                    if (!_stop.IsCancellationRequested) await _beforeRejoin().ConfigureAwait(false);
                }
                else
                {
                    await pause.WaitAsync(_stop.Token).ConfigureAwait(false);
                }
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return;
            }
            catch (LinkClosedException)
            {
                await _protocol.ForgetCoordinatorAsync().ConfigureAwait(false);
                await PauseQuietlyAsync(pause).ConfigureAwait(false);
            }
            catch (KafkaErrorException failure) when (ErrorClasses.Of(failure.Code) != ErrorClass.Fatal)
            {
                await PauseQuietlyAsync(pause).ConfigureAwait(false);
            }
            catch (Exception failure) when (failure is not InvariantBrokenException)
            {
                // Refused for good (or a bug): polls report it, and a new subscription starts over.
                Publish(state => state with
                {
                    IsStable = false,
                    Failure = failure as KafkaErrorException ?? new KafkaErrorException(ErrorCode.UnknownServerError, failure.Message, failure),
                });
                return;
            }
        }
    }

    private async ValueTask PauseQuietlyAsync(RetryPause pause)
    {
        try
        {
            await pause.WaitAsync(_stop.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The loop looks at the token itself.
        }
    }

    /// <summary>One attempt to join and to get a share; false to try again after a pause.</summary>
    private async ValueTask<bool> JoinAsync()
    {
        TopicSelection selection;
        lock (_lock)
        {
            selection = _selection;
            if (_selectionChanged.Task.IsCompleted) _selectionChanged = NewSignal();
        }
        _topicsAtJoin = await selection.ResolveAsync(_metadata, _stop.Token).ConfigureAwait(false);
        Publish(static state => state with { IsStable = false });

        JoinGroupResponse joined = await _protocol.JoinAsync(_state.MemberId, _topicsAtJoin, _stop.Token).ConfigureAwait(false);
        switch (joined.ErrorCode)
        {
            case ErrorCode.None:
                break;
            case ErrorCode.MemberIdRequired:
                Publish(state => state with { MemberId = joined.MemberId });
                joined = await _protocol.JoinAsync(joined.MemberId, _topicsAtJoin, _stop.Token).ConfigureAwait(false);
                if (joined.ErrorCode == ErrorCode.None) break;
                return await GetOverAsync(joined.ErrorCode, "JoinGroup").ConfigureAwait(false);
            default:
                return await GetOverAsync(joined.ErrorCode, "JoinGroup").ConfigureAwait(false);
        }
        Publish(state => state with { MemberId = joined.MemberId });

        bool isLeader = joined.Leader == joined.MemberId;
        _partitionsAtJoin = isLeader ? await CountPartitionsAsync(joined).ConfigureAwait(false) : [];
        SyncGroupResponse synced = await _protocol.SyncAsync(joined, isLeader ? _partitionsAtJoin : null, _stop.Token).ConfigureAwait(false);
        if (synced.ErrorCode != ErrorCode.None) return await GetOverAsync(synced.ErrorCode, "SyncGroup").ConfigureAwait(false);
        Publish(state => state with
        {
            IsStable = true,
            Generation = joined.GenerationId,
            Assignment = ConsumerProtocol.TryReadAssignment(synced.Assignment),
        });
        return true;
    }

    /// <summary>Shows signs of life until the member has to join again.</summary>
    private async ValueTask StayAsync()
    {
        long lastTopicCheck = _client.Time.GetTimestamp();
        while (true)
        {
            Task selectionChanged;
            lock (_lock) selectionChanged = _selectionChanged.Task;
            Task beat = Task.Delay(_options.HeartbeatInterval, _client.Time, _stop.Token);
            await Task.WhenAny(beat, selectionChanged).ConfigureAwait(false);
            _stop.Token.ThrowIfCancellationRequested();
            if (selectionChanged.IsCompleted) return;

            ErrorCode error = await _protocol.HeartbeatAsync(_state, _stop.Token).ConfigureAwait(false);
            if (error == ErrorCode.RebalanceInProgress) return;
            if (error != ErrorCode.None)
            {
                await GetOverAsync(error, "Heartbeat").ConfigureAwait(false);
                // Only the way to the coordinator was wrong: the membership itself may still stand.
                if (ErrorClasses.Of(error) == ErrorClass.Fatal) return;
            }
            if (_client.Time.GetElapsedTime(lastTopicCheck) < _options.TopicCheckInterval) continue;
            if (await TopicsChangedAsync().ConfigureAwait(false)) return;
            lastTopicCheck = _client.Time.GetTimestamp();
        }
    }

    /// <summary>Does what an error asks for; false to try again. Throws what cannot be got over.</summary>
    private async ValueTask<bool> GetOverAsync(ErrorCode error, string what)
    {
        switch (error)
        {
            case ErrorCode.UnknownMemberId:
                Publish(static state => state with { IsStable = false, MemberId = "", Continuity = state.Continuity + 1 });
                return false;
            case ErrorCode.IllegalGeneration:
                Publish(static state => state with { IsStable = false, Continuity = state.Continuity + 1 });
                return false;
            case ErrorCode.RebalanceInProgress:
                return false;
        }
        switch (ErrorClasses.Of(error))
        {
            case ErrorClass.RefreshCoordinator:
                await _protocol.ForgetCoordinatorAsync().ConfigureAwait(false);
                return false;
            case ErrorClass.Fatal:
                throw new KafkaErrorException(error, $"{what} of group '{_options.Group}': {error.KafkaName()}");
            default:
                return false;
        }
    }

    private async ValueTask<Dictionary<string, int>> CountPartitionsAsync(JoinGroupResponse joined)
    {
        var counts = new Dictionary<string, int>();
        foreach (string topic in joined.Members.SelectMany(static member => ConsumerProtocol.TryReadSubscription(member.Metadata)).Distinct())
            counts[topic] = await CountPartitionsAsync(topic).ConfigureAwait(false);
        return counts;
    }

    private async ValueTask<int> CountPartitionsAsync(string topic)
    {
        _metadata.Forget(topic);
        TopicAnswer answer = await _metadata.TopicAsync(topic, allowCreate: false, _stop.Token).ConfigureAwait(false);
        return answer.Topic?.Partitions.Length ?? 0;
    }

    private async ValueTask<bool> TopicsChangedAsync()
    {
        foreach ((string topic, int count) in _partitionsAtJoin)
        {
            if (await CountPartitionsAsync(topic).ConfigureAwait(false) != count) return true;
        }
        TopicSelection selection;
        lock (_lock) selection = _selection;
        IReadOnlyList<string> topics = await selection.ResolveAsync(_metadata, _stop.Token).ConfigureAwait(false);
        return !topics.SequenceEqual(_topicsAtJoin);
    }

    private void Publish(Func<GroupState, GroupState> change)
    {
        TaskCompletionSource changed;
        lock (_lock)
        {
            _state = change(_state);
            changed = _stateChanged;
            _stateChanged = NewSignal();
        }
        changed.SetResult();
    }
}

using System.Text.RegularExpressions;
using Gateway.Client.Fetching;
using Gateway.Common.Errors;
using Gateway.Common.Ids;

namespace Gateway.Client.Consuming;

/// <summary>
/// Reads topics: as a member of a group that shares partitions out, or partitions assigned by hand. Membership is kept up in
/// the background; records are fetched when they are polled for.
/// </summary>
/// <remarks>Thread-safe; one poll runs at a time, the others wait.</remarks>
public sealed partial class GroupConsumer : IAsyncDisposable
{
    // A broker answers a waiting fetch when its time is up; this much later its answer is still worth waiting for.
    private static readonly TimeSpan AnswerGrace = TimeSpan.FromMilliseconds(500);

    private static readonly HashSet<TopicPartition> Nothing = [];

    private readonly KafkaClient _client;
    private readonly ConsumerOptions _options;
    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _polling = new(1, 1);
    private readonly PositionTable _positions;
    private readonly PositionResolver _resolver;
    private readonly FetchPump _pump;
    private GroupMembership? _membership;
    private TopicSelection _selection = TopicSelection.Nothing;
    private GroupState _applied = GroupState.Start;
    private bool _isManual;
    private bool _disposed;

    internal GroupConsumer(KafkaClient client, ConsumerOptions options)
    {
        _client = client;
        _options = options;
        _positions = new PositionTable(_lock);
        _resolver = new PositionResolver(client.Offsets, client.OffsetLookup, options, _lock);
        _pump = new FetchPump(client.FetchSender, client.Metadata, client.Options, _lock);
        _lastAutoCommit = client.Options.Time.GetTimestamp();
    }

    /// <summary>The group, or null.</summary>
    public string? Group => _options.Group;

    /// <summary>The topics subscribed to by name; empty for a pattern or an assignment by hand.</summary>
    public IReadOnlyList<string> Subscription => _selection.Names;

    /// <summary>True while subscribed to names or a pattern.</summary>
    public bool IsSubscribed => !_selection.IsNothing;

    /// <summary>True while partitions are assigned by hand.</summary>
    public bool IsAssignedByHand => _isManual;

    /// <summary>The partitions read now.</summary>
    public IReadOnlyList<TopicPartition> Assignment
    {
        get
        {
            ApplyGroupState();
            return _positions.Partitions;
        }
    }

    /// <summary>Ends when this member's standing in its group changes next: taken before a look at the assignment, it misses no change.</summary>
    /// <exception cref="InvalidOperationException">The consumer is not subscribed.</exception>
    public Task StandingChanged =>
        _membership?.Current.Changed ?? throw new InvalidOperationException("The consumer is not subscribed.");

    /// <summary>True while subscribed and without a share: what was read before may be another member's by now.</summary>
    /// <exception cref="KafkaErrorException">The group has refused this member.</exception>
    public bool IsDeciding => ApplyGroupState() is not null;

    /// <summary>Joins the group for these topics, instead of those before.</summary>
    public ValueTask SubscribeAsync(IEnumerable<string> topics) => SelectAsync(TopicSelection.ByName(topics));

    /// <summary>Joins the group for all topics whose whole name matches, now and later.</summary>
    public ValueTask SubscribeAsync(Regex pattern) => SelectAsync(TopicSelection.ByPattern(pattern, _options.HiddenTopics));

    /// <summary>Leaves the group, a static member too, and drops any assignment.</summary>
    public ValueTask UnsubscribeAsync() => EndSubscriptionAsync(isForGood: true);

    private async ValueTask EndSubscriptionAsync(bool isForGood)
    {
        await CommitIfAutomaticAsync().ConfigureAwait(false);
        GroupMembership? membership;
        lock (_lock)
        {
            (membership, _membership) = (_membership, null);
            (_selection, _isManual, _applied) = (TopicSelection.Nothing, false, GroupState.Start);
            _positions.Replace([], Nothing);
        }
        if (membership is not null) await membership.EndAsync(isForGood).ConfigureAwait(false);
    }

    /// <summary>Reads exactly these partitions, without sharing them with the group.</summary>
    /// <exception cref="InvalidOperationException">The consumer is subscribed.</exception>
    public void Assign(IEnumerable<TopicPartition> partitions)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_membership is not null) throw new InvalidOperationException("The consumer is subscribed.");
            var wanted = partitions.ToHashSet();
            _positions.Replace(wanted, keep: wanted);
            _isManual = wanted.Count > 0;
        }
    }

    /// <summary>Waits until the group has given this member its share; true at once without a subscription.</summary>
    /// <exception cref="KafkaErrorException">The group refused this member.</exception>
    public async ValueTask<bool> WaitForAssignmentAsync(TimeSpan limit, CancellationToken cancel)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        Task late = Task.Delay(limit, _client.Options.Time, either.Token);
        while (true)
        {
            Task? changed = ApplyGroupState();
            if (changed is null) break;
            if (await Task.WhenAny(changed, late).ConfigureAwait(false) != late) continue;
            cancel.ThrowIfCancellationRequested();
            return false;
        }
        await either.CancelAsync().ConfigureAwait(false);
        return true;
    }

    /// <summary>Records in order per partition; waits for the first up to <paramref name="maxWait"/>. The caller disposes them.</summary>
    /// <param name="maxBytes">Bound on keys and values; one record always comes, however large.</param>
    /// <param name="maxWait">How long to wait for the first record.</param>
    /// <param name="cancel">Stops the wait; nothing is lost by that.</param>
    /// <param name="stays">Whether the positions stay in front of the records: nothing commits them then, and who wants the next ones seeks.</param>
    /// <exception cref="KafkaErrorException">The group or a partition is refused for good.</exception>
    public async ValueTask<ConsumedRecords> PollAsync(int maxBytes, TimeSpan maxWait, CancellationToken cancel, bool stays = false)
    {
        long start = _client.Options.Time.GetTimestamp();
        TimeSpan Left() => maxWait - _client.Options.Time.GetElapsedTime(start);

        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        Task late = Task.Delay(maxWait + AnswerGrace, _client.Options.Time, either.Token);
        await _polling.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            await AutoCommitIfDueAsync().ConfigureAwait(false);
            for (bool first = true; ; first = false)
            {
                // While the group decides, these partitions may already be somebody else's.
                Task? deciding = ApplyGroupState();
                IReadOnlyCollection<PartitionPosition> positions = deciding is null ? _positions.All : [];
                await _resolver.ResolveAsync(positions, cancel).WaitAsyncQuietly(late).ConfigureAwait(false);
                _pump.Harvest(_options.OffsetReset);
                ConsumedRecords records = _positions.Take(positions, maxBytes, stays);
                TimeSpan left = Left();
                if (!records.IsEmpty) return records;
                // It ends the delay too: without this look a poll that is given up would be one that found nothing.
                cancel.ThrowIfCancellationRequested();
                if (late.IsCompleted || (!first && left <= TimeSpan.Zero)) return records;

                var limits = new FetchLimits(maxBytes, left > TimeSpan.Zero ? left : TimeSpan.Zero, _options.MinBytes, _options.Isolation);
                await _pump.StartAsync(positions, limits, cancel).ConfigureAwait(false);
                Task fetched = _pump.AnyDone ?? Task.Delay(_client.Options.RetryBackoff * 5, _client.Options.Time, either.Token);
                await Task.WhenAny(deciding ?? fetched, late).ConfigureAwait(false);
                cancel.ThrowIfCancellationRequested();
            }
        }
        finally
        {
            _polling.Release();
            await either.CancelAsync().ConfigureAwait(false);
        }
    }

    /// <summary>The offset to read next; null while it is not known or the partition is not assigned.</summary>
    public long? Position(TopicPartition partition) => _positions.OffsetOf(partition);

    /// <summary>
    /// Reads on from <paramref name="offset"/>; false when the partition is not assigned. When its group has committed that much already, or more
    /// (<paramref name="isCommitted"/>), nothing is left to commit.
    /// </summary>
    public bool Seek(TopicPartition partition, long offset, bool isCommitted = false) => Move(partition, position =>
    {
        position.Seek(offset);
        position.IsDirty = !isCommitted;
    });

    /// <summary>
    /// Says that records were read by other means than polls; false when the partition is not assigned, has no position, or is as far already.
    /// </summary>
    public bool Advance(TopicPartition partition, long offset)
    {
        bool isAdvanced = false;
        _positions.Move(partition, position =>
        {
            isAdvanced = position.Offset < offset;
            if (isAdvanced) position.Seek(offset);
            position.IsDirty |= isAdvanced;
        });
        return isAdvanced;
    }

    /// <summary>Reads on from an end of the log; false when the partition is not assigned.</summary>
    public bool SeekTo(TopicPartition partition, AutoOffsetReset end) => Move(partition, position => position.Seek(end));

    /// <summary>Says where to start partitions when they are assigned first, instead of where the group or the options would have it.</summary>
    public void StartAt(IReadOnlyDictionary<TopicPartition, StartPlace> places) => _resolver.StartAt(places);

    /// <summary>
    /// Positions that were found at the end of a log since the last call, and so are known to nobody else: looked for anew, the end would lie further.
    /// </summary>
    public IReadOnlyDictionary<TopicPartition, long> TakeFoundEnds() => _resolver.TakeFoundEnds();

    /// <summary>Commits if that is automatic, leaves the group, unless it is a static member, and gives up everything held.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_lock)
        {
            if (_disposed) return;
            _disposed = true;
        }
        await EndSubscriptionAsync(isForGood: false).ConfigureAwait(false);
        await _pump.DisposeAsync().ConfigureAwait(false);
    }

    private async ValueTask SelectAsync(TopicSelection selection)
    {
        RequireGroup();
        GroupMembership? failed = null;
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_isManual) throw new InvalidOperationException("Partitions are assigned by hand.");
            _selection = selection;
            if (_membership?.Current.State.Failure is not null) (failed, _membership) = (_membership, null);
            if (_membership is not null)
            {
                _membership.Select(selection);
            }
            else
            {
                _membership = _client.Join(_options, selection, CommitIfAutomaticAsync);
                _membership.Start();
            }
        }
        if (failed is not null) await failed.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>
    /// Takes over what the group has decided. A task that ends at the next change while the group is deciding, else null.
    /// </summary>
    private Task? ApplyGroupState()
    {
        lock (_lock)
        {
            if (_membership is null) return null;
            (GroupState state, Task changed) = _membership.Current;
            if (state.Failure is { } failure) throw new KafkaErrorException(failure.Code, failure.Message, failure);
            if (!state.IsStable) return changed;
            if (ReferenceEquals(state, _applied)) return null;
            // Positions survive a rebalance only if nobody else can have read these partitions meanwhile.
            _positions.Replace(state.Assignment, state.Continuity == _applied.Continuity ? state.Assignment.ToHashSet() : Nothing);
            _applied = state;
            return null;
        }
    }

    private bool Move(TopicPartition partition, Action<PartitionPosition> move)
    {
        ApplyGroupState();
        return _positions.Move(partition, move);
    }
}

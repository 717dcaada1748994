using Gateway.Client;
using Gateway.Client.Consuming;
using Gateway.Client.Topology;
using Gateway.Common.Errors;
using Gateway.Common.Ids;
using Gateway.HttpProxy.Http;

namespace Gateway.HttpProxy.Streams;

/// <summary>
/// A stream as a member of a consumer group (<c>group=</c>, http-proxy §9.1): it reads what the group gives it, from what is committed, as long as
/// its connection lasts. The consumer keeps the membership and the offsets to commit; what is read goes the way of every stream.
/// </summary>
internal sealed class StreamMembership : IAsyncDisposable
{
    private static readonly TimeSpan s_commitInterval = TimeSpan.FromSeconds(5);

    private readonly ProxyService _service;
    private readonly TopicView _topic;
    private readonly StreamQuery _query;
    private readonly StreamSignal _signal;
    private readonly GroupConsumer _consumer;
    private readonly CancellationTokenSource _stop = new();
    private Task _watch = Task.CompletedTask;
    private IReadOnlyList<TopicPartition>? _share;
    private long _lastCommit;
    private bool _isDirty;

    private StreamMembership(ProxyService service, string group, TopicView topic, StreamQuery query, StreamSignal signal)
    {
        (_service, Group, _topic, _query, _signal) = (service, group, topic, query, signal);
        _lastCommit = Time.GetTimestamp();
        _consumer = service.Client.CreateConsumer(new ConsumerOptions
        {
            Group = group,
            AutoCommit = !query.CommitsByCursor,
            HeartbeatInterval = TimeSpan.FromMilliseconds(500),
            SessionTimeout = TimeSpan.FromSeconds(15),
            RebalanceTimeout = TimeSpan.FromSeconds(10),
        });
    }

    internal string Group { get; }

    internal Guid TopicId => _topic.Id;

    private TimeProvider Time => _service.Client.Options.Time;

    /// <summary>Joins the group the request names; null when it names none. The stream is woken when its share changes. Dispose it to leave.</summary>
    /// <exception cref="ProblemException">The cursor is of another topic.</exception>
    internal static async ValueTask<StreamMembership?> JoinAsync(ProxyCall call, TopicView topic, StreamQuery query, StreamSignal signal)
    {
        if (query.Group is not { } group) return null;
        if (query.Cursor is { } cursor) StreamStart.RequireTopic(cursor, topic);
        var member = new StreamMembership(call.Service, group, topic, query, signal);
        await member._consumer.SubscribeAsync([topic.Name]).ConfigureAwait(false);
        call.Service.Memberships.Add(member);
        member._watch = member.WatchAsync(member._stop.Token);
        return member;
    }

    /// <summary>
    /// Where to read now, if that has changed: nowhere while the group decides, since the partitions may be another member's already. Null when
    /// nothing has changed.
    /// </summary>
    /// <exception cref="KafkaErrorException">The group has refused this member.</exception>
    internal async ValueTask<(StreamPosition[] Positions, bool IsDecided)?> TakeShareAsync(IStreamPeer peer)
    {
        if (_consumer.IsDeciding)
        {
            bool hadShare = _share is not null;
            _share = null;
            return hadShare ? ([], false) : null;
        }
        IReadOnlyList<TopicPartition> share = _consumer.Assignment;
        // The same again, and nobody else can have had it in between.
        if (_share is not null && share.SequenceEqual(_share) && share.All(partition => _consumer.Position(partition) is not null)) return null;
        StreamPosition[] positions = await FindAsync(peer, share).ConfigureAwait(false);
        _share = share;
        return (positions, true);
    }

    /// <summary>So far the records of these partitions were sent; commits now and then, unless the client does.</summary>
    internal async ValueTask ReachedAsync(StreamPosition[] positions, CancellationToken cancel)
    {
        foreach (StreamPosition position in positions) _isDirty |= _consumer.Advance(NameOf(position.Partition), position.Offset);
        if (_query.CommitsByCursor || !_isDirty || _share is null || Time.GetElapsedTime(_lastCommit) < s_commitInterval) return;
        (_lastCommit, _isDirty) = (Time.GetTimestamp(), false);
        // What fails is made up for by the next, or by the end.
        await _consumer.CommitAsync(cancel).ConfigureAwait(false);
    }

    /// <summary>Commits what lies in front of a cursor, in the partitions that are this member's.</summary>
    /// <returns>Those of them.</returns>
    /// <exception cref="ProblemException">The commit is refused.</exception>
    internal async ValueTask<IReadOnlyCollection<int>> CommitAsync(StreamCursor cursor, CancellationToken cancel)
    {
        if (_consumer.IsDeciding) await _consumer.WaitForAssignmentAsync(TimeSpan.FromSeconds(10), cancel).ConfigureAwait(false);
        var own = _consumer.Assignment.ToHashSet();
        var commit = cursor.Offsets.Where(at => own.Contains(NameOf(at.Key))).ToDictionary(at => NameOf(at.Key), static at => new CommittedOffset(at.Value, ""));
        StreamCommit.Require(await _consumer.CommitAsync(commit, cancel).ConfigureAwait(false));
        return [.. commit.Keys.Select(static partition => partition.Partition)];
    }

    /// <summary>Commits what was sent, unless the client does, and leaves the group.</summary>
    public async ValueTask DisposeAsync()
    {
        _service.Memberships.Remove(this);
        await _stop.CancelAsync().ConfigureAwait(false);
        await _watch.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _consumer.DisposeAsync().ConfigureAwait(false);
        _stop.Dispose();
    }

    private TopicPartition NameOf(int partition) => new(_topic.Name, partition);

    /// <summary>Where each partition goes on: where this stream is, behind what is committed or the client has had, or where the request says.</summary>
    private async ValueTask<StreamPosition[]> FindAsync(IStreamPeer peer, IReadOnlyList<TopicPartition> share)
    {
        if (share.Count == 0) return [];
        IReadOnlyDictionary<TopicPartition, CommittedOffset> committed = await _consumer.CommittedAsync(share, peer.Cancel).ConfigureAwait(false);
        var offsets = new Dictionary<int, long>(_query.From.Offsets);
        var taken = new Dictionary<TopicPartition, CommittedOffset>();
        foreach (TopicPartition partition in share)
        {
            long before = committed.TryGetValue(partition, out CommittedOffset found) ? found.Offset : -1;
            // Others may have gone on since the client had its cursor.
            if (_query.Cursor?.Offsets.TryGetValue(partition.Partition, out long cursor) == true && cursor > before)
            {
                before = cursor;
                taken[partition] = new CommittedOffset(cursor, "");
            }
            if (_consumer.Position(partition) is { } here) before = here;
            if (before >= 0) offsets[partition.Partition] = before;
        }
        int[] partitions = [.. share.Select(static partition => partition.Partition)];
        StreamPosition[] positions = await StreamStart.FindAsync(peer, _topic, _query, partitions, _query.From with { Offsets = offsets }).ConfigureAwait(false);
        // Whoever comes back with a cursor has had what lies in front of it.
        if (taken.Count > 0) await _consumer.CommitAsync(taken, peer.Cancel).ConfigureAwait(false);
        // From here on a rebalance that leaves a partition here leaves it where it is.
        foreach (StreamPosition position in positions) _consumer.Seek(NameOf(position.Partition), position.Offset);
        return positions;
    }

    private async Task WatchAsync(CancellationToken cancel)
    {
        while (!cancel.IsCancellationRequested)
        {
            Task changed = _consumer.StandingChanged;
            _signal.Raise(StreamEvents.Share);
            await changed.WaitAsync(cancel).ConfigureAwait(false);
        }
    }
}

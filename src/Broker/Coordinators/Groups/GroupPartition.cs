using Gateway.Common.Errors;
using Gateway.Protocol.Wire;
using Gateway.Shards;
using Microsoft.Extensions.Logging;

namespace Gateway.Broker.Coordinators.Groups;

/// <summary>
/// The groups whose state lives in one partition of <c>__consumer_offsets</c>. Requests are decided and their records appended and
/// applied in one turn; answers wait until everything applied so far is committed (design D6).
/// </summary>
/// <remarks>
/// Invariant: the store holds exactly what the appended records say. When an append fails the whole state is thrown away and
/// replayed from the log; nothing is rolled back.
/// </remarks>
internal sealed partial class GroupPartition : ShardOwned
{
    private static readonly TimeSpan ReplayAgainAfter = TimeSpan.FromSeconds(5);

    private readonly ICoordinatorLog _log;
    private readonly Func<GroupSettings> _settings;
    private readonly Func<string, Guid, bool> _isGone;
    private readonly Func<Guid> _newId;
    private readonly MemberMemory _memory;
    private readonly ILogger _logger;
    private readonly GroupStore _store = new();
    private readonly Queue<(long Position, TaskCompletionSource<ErrorCode> Waiting)> _uncommitted = new();
    private ErrorCode _unavailable = ErrorCode.CoordinatorLoadInProgress;
    private ShardTimer? _expiry;
    private ShardTimer? _retry;
    private long _appended;
    private long _committed;
    private int _life;
    private bool _isClosed;

    /// <param name="shard">The owner.</param>
    /// <param name="index">Which partition of <c>__consumer_offsets</c>.</param>
    /// <param name="log">That partition.</param>
    /// <param name="settings">The settings in force.</param>
    /// <param name="isGone">Whether the topic of a name and (unless zero) an id does not exist any more.</param>
    /// <param name="newId">Where member ids come from.</param>
    /// <param name="memory">What the members of all groups of the shard may hold.</param>
    /// <param name="logger">Whom to tell.</param>
    public GroupPartition(
        Shard shard, int index, ICoordinatorLog log, Func<GroupSettings> settings, Func<string, Guid, bool> isGone, Func<Guid> newId,
        MemberMemory memory, ILogger logger)
        : base(shard)
    {
        Index = index;
        _log = log;
        _settings = settings;
        _isGone = isGone;
        _newId = newId;
        _memory = memory;
        _logger = logger;
    }

    /// <summary>Which partition of <c>__consumer_offsets</c>.</summary>
    public int Index { get; }

    /// <summary>None when requests are served; otherwise what they are answered with.</summary>
    public ErrorCode Unavailable => _unavailable;

    /// <summary>The groups, for tests that compare live with replayed state.</summary>
    internal GroupStore Store => _store;

    private GroupSettings Settings => _settings();

    /// <summary>Replays the log and begins to serve. Until then every request is answered with COORDINATOR_LOAD_IN_PROGRESS (14).</summary>
    public async Task LoadAsync()
    {
        AssertOnShard();
        int life = _life;
        ErrorCode error = await ReplayAsync(life);
        if (life != _life) return;
        if (error != ErrorCode.None)
        {
            GroupEvents.ReplayFailed(_logger, Index, error);
            _store.Clear();
            _unavailable = ErrorCode.NotCoordinator;
            _retry = Shard.Schedule(ReplayAgainAfter, static partition => partition.LoadAgain(), this);
            return;
        }
        _unavailable = ErrorCode.None;
        foreach (ClassicGroup group in _store.Groups)
        {
            foreach (GroupMember member in group.Members) StartSession(group, member);
        }
        GroupEvents.Loaded(_logger, Index, _store.Groups.Count);
        DropOffsetsOfGoneTopics();
        ScheduleExpiry();
    }

    private async ValueTask<ErrorCode> ReplayAsync(int life)
    {
        try
        {
            return await _log.ReplayAsync(record =>
            {
                if (life == _life) _store.Apply(record);
            });
        }
        catch (ProtocolException)
        {
            return ErrorCode.CorruptMessage;
        }
    }

    /// <summary>Answers everybody who waits with <paramref name="because"/> and serves no more.</summary>
    public void Close(ErrorCode because)
    {
        AssertOnShard();
        _isClosed = true;
        Discard(because);
    }

    /// <summary>
    /// Appends the records of a decision that stands by itself, and applies them. A refusal changes nothing, and is the answer.
    /// </summary>
    private ErrorCode TryWrite(IReadOnlyList<CoordinatorRecord> records)
    {
        if (records.Count == 0) return ErrorCode.None;
        int life = _life;
        long position = _appended + 1;
        bool isAppending = true;
        var refusal = ErrorCode.None;
        _log.Append(records, error =>
        {
            if (isAppending && error != ErrorCode.None) refusal = error;
            else Done(life, position, error);
        });
        isAppending = false;
        if (refusal != ErrorCode.None) return refusal;
        _appended = position;
        foreach (CoordinatorRecord record in records) _store.Apply(record);
        return ErrorCode.None;
    }

    /// <summary>
    /// As <see cref="TryWrite"/>, for records about what has happened to members already: when they are refused the state is thrown
    /// away, as if they had been lost later.
    /// </summary>
    private void Write(IReadOnlyList<CoordinatorRecord> records)
    {
        ErrorCode refusal = TryWrite(records);
        if (refusal != ErrorCode.None) Lose(refusal);
    }

    /// <summary>Completes when everything applied so far is committed: None, or what the request is to be answered with instead.</summary>
    private ValueTask<ErrorCode> CommittedAsync()
    {
        if (_unavailable != ErrorCode.None) return new(_unavailable);
        if (_committed >= _appended) return new(ErrorCode.None);
        var waiting = new TaskCompletionSource<ErrorCode>(TaskCreationOptions.RunContinuationsAsynchronously);
        _uncommitted.Enqueue((_appended, waiting));
        return new(waiting.Task);
    }

    private void Done(int life, long position, ErrorCode error)
    {
        if (life != _life) return;
        if (error != ErrorCode.None)
        {
            Lose(error);
            return;
        }
        _committed = position;
        while (_uncommitted.TryPeek(out var entry) && entry.Position <= position) _uncommitted.Dequeue().Waiting.SetResult(ErrorCode.None);
    }

    private void Lose(ErrorCode error)
    {
        GroupEvents.AppendFailed(_logger, Index, error);
        Discard(AnswerFor(error));
        // Posted, because whoever appended is still at it and is to find the partition unavailable.
        Shard.Post(static partition => partition.LoadAgain(), this);
    }

    /// <summary>How a failed append is told to members: the classes make them look for the coordinator again (kafka: §8, append errors).</summary>
    private static ErrorCode AnswerFor(ErrorCode append) => append switch
    {
        ErrorCode.UnknownTopicOrPartition or ErrorCode.NotEnoughReplicas or ErrorCode.RequestTimedOut => ErrorCode.CoordinatorNotAvailable,
        ErrorCode.NotLeaderOrFollower or ErrorCode.KafkaStorageError => ErrorCode.NotCoordinator,
        _ => ErrorCode.UnknownServerError,
    };

    private void Discard(ErrorCode because)
    {
        _life++;
        _unavailable = because;
        _committed = _appended;
        _expiry?.Dispose();
        _retry?.Dispose();
        while (_uncommitted.TryDequeue(out var entry)) entry.Waiting.SetResult(because);
        foreach (ClassicGroup group in _store.Groups) LetGo(group, because);
        _store.Clear();
    }

    private static void LetGo(ClassicGroup group, ErrorCode because)
    {
        group.Phase?.Dispose();
        foreach (ShardTimer pending in group.Pending.Values) pending.Dispose();
        foreach (GroupMember member in group.Members)
        {
            member.Session?.Dispose();
            AnswerJoin(member, Failed(because, member.Id));
            AnswerSync(member, Failed(because));
        }
    }

    // async void: what goes wrong here surfaces on the shard instead of in a task nobody looks at.
    private async void LoadAgain()
    {
        if (_isClosed) return;
        _unavailable = ErrorCode.CoordinatorLoadInProgress;
        await LoadAsync();
    }

    private long NowMs() => Shard.Time.GetUtcNow().ToUnixTimeMilliseconds();
}

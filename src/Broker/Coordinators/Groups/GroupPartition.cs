using Gateway.Common.Errors;
using Gateway.Shards;
using Microsoft.Extensions.Logging;

namespace Gateway.Broker.Coordinators.Groups;

/// <summary>The groups whose state lives in one partition of <c>__consumer_offsets</c>.</summary>
internal sealed partial class GroupPartition : CoordinatorState
{
    private readonly Func<GroupSettings> _settings;
    private readonly Func<string, Guid, bool> _isGone;
    private readonly Func<Guid> _newId;
    private readonly MemberMemory _memory;
    private readonly ILogger _logger;
    private readonly GroupStore _store = new();
    private ShardTimer? _expiry;

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
        : base(shard, Cluster.TopicName.ConsumerOffsets, index, log, logger)
    {
        _settings = settings;
        _isGone = isGone;
        _newId = newId;
        _memory = memory;
        _logger = logger;
    }

    /// <summary>The groups, for tests that compare live with replayed state.</summary>
    internal GroupStore Store => _store;

    private GroupSettings Settings => _settings();

    /// <inheritdoc/>
    protected override void Apply(CoordinatorRecord record, long? producerId)
    {
        if (producerId is { } producer) _store.ApplyPending(producer, record);
        else _store.Apply(record);
    }

    /// <inheritdoc/>
    protected override void ApplyEnd(long producerId, bool isCommitted) => _store.EndTransaction(producerId, isCommitted);

    /// <inheritdoc/>
    protected override void OnLoaded()
    {
        foreach (ClassicGroup group in _store.Groups)
        {
            foreach (GroupMember member in group.Members) StartSession(group, member);
        }
        GroupEvents.Loaded(_logger, Index, _store.Groups.Count);
        DropOffsetsOfGoneTopics();
        ScheduleExpiry();
    }

    /// <inheritdoc/>
    protected override void Forget(ErrorCode because)
    {
        _expiry?.Dispose();
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
}

using Gateway.Broker.Coordinators.Groups;
using Gateway.Common.Errors;
using Gateway.Common.Ids;
using Gateway.Protocol.Messages;
using Gateway.Shards;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gateway.Broker.Tests.Groups;

/// <summary>One partition of groups on a stepped shard with virtual time.</summary>
internal sealed class GroupsUnderTest : IDisposable
{
    internal const int MaxMemberBytes = 1 << 20;

    private readonly SteppedShardHost _host = new(shardCount: 1);
    private int _ids;

    public GroupsUnderTest(MemoryCoordinatorLog? log = null, bool load = true)
    {
        Log = log ?? new MemoryCoordinatorLog();
        Partition = new GroupPartition(
            Shard, 0, Log, () => Settings, (topic, id) => GoneTopics.Contains(topic) || GoneIds.Contains(id),
            () => new Guid(++_ids, 0, 0, new byte[8]), new MemberMemory(MaxMemberBytes, () => Partition!.Store.MemberBytes, NullLogger.Instance), NullLogger.Instance);
        if (load) Run(() => Partition.LoadAsync());
    }

    public MemoryCoordinatorLog Log { get; }

    public GroupPartition Partition { get; }

    public GroupSettings Settings { get; set; } = new() { InitialRebalanceDelayMs = 0 };

    public HashSet<string> GoneTopics { get; } = [];

    public HashSet<Guid> GoneIds { get; } = [];

    public long NowMs => _host.Time.GetUtcNow().ToUnixTimeMilliseconds();

    private Shard Shard => _host.Shards[0];

    public void Run(Action work)
    {
        Shard.Post(work);
        _host.RunUntilIdle();
    }

    public void Run(Func<Task> work) => Run(async void () => await work());

    public void Advance(int milliseconds) => _host.Advance(TimeSpan.FromMilliseconds(milliseconds));

    /// <summary>Starts a call and runs until nothing more happens without time passing; the task may still wait then.</summary>
    public Call<T> Start<T>(Func<GroupPartition, ValueTask<T>> call)
    {
        var answer = new Call<T>();
        Run(async void () => answer.Complete(await call(Partition)));
        return answer;
    }

    /// <summary>As <see cref="Start{T}"/>, for calls that are answered at once.</summary>
    public T Ask<T>(Func<GroupPartition, ValueTask<T>> call) => Start(call).Result;

    public Call<JoinGroupResponse> StartJoin(JoinGroupRequest request, short version = 9) =>
        Start(partition => partition.JoinAsync(request, new GroupClient(version, "client", "/host")));

    public JoinGroupResponse Join(JoinGroupRequest request, short version = 9) => StartJoin(request, version).Result;

    /// <summary>Joins as a new dynamic member, fetching its id first.</summary>
    public Call<JoinGroupResponse> StartJoinNew(string group = "g", params string[] protocols)
    {
        JoinGroupRequest request = Requests.Join(group, protocols: protocols);
        request.MemberId = Join(request).MemberId;
        return StartJoin(request);
    }

    public Call<SyncGroupResponse> StartSync(SyncGroupRequest request) => Start(partition => partition.SyncAsync(request));

    public SyncGroupResponse Sync(SyncGroupRequest request) => Ask(partition => partition.SyncAsync(request));

    public ErrorCode Heartbeat(string member, int generation, string group = "g", string? instance = null) => Ask(partition =>
        new ValueTask<ErrorCode>(partition.Heartbeat(new() { GroupId = group, MemberId = member, GenerationId = generation, GroupInstanceId = instance })));

    public LeaveGroupResponse Leave(string member, string? instance = null, short version = 5, string group = "g")
    {
        var request = new LeaveGroupRequest { GroupId = group };
        if (version < 3) request.MemberId = member;
        else request.Members.Add(new() { MemberId = member, GroupInstanceId = instance });
        return Ask(partition => partition.LeaveAsync(request, version));
    }

    public ErrorCode Commit(string topic, long offset, int generation = -1, string member = "", string group = "g", short version = 8, long retentionMs = -1) =>
        Ask(partition => partition.CommitOffsetsAsync(
            new Committer(group, generation, member, null, retentionMs), [Requests.Offset(topic, offset)], version)).Error;

    public long? Committed(string topic, string group = "g")
    {
        var (error, offsets) = Ask(partition => partition.FetchOffsetsAsync(group, [new TopicPartition(topic, 0)]));
        Assert.Equal(ErrorCode.None, error);
        return offsets.Count == 0 ? null : offsets[0].Offset.Offset;
    }

    public GroupState State(string group = "g") => Partition.Store.Find(group)?.State ?? GroupState.Dead;

    /// <summary>Brings a group of dynamic members to Stable; gives their ids, the leader's first.</summary>
    public (string[] Members, int Generation) Stable(int members = 1, string group = "g")
    {
        Settings = Settings with { InitialRebalanceDelayMs = 100 };
        Call<JoinGroupResponse>[] joins = [.. Enumerable.Range(0, members).Select(_ => StartJoinNew(group))];
        while (!joins[0].IsCompleted) Advance(100);
        JoinGroupResponse leader = joins[0].Result;
        Assert.Equal(leader.MemberId, leader.Leader);
        foreach (Call<JoinGroupResponse> follower in joins[1..]) StartSync(Requests.Sync(follower.Result));
        Sync(Requests.Sync(leader, joins.Select(j => j.Result.MemberId).ToArray()));
        Settings = Settings with { InitialRebalanceDelayMs = 0 };
        Assert.Equal(GroupState.Stable, State(group));
        return ([.. joins.Select(j => j.Result.MemberId)], leader.GenerationId);
    }

    public void Dispose() => _host.Dispose();
}

/// <summary>A request that was sent, and its answer once it has come.</summary>
internal sealed class Call<T>
{
    private T? _result;

    public bool IsCompleted { get; private set; }

    /// <summary>The answer; asking while it still waits fails the test.</summary>
    public T Result
    {
        get
        {
            Assert.True(IsCompleted, "The request still waits for its answer");
            return _result!;
        }
    }

    public void Complete(T result)
    {
        Assert.False(IsCompleted, "A request was answered twice");
        _result = result;
        IsCompleted = true;
    }
}

using Gateway.Client.Consuming.Assignors;
using Gateway.Client.Fetching;

namespace Gateway.Client.Consuming;

/// <summary>Where to start reading a partition without a committed offset.</summary>
public enum AutoOffsetReset
{
    /// <summary>At what comes next.</summary>
    Latest,

    /// <summary>At the first record that still exists.</summary>
    Earliest,

    /// <summary>Nowhere: reading fails with OFFSET_OUT_OF_RANGE.</summary>
    None,
}

/// <summary>How a <see cref="GroupConsumer"/> behaves.</summary>
public sealed record ConsumerOptions
{
    /// <summary>The group; null for a consumer that only reads what it is assigned by hand and commits nothing.</summary>
    public string? Group { get; init; }

    /// <summary>A name of its own within the group: such a member may come back without a rebalance.</summary>
    public string? InstanceId { get; init; }

    /// <summary>Topics that no pattern matches, beside the brokers' own.</summary>
    public IReadOnlyCollection<string> HiddenTopics { get; init; } = [];

    /// <summary>Where to start without a committed offset.</summary>
    public AutoOffsetReset OffsetReset { get; init; } = AutoOffsetReset.Latest;

    /// <summary>Whether records of open and aborted transactions are handed out too.</summary>
    public IsolationLevel Isolation { get; init; } = IsolationLevel.ReadUncommitted;

    /// <summary>Commit what was read, at intervals and when leaving partitions.</summary>
    public bool AutoCommit { get; init; }

    /// <summary>The interval of automatic commits; they happen at the start of a poll.</summary>
    public TimeSpan AutoCommitInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>After so long without a sign of life the coordinator gives the member up.</summary>
    public TimeSpan SessionTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long the others wait for this member to join again in a rebalance.</summary>
    public TimeSpan RebalanceTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Time between signs of life, and so until a rebalance is noticed.</summary>
    public TimeSpan HeartbeatInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How often to look for new topics and partitions.</summary>
    public TimeSpan TopicCheckInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Bytes a broker gathers before it answers a waiting poll; 1 answers with the first record.</summary>
    public int MinBytes { get; init; } = 1;

    /// <summary>Ways to share partitions out that this member offers, best first.</summary>
    public IReadOnlyList<IAssignor> Assignors { get; init; } = [new RangeAssignor(), new RoundRobinAssignor()];
}

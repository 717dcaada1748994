using Gateway.Protocol.Model;

namespace Gateway.Protocol.Messages;

/// <summary>Key of a committed offset in <c>__consumer_offsets</c>; its type there is 1 (0 in very old logs, same layout).</summary>
[KafkaRecord(0, 0)]
public sealed partial class OffsetCommitKey
{
    /// <summary>The group's id.</summary>
    [Field]
    public string Group { get; set; } = "";

    /// <summary>The topic's name.</summary>
    [Field]
    public string Topic { get; set; } = "";

    /// <summary>The partition's index.</summary>
    [Field]
    public int Partition { get; set; }
}

/// <summary>A committed offset in <c>__consumer_offsets</c>; no value deletes it.</summary>
[KafkaRecord(0, 4, FlexibleFrom = 4)]
public sealed partial class OffsetCommitValue
{
    /// <summary>The offset of the next record to read.</summary>
    [Field]
    public long Offset { get; set; }

    /// <summary>The leader epoch of the last record read before the commit; -1 when unknown.</summary>
    [Field(From = 3, Ignorable = true)]
    public int LeaderEpoch { get; set; } = -1;

    /// <summary>Whatever the client keeps with the offset.</summary>
    [Field]
    public string Metadata { get; set; } = "";

    /// <summary>When the offset was committed, in ms since 1970.</summary>
    [Field]
    public long CommitTimestamp { get; set; }

    /// <summary>When the offset expires, in ms since 1970; -1 for the broker's own retention.</summary>
    [Field(From = 1, To = 1, Ignorable = true)]
    public long ExpireTimestamp { get; set; } = -1;

    /// <summary>The topic's id.</summary>
    [Field(From = 4, Tag = 0, Ignorable = true)]
    public Guid TopicId { get; set; }
}

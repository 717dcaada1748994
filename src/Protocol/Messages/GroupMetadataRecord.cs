using Gateway.Protocol.Model;

namespace Gateway.Protocol.Messages;

/// <summary>Key of a classic group in <c>__consumer_offsets</c>; its type there is 2.</summary>
[KafkaRecord(0, 0)]
public sealed partial class GroupMetadataKey
{
    /// <summary>The group's id.</summary>
    [Field]
    public string Group { get; set; } = "";
}

/// <summary>A classic group in <c>__consumer_offsets</c>; no value deletes it.</summary>
[KafkaRecord(0, 4, FlexibleFrom = 4)]
public sealed partial class GroupMetadataValue
{
    /// <summary>What kind of group this is; consumers say "consumer".</summary>
    [Field]
    public string ProtocolType { get; set; } = "";

    /// <summary>How many times the group has agreed on members and protocol.</summary>
    [Field]
    public int Generation { get; set; }

    /// <summary>The protocol the members agreed on; null in an empty group.</summary>
    [Field]
    public string? Protocol { get; set; } = "";

    /// <summary>The member that assigns partitions; null in an empty group.</summary>
    [Field]
    public string? Leader { get; set; } = "";

    /// <summary>When the group entered its state, in ms since 1970; -1 when unknown.</summary>
    [Field(From = 2, Ignorable = true)]
    public long CurrentStateTimestamp { get; set; } = -1;

    /// <summary>The members.</summary>
    [Field]
    public List<MemberMetadata> Members { get; set; } = [];

    /// <summary>A member as it is stored.</summary>
    public sealed partial class MemberMetadata
    {
        /// <summary>The id the coordinator gave the member; empty before that.</summary>
        [Field]
        public string MemberId { get; set; } = "";

        /// <summary>The name of a static member; null for a dynamic one.</summary>
        [Field(From = 3, Ignorable = true)]
        public string? GroupInstanceId { get; set; }

        /// <summary>The client id the member gave.</summary>
        [Field]
        public string ClientId { get; set; } = "";

        /// <summary>The address the member connects from.</summary>
        [Field]
        public string ClientHost { get; set; } = "";

        /// <summary>How long the group waits for the member to join again, in ms; -1 for its session timeout.</summary>
        [Field(From = 1, Ignorable = true)]
        public int RebalanceTimeout { get; set; } = -1;

        /// <summary>How long the member may stay silent, in ms.</summary>
        [Field]
        public int SessionTimeout { get; set; }

        /// <summary>What the member said when it joined, for the protocol chosen.</summary>
        [Field]
        public byte[] Subscription { get; set; } = [];

        /// <summary>The assignment, opaque to the broker.</summary>
        [Field]
        public byte[] Assignment { get; set; } = [];
    }
}

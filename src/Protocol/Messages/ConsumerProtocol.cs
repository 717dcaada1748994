using Gateway.Protocol.Model;

namespace Gateway.Protocol.Messages;

/// <summary>What a consumer says when it joins a group of type "consumer". Travels as a blob behind its version.</summary>
[KafkaRecord(0, 3)]
public sealed partial class ConsumerProtocolSubscription
{
    /// <summary>The topics the member wants to read.</summary>
    [Field]
    public List<string> Topics { get; set; } = [];

    /// <summary>Whatever the assignor wants to add.</summary>
    [Field]
    public byte[]? UserData { get; set; }

    /// <summary>The partitions the member still holds.</summary>
    [Field(From = 1, Ignorable = true)]
    public List<TopicPartition> OwnedPartitions { get; set; } = [];

    /// <summary>The generation, which rises with every rebalance; -1 when there is none.</summary>
    [Field(From = 2, Ignorable = true)]
    public int GenerationId { get; set; } = -1;

    /// <summary>The rack the consumer stands in; null when it did not say.</summary>
    [Field(From = 3, Ignorable = true)]
    public string? RackId { get; set; }

    /// <summary>Partitions of one topic the member still holds.</summary>
    public sealed partial class TopicPartition
    {
        /// <summary>The topic's name.</summary>
        [Field(MapKey = true)]
        public string Topic { get; set; } = "";

        /// <summary>The partitions.</summary>
        [Field]
        public List<int> Partitions { get; set; } = [];
    }
}

/// <summary>What a consumer gets in a group of type "consumer". Travels as a blob behind its version.</summary>
[KafkaRecord(0, 3)]
public sealed partial class ConsumerProtocolAssignment
{
    /// <summary>The partitions the member is to read, by topic.</summary>
    [Field]
    public List<TopicPartition> AssignedPartitions { get; set; } = [];

    /// <summary>Whatever the assignor wants to add.</summary>
    [Field]
    public byte[]? UserData { get; set; }

    /// <summary>Partitions of one topic the member is to read.</summary>
    public sealed partial class TopicPartition
    {
        /// <summary>The topic's name.</summary>
        [Field(MapKey = true)]
        public string Topic { get; set; } = "";

        /// <summary>The partitions.</summary>
        [Field]
        public List<int> Partitions { get; set; } = [];
    }
}

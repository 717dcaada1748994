using Gateway.Common.Errors;
using Gateway.Protocol.Model;

namespace Gateway.Protocol.Messages;

/// <summary>Creates topics.</summary>
[KafkaRequest(ApiKey.CreateTopics, 0, 7, FlexibleFrom = 5)]
public sealed partial class CreateTopicsRequest
{
    /// <summary>The topics.</summary>
    [Field]
    public List<CreatableTopic> Topics { get; set; } = [];

    /// <summary>How long the broker may take, in ms.</summary>
    [Field]
    public int TimeoutMs { get; set; } = 60000;

    /// <summary>Whether to check only and change nothing.</summary>
    [Field(From = 1)]
    public bool ValidateOnly { get; set; }

    /// <summary>A topic to create.</summary>
    public sealed partial class CreatableTopic
    {
        /// <summary>The topic's name.</summary>
        [Field(MapKey = true)]
        public string Name { get; set; } = "";

        /// <summary>How many partitions; -1 for the default.</summary>
        [Field]
        public int NumPartitions { get; set; }

        /// <summary>How many replicas; -1 for the default.</summary>
        [Field]
        public short ReplicationFactor { get; set; }

        /// <summary>Replicas chosen by hand, partition by partition; empty lets the cluster choose.</summary>
        [Field]
        public List<CreatableReplicaAssignment> Assignments { get; set; } = [];

        /// <summary>Settings the topic is to have instead of the defaults.</summary>
        [Field]
        public List<CreatableTopicConfig> Configs { get; set; } = [];
    }

    /// <summary>Replicas chosen for one partition.</summary>
    public sealed partial class CreatableReplicaAssignment
    {
        /// <summary>The partition's index.</summary>
        [Field(MapKey = true)]
        public int PartitionIndex { get; set; }

        /// <summary>The replicas, the preferred leader first.</summary>
        [Field]
        public List<int> BrokerIds { get; set; } = [];
    }

    /// <summary>A setting of the new topic.</summary>
    public sealed partial class CreatableTopicConfig
    {
        /// <summary>The setting's name.</summary>
        [Field(MapKey = true)]
        public string Name { get; set; } = "";

        /// <summary>The value.</summary>
        [Field]
        public string? Value { get; set; } = "";
    }
}

/// <summary>Says which topics were created.</summary>
[KafkaResponse(ApiKey.CreateTopics, 0, 7, FlexibleFrom = 5)]
public sealed partial class CreateTopicsResponse
{
    /// <summary>How long the client is to hold back because of a quota, in ms.</summary>
    [Field(From = 2, Ignorable = true)]
    public int ThrottleTimeMs { get; set; }

    /// <summary>The topics.</summary>
    [Field]
    public List<CreatableTopicResult> Topics { get; set; } = [];

    /// <summary>The answer for one topic.</summary>
    public sealed partial class CreatableTopicResult
    {
        /// <summary>The topic's name.</summary>
        [Field(MapKey = true)]
        public string Name { get; set; } = "";

        /// <summary>The topic's id.</summary>
        [Field(From = 7, Ignorable = true)]
        public Guid TopicId { get; set; }

        /// <summary>What went wrong, or <see cref="Gateway.Common.Errors.ErrorCode.None"/>.</summary>
        [Field]
        public ErrorCode ErrorCode { get; set; }

        /// <summary>What went wrong, in words; null when there is nothing to say.</summary>
        [Field(From = 1, Ignorable = true)]
        public string? ErrorMessage { get; set; } = "";

        /// <summary>Why the settings are left out.</summary>
        [Field(From = 5, Tag = 0, Ignorable = true)]
        public ErrorCode TopicConfigErrorCode { get; set; }

        /// <summary>How many partitions the topic has; -1 when the caller may not see it.</summary>
        [Field(From = 5, Ignorable = true)]
        public int NumPartitions { get; set; } = -1;

        /// <summary>How many replicas each partition has; -1 when the caller may not see it.</summary>
        [Field(From = 5, Ignorable = true)]
        public short ReplicationFactor { get; set; } = -1;

        /// <summary>The topic's settings as they are; null when the caller may not see them.</summary>
        [Field(From = 5, Ignorable = true)]
        public List<CreatableTopicConfigs>? Configs { get; set; } = [];
    }

    /// <summary>A setting the topic has.</summary>
    public sealed partial class CreatableTopicConfigs
    {
        /// <summary>The setting's name.</summary>
        [Field]
        public string Name { get; set; } = "";

        /// <summary>The value; null when it is unset or a secret.</summary>
        [Field]
        public string? Value { get; set; } = "";

        /// <summary>Whether the setting cannot be changed.</summary>
        [Field]
        public bool ReadOnly { get; set; }

        /// <summary>Where the value comes from: 1 topic, 2 broker, 3 cluster default, 4 start-up file, 5 built-in default.</summary>
        [Field(Ignorable = true)]
        public sbyte ConfigSource { get; set; } = -1;

        /// <summary>Whether the value is a secret; then it is sent as null.</summary>
        [Field]
        public bool IsSensitive { get; set; }
    }
}

using Gateway.Common.Errors;
using Gateway.Protocol.Model;

namespace Gateway.Protocol.Messages;

/// <summary>Asks for brokers, topics and who leads their partitions.</summary>
[KafkaRequest(ApiKey.Metadata, 0, 13, FlexibleFrom = 9)]
public sealed partial class MetadataRequest
{
    /// <summary>The topics asked about; null for all, and in version 0 empty for all (MD-1).</summary>
    [Field(NullableFrom = 1)]
    public List<MetadataRequestTopic>? Topics { get; set; } = [];

    /// <summary>Whether asking for a missing topic may create it.</summary>
    [Field(From = 4)]
    public bool AllowAutoTopicCreation { get; set; } = true;

    /// <summary>Whether to say what the caller may do with the cluster.</summary>
    [Field(From = 8, To = 10)]
    public bool IncludeClusterAuthorizedOperations { get; set; }

    /// <summary>Whether to say what the caller may do with each topic.</summary>
    [Field(From = 8)]
    public bool IncludeTopicAuthorizedOperations { get; set; }

    /// <summary>A topic asked about, by name or id.</summary>
    public sealed partial class MetadataRequestTopic
    {
        /// <summary>The topic's id.</summary>
        [Field(From = 10, Ignorable = true)]
        public Guid TopicId { get; set; }

        /// <summary>The topic's name; null when asked by id.</summary>
        [Field(NullableFrom = 10)]
        public string? Name { get; set; } = "";
    }
}

/// <summary>The cluster as the broker sees it.</summary>
[KafkaResponse(ApiKey.Metadata, 0, 13, FlexibleFrom = 9)]
public sealed partial class MetadataResponse
{
    /// <summary>How long the client is to hold back because of a quota, in ms.</summary>
    [Field(From = 3, Ignorable = true)]
    public int ThrottleTimeMs { get; set; }

    /// <summary>The live brokers.</summary>
    [Field]
    public List<MetadataResponseBroker> Brokers { get; set; } = [];

    /// <summary>The cluster's id.</summary>
    [Field(From = 2, Ignorable = true)]
    public string? ClusterId { get; set; }

    /// <summary>The broker to send cluster changes to; -1 when unknown.</summary>
    [Field(From = 1, Ignorable = true)]
    public int ControllerId { get; set; } = -1;

    /// <summary>The topics.</summary>
    [Field]
    public List<MetadataResponseTopic> Topics { get; set; } = [];

    /// <summary>Bit set of the operations the caller may do on the cluster; int.MinValue when not asked for.</summary>
    [Field(From = 8, To = 10)]
    public int ClusterAuthorizedOperations { get; set; } = int.MinValue;

    /// <summary>What went wrong, or <see cref="Gateway.Common.Errors.ErrorCode.None"/>.</summary>
    [Field(From = 13, Ignorable = true)]
    public ErrorCode ErrorCode { get; set; }

    /// <summary>A live broker.</summary>
    public sealed partial class MetadataResponseBroker
    {
        /// <summary>The node's id.</summary>
        [Field(MapKey = true)]
        public int NodeId { get; set; }

        /// <summary>The host to connect to.</summary>
        [Field]
        public string Host { get; set; } = "";

        /// <summary>The port to connect to.</summary>
        [Field]
        public int Port { get; set; }

        /// <summary>The rack the broker stands in; null when it did not say.</summary>
        [Field(From = 1, Ignorable = true)]
        public string? Rack { get; set; }
    }

    /// <summary>The answer for one topic.</summary>
    public sealed partial class MetadataResponseTopic
    {
        /// <summary>What went wrong, or <see cref="Gateway.Common.Errors.ErrorCode.None"/>.</summary>
        [Field]
        public ErrorCode ErrorCode { get; set; }

        /// <summary>The topic's name; null when it was asked by an unknown id.</summary>
        [Field(NullableFrom = 12, MapKey = true)]
        public string? Name { get; set; } = "";

        /// <summary>The topic's id.</summary>
        [Field(From = 10, Ignorable = true)]
        public Guid TopicId { get; set; }

        /// <summary>Whether the topic is one of the broker's own.</summary>
        [Field(From = 1, Ignorable = true)]
        public bool IsInternal { get; set; }

        /// <summary>The partitions.</summary>
        [Field]
        public List<MetadataResponsePartition> Partitions { get; set; } = [];

        /// <summary>Bit set of the operations the caller may do on the topic; int.MinValue when not asked for.</summary>
        [Field(From = 8)]
        public int TopicAuthorizedOperations { get; set; } = int.MinValue;
    }

    /// <summary>Who holds one partition.</summary>
    public sealed partial class MetadataResponsePartition
    {
        /// <summary>What went wrong, or <see cref="Gateway.Common.Errors.ErrorCode.None"/>.</summary>
        [Field]
        public ErrorCode ErrorCode { get; set; }

        /// <summary>The partition's index.</summary>
        [Field]
        public int PartitionIndex { get; set; }

        /// <summary>The leader's node id; -1 when there is none.</summary>
        [Field]
        public int LeaderId { get; set; }

        /// <summary>The leader epoch; -1 when unknown.</summary>
        [Field(From = 7, Ignorable = true)]
        public int LeaderEpoch { get; set; } = -1;

        /// <summary>The replicas, the preferred leader first.</summary>
        [Field]
        public List<int> ReplicaNodes { get; set; } = [];

        /// <summary>The replicas in sync with the leader.</summary>
        [Field]
        public List<int> IsrNodes { get; set; } = [];

        /// <summary>The replicas that are not reachable.</summary>
        [Field(From = 5, Ignorable = true)]
        public List<int> OfflineReplicas { get; set; } = [];
    }
}

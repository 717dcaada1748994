using Gateway.Common.Errors;
using Gateway.Protocol.Model;

namespace Gateway.Protocol.Messages;

/// <summary>Adds partitions to topics.</summary>
[KafkaRequest(ApiKey.CreatePartitions, 0, 3, FlexibleFrom = 2)]
public sealed partial class CreatePartitionsRequest
{
    /// <summary>The topics.</summary>
    [Field]
    public List<CreatePartitionsTopic> Topics { get; set; } = [];

    /// <summary>How long the broker may take, in ms.</summary>
    [Field]
    public int TimeoutMs { get; set; }

    /// <summary>Whether to check only and change nothing.</summary>
    [Field]
    public bool ValidateOnly { get; set; }

    /// <summary>A topic that is to have more partitions.</summary>
    public sealed partial class CreatePartitionsTopic
    {
        /// <summary>The topic's name.</summary>
        [Field(MapKey = true)]
        public string Name { get; set; } = "";

        /// <summary>How many partitions it is to have then.</summary>
        [Field]
        public int Count { get; set; }

        /// <summary>Replicas chosen by hand, one entry for each new partition; null lets the cluster choose.</summary>
        [Field]
        public List<CreatePartitionsAssignment>? Assignments { get; set; } = [];
    }

    /// <summary>Replicas chosen for one new partition.</summary>
    public sealed partial class CreatePartitionsAssignment
    {
        /// <summary>The replicas, the preferred leader first.</summary>
        [Field]
        public List<int> BrokerIds { get; set; } = [];
    }
}

/// <summary>Says which topics have more partitions.</summary>
[KafkaResponse(ApiKey.CreatePartitions, 0, 3, FlexibleFrom = 2)]
public sealed partial class CreatePartitionsResponse
{
    /// <summary>How long the client is to hold back because of a quota, in ms.</summary>
    [Field]
    public int ThrottleTimeMs { get; set; }

    /// <summary>One answer per topic.</summary>
    [Field]
    public List<CreatePartitionsTopicResult> Results { get; set; } = [];

    /// <summary>The answer for one topic.</summary>
    public sealed partial class CreatePartitionsTopicResult
    {
        /// <summary>The topic's name.</summary>
        [Field]
        public string Name { get; set; } = "";

        /// <summary>What went wrong, or <see cref="Gateway.Common.Errors.ErrorCode.None"/>.</summary>
        [Field]
        public ErrorCode ErrorCode { get; set; }

        /// <summary>What went wrong, in words; null when there is nothing to say.</summary>
        [Field]
        public string? ErrorMessage { get; set; }
    }
}

using Gateway.Common.Errors;
using Gateway.Protocol.Model;

namespace Gateway.Protocol.Messages;

/// <summary>Asks for the nodes of the cluster.</summary>
[KafkaRequest(ApiKey.DescribeCluster, 0, 2, FlexibleFrom = 0)]
public sealed partial class DescribeClusterRequest
{
    /// <summary>Whether to say what the caller may do with the cluster.</summary>
    [Field]
    public bool IncludeClusterAuthorizedOperations { get; set; }

    /// <summary>Which nodes are meant: 1 brokers, 2 controllers.</summary>
    [Field(From = 1)]
    public sbyte EndpointType { get; set; } = 1;

    /// <summary>Whether to list brokers that take no part yet.</summary>
    [Field(From = 2)]
    public bool IncludeFencedBrokers { get; set; }
}

/// <summary>The nodes of the cluster.</summary>
[KafkaResponse(ApiKey.DescribeCluster, 0, 2, FlexibleFrom = 0)]
public sealed partial class DescribeClusterResponse
{
    /// <summary>How long the client is to hold back because of a quota, in ms.</summary>
    [Field]
    public int ThrottleTimeMs { get; set; }

    /// <summary>What went wrong, or <see cref="Gateway.Common.Errors.ErrorCode.None"/>.</summary>
    [Field]
    public ErrorCode ErrorCode { get; set; }

    /// <summary>What went wrong, in words; null when there is nothing to say.</summary>
    [Field]
    public string? ErrorMessage { get; set; }

    /// <summary>Which nodes are meant: 1 brokers, 2 controllers.</summary>
    [Field(From = 1)]
    public sbyte EndpointType { get; set; } = 1;

    /// <summary>The cluster's id.</summary>
    [Field]
    public string ClusterId { get; set; } = "";

    /// <summary>The broker to send cluster changes to; -1 when unknown.</summary>
    [Field]
    public int ControllerId { get; set; } = -1;

    /// <summary>The live brokers.</summary>
    [Field]
    public List<DescribeClusterBroker> Brokers { get; set; } = [];

    /// <summary>Bit set of the operations the caller may do on the cluster; int.MinValue when not asked for.</summary>
    [Field]
    public int ClusterAuthorizedOperations { get; set; } = int.MinValue;

    /// <summary>A broker of the cluster.</summary>
    public sealed partial class DescribeClusterBroker
    {
        /// <summary>The broker's node id.</summary>
        [Field(MapKey = true)]
        public int BrokerId { get; set; }

        /// <summary>The host to connect to.</summary>
        [Field]
        public string Host { get; set; } = "";

        /// <summary>The port to connect to.</summary>
        [Field]
        public int Port { get; set; }

        /// <summary>The rack the broker stands in; null when it did not say.</summary>
        [Field]
        public string? Rack { get; set; }

        /// <summary>Whether the broker takes no part yet.</summary>
        [Field(From = 2)]
        public bool IsFenced { get; set; }
    }
}

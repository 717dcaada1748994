using Gateway.Common.Errors;
using Gateway.Protocol.Model;

namespace Gateway.Protocol.Messages;

/// <summary>Asks which broker looks after a group or transactional id.</summary>
[KafkaRequest(ApiKey.FindCoordinator, 0, 6, FlexibleFrom = 3)]
public sealed partial class FindCoordinatorRequest
{
    /// <summary>The group, transactional id or share key looked up.</summary>
    [Field(To = 3)]
    public string Key { get; set; } = "";

    /// <summary>What the key is: 0 group, 1 transactional id, 2 share key.</summary>
    [Field(From = 1)]
    public sbyte KeyType { get; set; }

    /// <summary>The groups, transactional ids or share keys to look up.</summary>
    [Field(From = 4)]
    public List<string> CoordinatorKeys { get; set; } = [];
}

/// <summary>The brokers that do.</summary>
[KafkaResponse(ApiKey.FindCoordinator, 0, 6, FlexibleFrom = 3)]
public sealed partial class FindCoordinatorResponse
{
    /// <summary>How long the client is to hold back because of a quota, in ms.</summary>
    [Field(From = 1, Ignorable = true)]
    public int ThrottleTimeMs { get; set; }

    /// <summary>What went wrong, or <see cref="Gateway.Common.Errors.ErrorCode.None"/>.</summary>
    [Field(To = 3)]
    public ErrorCode ErrorCode { get; set; }

    /// <summary>What went wrong, in words; null when there is nothing to say.</summary>
    [Field(From = 1, To = 3, Ignorable = true)]
    public string? ErrorMessage { get; set; } = "";

    /// <summary>The node's id.</summary>
    [Field(To = 3)]
    public int NodeId { get; set; }

    /// <summary>The host to connect to.</summary>
    [Field(To = 3)]
    public string Host { get; set; } = "";

    /// <summary>The port to connect to.</summary>
    [Field(To = 3)]
    public int Port { get; set; }

    /// <summary>One answer per key asked for.</summary>
    [Field(From = 4)]
    public List<Coordinator> Coordinators { get; set; } = [];

    /// <summary>The answer for one key.</summary>
    public sealed partial class Coordinator
    {
        /// <summary>The group, transactional id or share key looked up.</summary>
        [Field]
        public string Key { get; set; } = "";

        /// <summary>The node's id.</summary>
        [Field]
        public int NodeId { get; set; }

        /// <summary>The host to connect to.</summary>
        [Field]
        public string Host { get; set; } = "";

        /// <summary>The port to connect to.</summary>
        [Field]
        public int Port { get; set; }

        /// <summary>What went wrong, or <see cref="Gateway.Common.Errors.ErrorCode.None"/>.</summary>
        [Field]
        public ErrorCode ErrorCode { get; set; }

        /// <summary>What went wrong, in words; null when there is nothing to say.</summary>
        [Field(Ignorable = true)]
        public string? ErrorMessage { get; set; } = "";
    }
}

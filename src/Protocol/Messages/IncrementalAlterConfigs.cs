using Gateway.Common.Errors;
using Gateway.Protocol.Model;

namespace Gateway.Protocol.Messages;

/// <summary>Changes single settings and leaves the others alone.</summary>
[KafkaRequest(ApiKey.IncrementalAlterConfigs, 0, 1, FlexibleFrom = 1)]
public sealed partial class IncrementalAlterConfigsRequest
{
    /// <summary>The resources to change.</summary>
    [Field]
    public List<AlterConfigsResource> Resources { get; set; } = [];

    /// <summary>Whether to check only and change nothing.</summary>
    [Field]
    public bool ValidateOnly { get; set; }

    /// <summary>A resource and the changes to it.</summary>
    public sealed partial class AlterConfigsResource
    {
        /// <summary>What the name stands for: 2 topic, 4 broker, 8 broker logger, 16 client metrics, 32 group.</summary>
        [Field(MapKey = true)]
        public sbyte ResourceType { get; set; }

        /// <summary>The topic, broker or other resource by name.</summary>
        [Field(MapKey = true)]
        public string ResourceName { get; set; } = "";

        /// <summary>The changes to make.</summary>
        [Field]
        public List<AlterableConfig> Configs { get; set; } = [];
    }

    /// <summary>A change of one setting.</summary>
    public sealed partial class AlterableConfig
    {
        /// <summary>The setting's name.</summary>
        [Field(MapKey = true)]
        public string Name { get; set; } = "";

        /// <summary>0 set, 1 delete, 2 append to a list, 3 subtract from a list.</summary>
        [Field(MapKey = true)]
        public sbyte ConfigOperation { get; set; }

        /// <summary>The value to set, append or subtract; null when deleting.</summary>
        [Field]
        public string? Value { get; set; } = "";
    }
}

/// <summary>Says which resources were changed.</summary>
[KafkaResponse(ApiKey.IncrementalAlterConfigs, 0, 1, FlexibleFrom = 1)]
public sealed partial class IncrementalAlterConfigsResponse
{
    /// <summary>How long the client is to hold back because of a quota, in ms.</summary>
    [Field]
    public int ThrottleTimeMs { get; set; }

    /// <summary>One answer per resource.</summary>
    [Field]
    public List<AlterConfigsResourceResponse> Responses { get; set; } = [];

    /// <summary>The answer for one resource.</summary>
    public sealed partial class AlterConfigsResourceResponse
    {
        /// <summary>What went wrong, or <see cref="Gateway.Common.Errors.ErrorCode.None"/>.</summary>
        [Field]
        public ErrorCode ErrorCode { get; set; }

        /// <summary>What went wrong, in words; null when there is nothing to say.</summary>
        [Field]
        public string? ErrorMessage { get; set; } = "";

        /// <summary>What the name stands for: 2 topic, 4 broker, 8 broker logger, 16 client metrics, 32 group.</summary>
        [Field]
        public sbyte ResourceType { get; set; }

        /// <summary>The topic, broker or other resource by name.</summary>
        [Field]
        public string ResourceName { get; set; } = "";
    }
}

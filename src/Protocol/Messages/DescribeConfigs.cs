using Gateway.Common.Errors;
using Gateway.Protocol.Model;

namespace Gateway.Protocol.Messages;

/// <summary>Asks for the settings of topics, brokers and other resources.</summary>
[KafkaRequest(ApiKey.DescribeConfigs, 0, 4, FlexibleFrom = 4)]
public sealed partial class DescribeConfigsRequest
{
    /// <summary>The resources asked about.</summary>
    [Field]
    public List<DescribeConfigsResource> Resources { get; set; } = [];

    /// <summary>Whether to add the other places a value could come from.</summary>
    [Field(From = 1)]
    public bool IncludeSynonyms { get; set; }

    /// <summary>Whether to add what each setting does.</summary>
    [Field(From = 3)]
    public bool IncludeDocumentation { get; set; }

    /// <summary>A resource asked about.</summary>
    public sealed partial class DescribeConfigsResource
    {
        /// <summary>What the name stands for: 2 topic, 4 broker, 8 broker logger, 16 client metrics, 32 group.</summary>
        [Field]
        public sbyte ResourceType { get; set; }

        /// <summary>The topic, broker or other resource by name.</summary>
        [Field]
        public string ResourceName { get; set; } = "";

        /// <summary>The settings wanted; null for all.</summary>
        [Field]
        public List<string>? ConfigurationKeys { get; set; } = [];
    }
}

/// <summary>The settings.</summary>
[KafkaResponse(ApiKey.DescribeConfigs, 0, 4, FlexibleFrom = 4)]
public sealed partial class DescribeConfigsResponse
{
    /// <summary>How long the client is to hold back because of a quota, in ms.</summary>
    [Field]
    public int ThrottleTimeMs { get; set; }

    /// <summary>One answer per resource.</summary>
    [Field]
    public List<DescribeConfigsResult> Results { get; set; } = [];

    /// <summary>The answer for one resource.</summary>
    public sealed partial class DescribeConfigsResult
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

        /// <summary>The settings found.</summary>
        [Field]
        public List<DescribeConfigsResourceResult> Configs { get; set; } = [];
    }

    /// <summary>A setting and its value.</summary>
    public sealed partial class DescribeConfigsResourceResult
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

        /// <summary>Whether the value is a default.</summary>
        [Field(To = 0)]
        public bool IsDefault { get; set; }

        /// <summary>Where the value comes from: 1 topic, 2 broker, 3 cluster default, 4 start-up file, 5 built-in default.</summary>
        [Field(From = 1, Ignorable = true)]
        public sbyte ConfigSource { get; set; } = -1;

        /// <summary>Whether the value is a secret; then it is sent as null.</summary>
        [Field]
        public bool IsSensitive { get; set; }

        /// <summary>The places the value could come from, the one in force first.</summary>
        [Field(From = 1, Ignorable = true)]
        public List<DescribeConfigsSynonym> Synonyms { get; set; } = [];

        /// <summary>The value's type: 1 boolean, 2 string, 3 int, 4 short, 5 long, 6 double, 7 list, 8 class, 9 password.</summary>
        [Field(From = 3, Ignorable = true)]
        public sbyte ConfigType { get; set; }

        /// <summary>What the setting does, in words.</summary>
        [Field(From = 3, Ignorable = true)]
        public string? Documentation { get; set; } = "";
    }

    /// <summary>A place the value could come from.</summary>
    public sealed partial class DescribeConfigsSynonym
    {
        /// <summary>The name of the setting the value could come from.</summary>
        [Field]
        public string Name { get; set; } = "";

        /// <summary>The value; null when it is unset or a secret.</summary>
        [Field]
        public string? Value { get; set; } = "";

        /// <summary>Where the value comes from: 1 topic, 2 broker, 3 cluster default, 4 start-up file, 5 built-in default.</summary>
        [Field]
        public sbyte Source { get; set; }
    }
}

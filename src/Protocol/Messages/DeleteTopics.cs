using Gateway.Common.Errors;
using Gateway.Protocol.Model;

namespace Gateway.Protocol.Messages;

/// <summary>Deletes topics, by name or by id.</summary>
[KafkaRequest(ApiKey.DeleteTopics, 0, 6, FlexibleFrom = 4)]
public sealed partial class DeleteTopicsRequest
{
    /// <summary>The topics.</summary>
    [Field(From = 6)]
    public List<DeleteTopicState> Topics { get; set; } = [];

    /// <summary>The topics to delete.</summary>
    [Field(To = 5, Ignorable = true)]
    public List<string> TopicNames { get; set; } = [];

    /// <summary>How long the broker may take, in ms.</summary>
    [Field]
    public int TimeoutMs { get; set; }

    /// <summary>A topic to delete, by name or id.</summary>
    public sealed partial class DeleteTopicState
    {
        /// <summary>The topic's name; null to delete by id.</summary>
        [Field]
        public string? Name { get; set; }

        /// <summary>The topic's id.</summary>
        [Field]
        public Guid TopicId { get; set; }
    }
}

/// <summary>Says which topics were deleted.</summary>
[KafkaResponse(ApiKey.DeleteTopics, 0, 6, FlexibleFrom = 4)]
public sealed partial class DeleteTopicsResponse
{
    /// <summary>How long the client is to hold back because of a quota, in ms.</summary>
    [Field(From = 1, Ignorable = true)]
    public int ThrottleTimeMs { get; set; }

    /// <summary>One answer per topic.</summary>
    [Field]
    public List<DeletableTopicResult> Responses { get; set; } = [];

    /// <summary>The answer for one topic.</summary>
    public sealed partial class DeletableTopicResult
    {
        /// <summary>The topic's name; null when it was asked by an unknown id.</summary>
        [Field(NullableFrom = 6, MapKey = true)]
        public string? Name { get; set; } = "";

        /// <summary>The topic's id.</summary>
        [Field(From = 6, Ignorable = true)]
        public Guid TopicId { get; set; }

        /// <summary>What went wrong, or <see cref="Gateway.Common.Errors.ErrorCode.None"/>.</summary>
        [Field]
        public ErrorCode ErrorCode { get; set; }

        /// <summary>What went wrong, in words; null when there is nothing to say.</summary>
        [Field(From = 5, Ignorable = true)]
        public string? ErrorMessage { get; set; }
    }
}

using Gateway.Common.Errors;
using Gateway.Protocol.Model;

namespace Gateway.Protocol.Messages;

/// <summary>Asks which APIs and versions the broker serves. The first request of most clients.</summary>
[KafkaRequest(ApiKey.ApiVersions, 0, 5, FlexibleFrom = 3)]
public sealed partial class ApiVersionsRequest
{
    /// <summary>The client library's name.</summary>
    [Field(From = 3, Ignorable = true)]
    public string ClientSoftwareName { get; set; } = "";

    /// <summary>The client library's version.</summary>
    [Field(From = 3, Ignorable = true)]
    public string ClientSoftwareVersion { get; set; } = "";

    /// <summary>The cluster the client believes to talk to; null when it does not know (AV-4).</summary>
    [Field(From = 5, Ignorable = true)]
    public string? ClusterId { get; set; }

    /// <summary>The node the client believes to talk to; -1 when it does not know (AV-4).</summary>
    [Field(From = 5, Ignorable = true)]
    public int NodeId { get; set; } = -1;
}

/// <summary>The APIs and versions served. Its header is version 0 in every version (AV-1).</summary>
[KafkaResponse(ApiKey.ApiVersions, 0, 5, FlexibleFrom = 3)]
public sealed partial class ApiVersionsResponse
{
    /// <summary>What went wrong, or <see cref="Gateway.Common.Errors.ErrorCode.None"/>.</summary>
    [Field]
    public ErrorCode ErrorCode { get; set; }

    /// <summary>The APIs served, each with its range of versions.</summary>
    [Field]
    public List<ApiVersion> ApiKeys { get; set; } = [];

    /// <summary>How long the client is to hold back because of a quota, in ms.</summary>
    [Field(From = 1, Ignorable = true)]
    public int ThrottleTimeMs { get; set; }

    /// <summary>The feature levels this broker knows.</summary>
    [Field(From = 3, Tag = 0, Ignorable = true)]
    public List<SupportedFeatureKey> SupportedFeatures { get; set; } = [];

    /// <summary>Rises with every change of the feature levels; -1 when unknown.</summary>
    [Field(From = 3, Tag = 1, Ignorable = true)]
    public long FinalizedFeaturesEpoch { get; set; } = -1;

    /// <summary>The feature levels in force.</summary>
    [Field(From = 3, Tag = 2, Ignorable = true)]
    public List<FinalizedFeatureKey> FinalizedFeatures { get; set; } = [];

    /// <summary>Whether a migration from ZooKeeper can begin; never with us.</summary>
    [Field(From = 3, Tag = 3, Ignorable = true)]
    public bool ZkMigrationReady { get; set; }

    /// <summary>An API and its versions.</summary>
    public sealed partial class ApiVersion
    {
        /// <summary>The key of the API.</summary>
        [Field(MapKey = true)]
        public short ApiKey { get; set; }

        /// <summary>The lowest version.</summary>
        [Field]
        public short MinVersion { get; set; }

        /// <summary>The highest version.</summary>
        [Field]
        public short MaxVersion { get; set; }
    }

    /// <summary>A feature and the levels this broker knows.</summary>
    public sealed partial class SupportedFeatureKey
    {
        /// <summary>The feature's name.</summary>
        [Field(MapKey = true)]
        public string Name { get; set; } = "";

        /// <summary>The lowest version.</summary>
        [Field]
        public short MinVersion { get; set; }

        /// <summary>The highest version.</summary>
        [Field]
        public short MaxVersion { get; set; }
    }

    /// <summary>A feature and the levels in force.</summary>
    public sealed partial class FinalizedFeatureKey
    {
        /// <summary>The feature's name.</summary>
        [Field(MapKey = true)]
        public string Name { get; set; } = "";

        /// <summary>The highest level in force.</summary>
        [Field]
        public short MaxVersionLevel { get; set; }

        /// <summary>The lowest level in force.</summary>
        [Field]
        public short MinVersionLevel { get; set; }
    }
}

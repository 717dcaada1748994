using Gateway.Common.Errors;

namespace Gateway.HttpProxy.Http;

/// <summary>Kafka's error codes as the proxy's: the one table for whole answers and for single records.</summary>
internal static class KafkaProblems
{
    internal static int CodeOf(ErrorCode error) => error switch
    {
        ErrorCode.UnknownTopicOrPartition or ErrorCode.UnknownTopicId => Problem.PartitionNotFound,

        ErrorCode.UnknownMemberId or ErrorCode.IllegalGeneration or ErrorCode.FencedInstanceId => Problem.ConsumerNotFound,

        ErrorCode.TopicAuthorizationFailed or ErrorCode.GroupAuthorizationFailed or ErrorCode.ClusterAuthorizationFailed
            or ErrorCode.TransactionalIdAuthorizationFailed => Problem.NotAuthorized,

        ErrorCode.SaslAuthenticationFailed => Problem.AuthenticationFailed,

        ErrorCode.InvalidTopicException or ErrorCode.InvalidRecord or ErrorCode.InvalidTimestamp or ErrorCode.MessageTooLarge
            or ErrorCode.RecordListTooLarge or ErrorCode.InvalidRequest or ErrorCode.InvalidGroupId or ErrorCode.InvalidSessionTimeout
            or ErrorCode.UnsupportedCompressionType or ErrorCode.UnsupportedVersion or ErrorCode.OffsetMetadataTooLarge
            or ErrorCode.OffsetOutOfRange or ErrorCode.InvalidPartitions or ErrorCode.InvalidReplicationFactor or ErrorCode.InvalidConfig
            or ErrorCode.PolicyViolation or ErrorCode.InconsistentGroupProtocol or ErrorCode.GroupMaxSizeReached => Problem.InvalidParameter,

        ErrorCode.RequestTimedOut or ErrorCode.RebalanceInProgress or ErrorCode.CoordinatorLoadInProgress
            or ErrorCode.NotCoordinator or ErrorCode.ThrottlingQuotaExceeded or ErrorCode.CorruptMessage
            or ErrorCode.UnstableOffsetCommit or ErrorCode.OffsetNotAvailable => Problem.RetriableKafkaError,

        ErrorCode.LeaderNotAvailable or ErrorCode.NotLeaderOrFollower or ErrorCode.BrokerNotAvailable
            or ErrorCode.ReplicaNotAvailable or ErrorCode.NetworkException or ErrorCode.ListenerNotFound => Problem.BrokerNotAvailable,

        _ => Problem.KafkaError,
    };

    internal static Problem Of(ErrorCode error, string message) => Problem.Of(CodeOf(error), message);
}

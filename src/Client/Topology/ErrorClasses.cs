using Gateway.Common.Errors;

namespace Gateway.Client.Topology;

/// <summary>What a client does about an error code.</summary>
internal enum ErrorClass
{
    /// <summary>No error.</summary>
    None,

    /// <summary>Passing: ask again after a pause.</summary>
    Retry,

    /// <summary>Passing, and what we know about leaders may be out of date.</summary>
    RefreshMetadata,

    /// <summary>Passing, and the group's coordinator may have moved.</summary>
    RefreshCoordinator,

    /// <summary>Asking again does not help.</summary>
    Fatal,
}

/// <summary>Kafka's retry classes; they alone decide what is retried.</summary>
internal static class ErrorClasses
{
    internal static ErrorClass Of(ErrorCode code) => code switch
    {
        ErrorCode.None => ErrorClass.None,

        ErrorCode.CorruptMessage or ErrorCode.RequestTimedOut or ErrorCode.CoordinatorLoadInProgress
            or ErrorCode.NotEnoughReplicas or ErrorCode.NotEnoughReplicasAfterAppend or ErrorCode.UnknownLeaderEpoch
            or ErrorCode.OffsetNotAvailable or ErrorCode.UnstableOffsetCommit or ErrorCode.ThrottlingQuotaExceeded
            or ErrorCode.ConcurrentTransactions => ErrorClass.Retry,

        ErrorCode.UnknownTopicOrPartition or ErrorCode.LeaderNotAvailable or ErrorCode.NotLeaderOrFollower
            or ErrorCode.ReplicaNotAvailable or ErrorCode.NetworkException or ErrorCode.KafkaStorageError
            or ErrorCode.ListenerNotFound or ErrorCode.FencedLeaderEpoch or ErrorCode.UnknownTopicId
            or ErrorCode.InconsistentTopicId or ErrorCode.NotController => ErrorClass.RefreshMetadata,

        ErrorCode.CoordinatorNotAvailable or ErrorCode.NotCoordinator => ErrorClass.RefreshCoordinator,

        _ => ErrorClass.Fatal,
    };
}

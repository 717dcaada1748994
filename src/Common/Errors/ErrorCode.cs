namespace Gateway.Common.Errors;

/// <summary>Kafka's error codes, as they travel on the wire (int16). The class of each code drives every client's retries.</summary>
public enum ErrorCode : short
{
    /// <summary>UNKNOWN_SERVER_ERROR (-1). Fatal for that request.</summary>
    UnknownServerError = -1,
    /// <summary>NONE (0). Success.</summary>
    None = 0,
    /// <summary>OFFSET_OUT_OF_RANGE (1). Fatal for that request.</summary>
    OffsetOutOfRange = 1,
    /// <summary>CORRUPT_MESSAGE (2). Retriable.</summary>
    CorruptMessage = 2,
    /// <summary>UNKNOWN_TOPIC_OR_PARTITION (3). Retriable after a metadata refresh.</summary>
    UnknownTopicOrPartition = 3,
    /// <summary>INVALID_FETCH_SIZE (4). Fatal for that request.</summary>
    InvalidFetchSize = 4,
    /// <summary>LEADER_NOT_AVAILABLE (5). Retriable after a metadata refresh.</summary>
    LeaderNotAvailable = 5,
    /// <summary>NOT_LEADER_OR_FOLLOWER (6). Retriable after a metadata refresh.</summary>
    NotLeaderOrFollower = 6,
    /// <summary>REQUEST_TIMED_OUT (7). Retriable.</summary>
    RequestTimedOut = 7,
    /// <summary>BROKER_NOT_AVAILABLE (8). Fatal for that request.</summary>
    BrokerNotAvailable = 8,
    /// <summary>REPLICA_NOT_AVAILABLE (9). Retriable after a metadata refresh.</summary>
    ReplicaNotAvailable = 9,
    /// <summary>MESSAGE_TOO_LARGE (10). Fatal for that request.</summary>
    MessageTooLarge = 10,
    /// <summary>STALE_CONTROLLER_EPOCH (11). Fatal for that request.</summary>
    StaleControllerEpoch = 11,
    /// <summary>OFFSET_METADATA_TOO_LARGE (12). Fatal for that request.</summary>
    OffsetMetadataTooLarge = 12,
    /// <summary>NETWORK_EXCEPTION (13). Retriable after a metadata refresh.</summary>
    NetworkException = 13,
    /// <summary>COORDINATOR_LOAD_IN_PROGRESS (14). Retriable.</summary>
    CoordinatorLoadInProgress = 14,
    /// <summary>COORDINATOR_NOT_AVAILABLE (15). Retriable after a metadata refresh.</summary>
    CoordinatorNotAvailable = 15,
    /// <summary>NOT_COORDINATOR (16). Retriable after a metadata refresh.</summary>
    NotCoordinator = 16,
    /// <summary>INVALID_TOPIC_EXCEPTION (17). A setting is wrong; retrying does not help.</summary>
    InvalidTopicException = 17,
    /// <summary>RECORD_LIST_TOO_LARGE (18). A setting is wrong; retrying does not help.</summary>
    RecordListTooLarge = 18,
    /// <summary>NOT_ENOUGH_REPLICAS (19). Retriable.</summary>
    NotEnoughReplicas = 19,
    /// <summary>NOT_ENOUGH_REPLICAS_AFTER_APPEND (20). Retriable.</summary>
    NotEnoughReplicasAfterAppend = 20,
    /// <summary>INVALID_REQUIRED_ACKS (21). A setting is wrong; retrying does not help.</summary>
    InvalidRequiredAcks = 21,
    /// <summary>ILLEGAL_GENERATION (22). The application must recover.</summary>
    IllegalGeneration = 22,
    /// <summary>INCONSISTENT_GROUP_PROTOCOL (23). Fatal for that request.</summary>
    InconsistentGroupProtocol = 23,
    /// <summary>INVALID_GROUP_ID (24). Fatal for that request.</summary>
    InvalidGroupId = 24,
    /// <summary>UNKNOWN_MEMBER_ID (25). The application must recover.</summary>
    UnknownMemberId = 25,
    /// <summary>INVALID_SESSION_TIMEOUT (26). Fatal for that request.</summary>
    InvalidSessionTimeout = 26,
    /// <summary>REBALANCE_IN_PROGRESS (27). Fatal for that request.</summary>
    RebalanceInProgress = 27,
    /// <summary>INVALID_COMMIT_OFFSET_SIZE (28). Fatal for that request.</summary>
    InvalidCommitOffsetSize = 28,
    /// <summary>TOPIC_AUTHORIZATION_FAILED (29). A setting is wrong; retrying does not help.</summary>
    TopicAuthorizationFailed = 29,
    /// <summary>GROUP_AUTHORIZATION_FAILED (30). A setting is wrong; retrying does not help.</summary>
    GroupAuthorizationFailed = 30,
    /// <summary>CLUSTER_AUTHORIZATION_FAILED (31). A setting is wrong; retrying does not help.</summary>
    ClusterAuthorizationFailed = 31,
    /// <summary>INVALID_TIMESTAMP (32). Fatal for that request.</summary>
    InvalidTimestamp = 32,
    /// <summary>UNSUPPORTED_SASL_MECHANISM (33). A setting is wrong; retrying does not help.</summary>
    UnsupportedSaslMechanism = 33,
    /// <summary>ILLEGAL_SASL_STATE (34). A setting is wrong; retrying does not help.</summary>
    IllegalSaslState = 34,
    /// <summary>UNSUPPORTED_VERSION (35). A setting is wrong; retrying does not help.</summary>
    UnsupportedVersion = 35,
    /// <summary>TOPIC_ALREADY_EXISTS (36). Fatal for that request.</summary>
    TopicAlreadyExists = 36,
    /// <summary>INVALID_PARTITIONS (37). Fatal for that request.</summary>
    InvalidPartitions = 37,
    /// <summary>INVALID_REPLICATION_FACTOR (38). A setting is wrong; retrying does not help.</summary>
    InvalidReplicationFactor = 38,
    /// <summary>INVALID_REPLICA_ASSIGNMENT (39). Fatal for that request.</summary>
    InvalidReplicaAssignment = 39,
    /// <summary>INVALID_CONFIG (40). A setting is wrong; retrying does not help.</summary>
    InvalidConfig = 40,
    /// <summary>NOT_CONTROLLER (41). Retriable.</summary>
    NotController = 41,
    /// <summary>INVALID_REQUEST (42). Fatal for that request.</summary>
    InvalidRequest = 42,
    /// <summary>UNSUPPORTED_FOR_MESSAGE_FORMAT (43). A setting is wrong; retrying does not help.</summary>
    UnsupportedForMessageFormat = 43,
    /// <summary>POLICY_VIOLATION (44). Fatal for that request.</summary>
    PolicyViolation = 44,
    /// <summary>OUT_OF_ORDER_SEQUENCE_NUMBER (45). Fatal for that request.</summary>
    OutOfOrderSequenceNumber = 45,
    /// <summary>DUPLICATE_SEQUENCE_NUMBER (46). Fatal for that request.</summary>
    DuplicateSequenceNumber = 46,
    /// <summary>INVALID_PRODUCER_EPOCH (47). The application must recover.</summary>
    InvalidProducerEpoch = 47,
    /// <summary>INVALID_TXN_STATE (48). Fatal for that request.</summary>
    InvalidTxnState = 48,
    /// <summary>INVALID_PRODUCER_ID_MAPPING (49). The application must recover.</summary>
    InvalidProducerIdMapping = 49,
    /// <summary>INVALID_TRANSACTION_TIMEOUT (50). Fatal for that request.</summary>
    InvalidTransactionTimeout = 50,
    /// <summary>CONCURRENT_TRANSACTIONS (51). Retriable.</summary>
    ConcurrentTransactions = 51,
    /// <summary>TRANSACTION_COORDINATOR_FENCED (52). Fatal for that request.</summary>
    TransactionCoordinatorFenced = 52,
    /// <summary>TRANSACTIONAL_ID_AUTHORIZATION_FAILED (53). A setting is wrong; retrying does not help.</summary>
    TransactionalIdAuthorizationFailed = 53,
    /// <summary>SECURITY_DISABLED (54). Fatal for that request.</summary>
    SecurityDisabled = 54,
    /// <summary>OPERATION_NOT_ATTEMPTED (55). Fatal for that request.</summary>
    OperationNotAttempted = 55,
    /// <summary>KAFKA_STORAGE_ERROR (56). Retriable after a metadata refresh.</summary>
    KafkaStorageError = 56,
    /// <summary>LOG_DIR_NOT_FOUND (57). Fatal for that request.</summary>
    LogDirNotFound = 57,
    /// <summary>SASL_AUTHENTICATION_FAILED (58). A setting is wrong; retrying does not help.</summary>
    SaslAuthenticationFailed = 58,
    /// <summary>UNKNOWN_PRODUCER_ID (59). Fatal for that request.</summary>
    UnknownProducerId = 59,
    /// <summary>REASSIGNMENT_IN_PROGRESS (60). Fatal for that request.</summary>
    ReassignmentInProgress = 60,
    /// <summary>DELEGATION_TOKEN_AUTH_DISABLED (61). Fatal for that request.</summary>
    DelegationTokenAuthDisabled = 61,
    /// <summary>DELEGATION_TOKEN_NOT_FOUND (62). Fatal for that request.</summary>
    DelegationTokenNotFound = 62,
    /// <summary>DELEGATION_TOKEN_OWNER_MISMATCH (63). Fatal for that request.</summary>
    DelegationTokenOwnerMismatch = 63,
    /// <summary>DELEGATION_TOKEN_REQUEST_NOT_ALLOWED (64). Fatal for that request.</summary>
    DelegationTokenRequestNotAllowed = 64,
    /// <summary>DELEGATION_TOKEN_AUTHORIZATION_FAILED (65). A setting is wrong; retrying does not help.</summary>
    DelegationTokenAuthorizationFailed = 65,
    /// <summary>DELEGATION_TOKEN_EXPIRED (66). Fatal for that request.</summary>
    DelegationTokenExpired = 66,
    /// <summary>INVALID_PRINCIPAL_TYPE (67). Fatal for that request.</summary>
    InvalidPrincipalType = 67,
    /// <summary>NON_EMPTY_GROUP (68). Fatal for that request.</summary>
    NonEmptyGroup = 68,
    /// <summary>GROUP_ID_NOT_FOUND (69). Fatal for that request.</summary>
    GroupIdNotFound = 69,
    /// <summary>FETCH_SESSION_ID_NOT_FOUND (70). Retriable.</summary>
    FetchSessionIdNotFound = 70,
    /// <summary>INVALID_FETCH_SESSION_EPOCH (71). Retriable.</summary>
    InvalidFetchSessionEpoch = 71,
    /// <summary>LISTENER_NOT_FOUND (72). Retriable after a metadata refresh.</summary>
    ListenerNotFound = 72,
    /// <summary>TOPIC_DELETION_DISABLED (73). Fatal for that request.</summary>
    TopicDeletionDisabled = 73,
    /// <summary>FENCED_LEADER_EPOCH (74). Retriable after a metadata refresh.</summary>
    FencedLeaderEpoch = 74,
    /// <summary>UNKNOWN_LEADER_EPOCH (75). Retriable.</summary>
    UnknownLeaderEpoch = 75,
    /// <summary>UNSUPPORTED_COMPRESSION_TYPE (76). Fatal for that request.</summary>
    UnsupportedCompressionType = 76,
    /// <summary>STALE_BROKER_EPOCH (77). Fatal for that request.</summary>
    StaleBrokerEpoch = 77,
    /// <summary>OFFSET_NOT_AVAILABLE (78). Retriable.</summary>
    OffsetNotAvailable = 78,
    /// <summary>MEMBER_ID_REQUIRED (79). Fatal for that request.</summary>
    MemberIdRequired = 79,
    /// <summary>PREFERRED_LEADER_NOT_AVAILABLE (80). Retriable after a metadata refresh.</summary>
    PreferredLeaderNotAvailable = 80,
    /// <summary>GROUP_MAX_SIZE_REACHED (81). Fatal for that request.</summary>
    GroupMaxSizeReached = 81,
    /// <summary>FENCED_INSTANCE_ID (82). The application must recover.</summary>
    FencedInstanceId = 82,
    /// <summary>ELIGIBLE_LEADERS_NOT_AVAILABLE (83). Retriable after a metadata refresh.</summary>
    EligibleLeadersNotAvailable = 83,
    /// <summary>ELECTION_NOT_NEEDED (84). Retriable after a metadata refresh.</summary>
    ElectionNotNeeded = 84,
    /// <summary>NO_REASSIGNMENT_IN_PROGRESS (85). Fatal for that request.</summary>
    NoReassignmentInProgress = 85,
    /// <summary>GROUP_SUBSCRIBED_TO_TOPIC (86). Fatal for that request.</summary>
    GroupSubscribedToTopic = 86,
    /// <summary>INVALID_RECORD (87). Fatal for that request.</summary>
    InvalidRecord = 87,
    /// <summary>UNSTABLE_OFFSET_COMMIT (88). Retriable.</summary>
    UnstableOffsetCommit = 88,
    /// <summary>THROTTLING_QUOTA_EXCEEDED (89). Retriable.</summary>
    ThrottlingQuotaExceeded = 89,
    /// <summary>PRODUCER_FENCED (90). The application must recover.</summary>
    ProducerFenced = 90,
    /// <summary>RESOURCE_NOT_FOUND (91). Fatal for that request.</summary>
    ResourceNotFound = 91,
    /// <summary>DUPLICATE_RESOURCE (92). Fatal for that request.</summary>
    DuplicateResource = 92,
    /// <summary>UNACCEPTABLE_CREDENTIAL (93). Fatal for that request.</summary>
    UnacceptableCredential = 93,
    /// <summary>INCONSISTENT_VOTER_SET (94). Fatal for that request.</summary>
    InconsistentVoterSet = 94,
    /// <summary>INVALID_UPDATE_VERSION (95). Fatal for that request.</summary>
    InvalidUpdateVersion = 95,
    /// <summary>FEATURE_UPDATE_FAILED (96). Fatal for that request.</summary>
    FeatureUpdateFailed = 96,
    /// <summary>PRINCIPAL_DESERIALIZATION_FAILURE (97). Fatal for that request.</summary>
    PrincipalDeserializationFailure = 97,
    /// <summary>SNAPSHOT_NOT_FOUND (98). Fatal for that request.</summary>
    SnapshotNotFound = 98,
    /// <summary>POSITION_OUT_OF_RANGE (99). Fatal for that request.</summary>
    PositionOutOfRange = 99,
    /// <summary>UNKNOWN_TOPIC_ID (100). Retriable after a metadata refresh.</summary>
    UnknownTopicId = 100,
    /// <summary>DUPLICATE_BROKER_REGISTRATION (101). Fatal for that request.</summary>
    DuplicateBrokerRegistration = 101,
    /// <summary>BROKER_ID_NOT_REGISTERED (102). Fatal for that request.</summary>
    BrokerIdNotRegistered = 102,
    /// <summary>INCONSISTENT_TOPIC_ID (103). Retriable after a metadata refresh.</summary>
    InconsistentTopicId = 103,
    /// <summary>INCONSISTENT_CLUSTER_ID (104). Fatal for that request.</summary>
    InconsistentClusterId = 104,
    /// <summary>TRANSACTIONAL_ID_NOT_FOUND (105). Fatal for that request.</summary>
    TransactionalIdNotFound = 105,
    /// <summary>FETCH_SESSION_TOPIC_ID_ERROR (106). Retriable.</summary>
    FetchSessionTopicIdError = 106,
    /// <summary>INELIGIBLE_REPLICA (107). Fatal for that request.</summary>
    IneligibleReplica = 107,
    /// <summary>NEW_LEADER_ELECTED (108). Fatal for that request.</summary>
    NewLeaderElected = 108,
    /// <summary>OFFSET_MOVED_TO_TIERED_STORAGE (109). Fatal for that request.</summary>
    OffsetMovedToTieredStorage = 109,
    /// <summary>FENCED_MEMBER_EPOCH (110). Fatal for that request.</summary>
    FencedMemberEpoch = 110,
    /// <summary>UNRELEASED_INSTANCE_ID (111). Fatal for that request.</summary>
    UnreleasedInstanceId = 111,
    /// <summary>UNSUPPORTED_ASSIGNOR (112). Fatal for that request.</summary>
    UnsupportedAssignor = 112,
    /// <summary>STALE_MEMBER_EPOCH (113). Fatal for that request.</summary>
    StaleMemberEpoch = 113,
    /// <summary>MISMATCHED_ENDPOINT_TYPE (114). Fatal for that request.</summary>
    MismatchedEndpointType = 114,
    /// <summary>UNSUPPORTED_ENDPOINT_TYPE (115). Fatal for that request.</summary>
    UnsupportedEndpointType = 115,
    /// <summary>UNKNOWN_CONTROLLER_ID (116). Fatal for that request.</summary>
    UnknownControllerId = 116,
    /// <summary>UNKNOWN_SUBSCRIPTION_ID (117). Fatal for that request.</summary>
    UnknownSubscriptionId = 117,
    /// <summary>TELEMETRY_TOO_LARGE (118). Fatal for that request.</summary>
    TelemetryTooLarge = 118,
    /// <summary>INVALID_REGISTRATION (119). Fatal for that request.</summary>
    InvalidRegistration = 119,
    /// <summary>TRANSACTION_ABORTABLE (120). The transaction must be aborted.</summary>
    TransactionAbortable = 120,
    /// <summary>INVALID_RECORD_STATE (121). Fatal for that request.</summary>
    InvalidRecordState = 121,
    /// <summary>SHARE_SESSION_NOT_FOUND (122). Retriable.</summary>
    ShareSessionNotFound = 122,
    /// <summary>INVALID_SHARE_SESSION_EPOCH (123). Retriable.</summary>
    InvalidShareSessionEpoch = 123,
    /// <summary>FENCED_STATE_EPOCH (124). Fatal for that request.</summary>
    FencedStateEpoch = 124,
    /// <summary>INVALID_VOTER_KEY (125). Fatal for that request.</summary>
    InvalidVoterKey = 125,
    /// <summary>DUPLICATE_VOTER (126). Fatal for that request.</summary>
    DuplicateVoter = 126,
    /// <summary>VOTER_NOT_FOUND (127). Fatal for that request.</summary>
    VoterNotFound = 127,
    /// <summary>INVALID_REGULAR_EXPRESSION (128). Fatal for that request.</summary>
    InvalidRegularExpression = 128,
    /// <summary>REBOOTSTRAP_REQUIRED (129). Fatal for that request.</summary>
    RebootstrapRequired = 129,
    /// <summary>STREAMS_INVALID_TOPOLOGY (130). Fatal for that request.</summary>
    StreamsInvalidTopology = 130,
    /// <summary>STREAMS_INVALID_TOPOLOGY_EPOCH (131). Fatal for that request.</summary>
    StreamsInvalidTopologyEpoch = 131,
    /// <summary>STREAMS_TOPOLOGY_FENCED (132). Fatal for that request.</summary>
    StreamsTopologyFenced = 132,
    /// <summary>SHARE_SESSION_LIMIT_REACHED (133). Retriable.</summary>
    ShareSessionLimitReached = 133,
    /// <summary>GROUP_DELETION_FAILED (134). Fatal for that request.</summary>
    GroupDeletionFailed = 134,
    /// <summary>STREAMS_TOPOLOGY_DESCRIPTION_UPDATE_FAILED (135). Fatal for that request.</summary>
    StreamsTopologyDescriptionUpdateFailed = 135,
    /// <summary>CONTROLLER_ID_NOT_REGISTERED (136). Fatal for that request.</summary>
    ControllerIdNotRegistered = 136,
}

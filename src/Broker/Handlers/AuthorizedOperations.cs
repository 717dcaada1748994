namespace Gateway.Broker.Handlers;

/// <summary>
/// The operations a caller may do, as bits, for answers that are asked for them. Nobody is restricted yet, so these are all
/// operations the resource has.
/// </summary>
internal static class AuthorizedOperations
{
    private const int Read = 1 << 3;
    private const int Write = 1 << 4;
    private const int Create = 1 << 5;
    private const int Delete = 1 << 6;
    private const int Alter = 1 << 7;
    private const int Describe = 1 << 8;
    private const int ClusterAction = 1 << 9;
    private const int DescribeConfigs = 1 << 10;
    private const int AlterConfigs = 1 << 11;
    private const int IdempotentWrite = 1 << 12;

    /// <summary>All that can be done with a topic.</summary>
    public const int OnTopic = Read | Write | Create | Delete | Alter | Describe | DescribeConfigs | AlterConfigs;

    /// <summary>All that can be done with the cluster.</summary>
    public const int OnCluster = Create | Alter | Describe | ClusterAction | DescribeConfigs | AlterConfigs | IdempotentWrite;

    /// <summary>All that can be done with a group.</summary>
    public const int OnGroup = Read | Delete | Describe;

    /// <summary>What stands in an answer that was not asked (MD-8).</summary>
    public const int NotAsked = int.MinValue;
}

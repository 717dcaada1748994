namespace Gateway.Broker.Coordinators.Groups;

/// <summary>Where a classic group stands. The names are what DescribeGroups and ListGroups say.</summary>
public enum GroupState
{
    /// <summary>No members; at most offsets.</summary>
    Empty,
    /// <summary>Waits for every member to join (again).</summary>
    PreparingRebalance,
    /// <summary>Has a generation and waits for its leader to assign.</summary>
    CompletingRebalance,
    /// <summary>Every member has its assignment or can fetch it.</summary>
    Stable,
    /// <summary>Does not exist (any more).</summary>
    Dead,
}

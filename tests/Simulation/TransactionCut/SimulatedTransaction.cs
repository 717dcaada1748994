using Gateway.Common.Ids;

namespace Gateway.Simulation.TransactionCut;

/// <summary>What a client knows of how its transaction ended.</summary>
internal enum KnownEnd
{
    /// <summary>It never asked for a commit: nobody may ever read it as committed.</summary>
    NotCommitted,

    /// <summary>It asked, and no answer came: all or nothing.</summary>
    Asked,

    /// <summary>It was told so: all of it, for ever.</summary>
    Committed,
}

/// <summary>A transaction as its client sees it.</summary>
/// <param name="number">Stands in the values of its records.</param>
internal sealed class SimulatedTransaction(int number)
{
    internal int Number { get; } = number;

    internal KnownEnd End { get; set; }

    /// <summary>How many of its records each partition has acknowledged.</summary>
    internal Dictionary<TopicIdPartition, int> Acked { get; } = [];

    public override string ToString() => $"transaction {Number} ({End})";
}

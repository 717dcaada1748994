using Gateway.Broker.Coordinators;
using Gateway.Common.Errors;

namespace Gateway.Broker.Tests.Groups;

/// <summary>A coordinator's log in memory that commits at once, or when told to, or fails.</summary>
internal sealed class MemoryCoordinatorLog : ICoordinatorLog
{
    private readonly Queue<Action<ErrorCode>> _waiting = new();

    public List<CoordinatorRecord> Records { get; } = [];

    /// <summary>How many decisions were appended.</summary>
    public int Batches { get; private set; }

    /// <summary>Appends wait for <see cref="Commit"/>.</summary>
    public bool Holds { get; set; }

    /// <summary>What the next append is refused with.</summary>
    public ErrorCode RefuseNext { get; set; }

    /// <summary>What replays end with.</summary>
    public ErrorCode ReplayError { get; set; }

    public void Append(IReadOnlyList<CoordinatorRecord> records, Action<ErrorCode> done)
    {
        Assert.NotEmpty(records);
        if (RefuseNext != ErrorCode.None)
        {
            ErrorCode error = RefuseNext;
            RefuseNext = ErrorCode.None;
            done(error);
            return;
        }
        Batches++;
        Records.AddRange(records);
        if (Holds) _waiting.Enqueue(done);
        else done(ErrorCode.None);
    }

    /// <summary>Commits what was held. On the shard.</summary>
    public void Commit()
    {
        Holds = false;
        while (_waiting.TryDequeue(out Action<ErrorCode>? done)) done(ErrorCode.None);
    }

    /// <summary>Loses what was held, as a failing disk would, and says why. On the shard.</summary>
    public void FailHeld(ErrorCode error, int recordsLost)
    {
        Holds = false;
        Records.RemoveRange(Records.Count - recordsLost, recordsLost);
        while (_waiting.TryDequeue(out Action<ErrorCode>? done)) done(error);
    }

    public ValueTask<ErrorCode> ReplayAsync(Action<CoordinatorRecord> apply)
    {
        if (ReplayError == ErrorCode.None) Records.ForEach(apply);
        return new(ReplayError);
    }
}

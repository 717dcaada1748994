using Gateway.Broker.Coordinators;
using Gateway.Broker.Partitions;
using Gateway.Common.Errors;

namespace Gateway.Broker.Tests.Groups;

/// <summary>A coordinator's log in memory that commits at once, or when told to, or fails.</summary>
internal sealed class MemoryCoordinatorLog : ICoordinatorLog
{
    private readonly Queue<Action<ErrorCode>> _waiting = new();

    public List<CoordinatorRecord> Records { get; } = [];

    /// <summary>What there is beside plain records, by its place among them: records of a transaction, and ends of transactions.</summary>
    private readonly Dictionary<int, (long ProducerId, bool? IsCommitted)> _transactional = [];

    /// <summary>How many decisions were appended.</summary>
    public int Batches { get; private set; }

    /// <summary>Appends wait for <see cref="Commit"/>.</summary>
    public bool Holds { get; set; }

    /// <summary>What the next append is refused with.</summary>
    public ErrorCode RefuseNext { get; set; }

    /// <summary>What replays end with.</summary>
    public ErrorCode ReplayError { get; set; }

    public void Append(IReadOnlyList<CoordinatorRecord> records, TransactionalAppend? transaction, Action<ErrorCode> done)
    {
        Assert.NotEmpty(records);
        if (transaction is { } producer && RefuseNext == ErrorCode.None)
        {
            for (int i = 0; i < records.Count; i++) _transactional[Records.Count + i] = (producer.ProducerId, null);
        }
        Append(records, done);
    }

    public void Append(TransactionEnd end, Action<ErrorCode> done)
    {
        if (RefuseNext == ErrorCode.None) _transactional[Records.Count] = (end.ProducerId, end.IsCommitted);
        Append([new CoordinatorRecord(ReadOnlyMemory<byte>.Empty, null)], done);
    }

    private void Append(IReadOnlyList<CoordinatorRecord> records, Action<ErrorCode> done)
    {
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

    public ValueTask<ErrorCode> ReplayAsync(ICoordinatorReplay replay)
    {
        for (int i = 0; i < Records.Count && ReplayError == ErrorCode.None; i++)
        {
            if (!_transactional.TryGetValue(i, out (long ProducerId, bool? IsCommitted) entry)) replay.Record(Records[i], null);
            else if (entry.IsCommitted is { } isCommitted) replay.TransactionEnded(entry.ProducerId, isCommitted);
            else replay.Record(Records[i], entry.ProducerId);
        }
        return new(ReplayError);
    }
}

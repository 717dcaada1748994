namespace Gateway.Broker.Coordinators.Transactions;

/// <summary>All transactional ids of one partition of <c>__transaction_state</c>. <see cref="Apply"/> is the only way anything stored changes.</summary>
internal sealed class TransactionStore
{
    private readonly Dictionary<string, Transaction> _transactions = new(StringComparer.Ordinal);

    // Goes on over replays: a late write of before must not be taken for one of after.
    private long _generation;

    /// <summary>All of them.</summary>
    public IReadOnlyCollection<Transaction> All => _transactions.Values;

    /// <summary>What is stored under a transactional id.</summary>
    public Transaction? Find(string id) => _transactions.GetValueOrDefault(id);

    /// <summary>Takes one record over.</summary>
    public void Apply(CoordinatorRecord record)
    {
        if (TransactionRecords.Read(record) is not { } read) return;
        if (read.Transaction is not { } next)
        {
            _transactions.Remove(read.Id);
            return;
        }
        Transaction? current = Find(read.Id);
        bool goesOn = current is { Status: TransactionStatus.Ongoing } && !next.IsIdle;
        _transactions[read.Id] = next.IsIdle ? next : next with { Generation = goesOn ? current!.Generation : ++_generation };
    }

    /// <summary>Notes what is not stored: the epoch a producer exchanged itself.</summary>
    public void NoteExchange(string id, short epoch)
    {
        if (Find(id) is { } transaction) _transactions[id] = transaction with { ExchangedEpoch = epoch };
    }

    /// <summary>Forgets everything.</summary>
    public void Clear() => _transactions.Clear();
}

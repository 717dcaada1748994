using Gateway.Common.Errors;

namespace Gateway.Broker.Coordinators.Transactions;

/// <content>What administrators ask.</content>
internal sealed partial class TransactionPartition
{
    /// <summary>A transactional id as it stands; null when nobody uses it.</summary>
    public async ValueTask<(ErrorCode Error, Transaction? Found)> DescribeAsync(string id)
    {
        AssertOnShard();
        Transaction? found = _store.Find(id);
        ErrorCode error = await CommittedAsync();
        return error != ErrorCode.None ? (error, null) : (found is null ? ErrorCode.TransactionalIdNotFound : ErrorCode.None, found);
    }

    /// <summary>All transactional ids here.</summary>
    public async ValueTask<(ErrorCode Error, IReadOnlyList<Transaction> Found)> ListAsync()
    {
        AssertOnShard();
        Transaction[] found = [.. _store.All];
        ErrorCode error = await CommittedAsync();
        return error == ErrorCode.None ? (error, found) : (error, []);
    }
}

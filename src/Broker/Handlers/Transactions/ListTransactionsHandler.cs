using System.Text.RegularExpressions;
using Gateway.Broker.Coordinators.Transactions;
using Gateway.Broker.Network;
using Gateway.Common.Errors;
using Gateway.Protocol.Messages;
using Gateway.Shards;
using Listed = (Gateway.Common.Errors.ErrorCode Error, System.Collections.Generic.IReadOnlyList<Gateway.Broker.Coordinators.Transactions.Transaction> Found);

namespace Gateway.Broker.Handlers.Transactions;

/// <summary>Which transactions there are, by state, producer, age and id (TXN-14).</summary>
internal sealed class ListTransactionsHandler(TimeProvider time, TransactionRouter transactions) : Handler<ListTransactionsRequest, ListTransactionsResponse>
{
    public override async ValueTask<ListTransactionsResponse?> HandleAsync(RequestContext context, ListTransactionsRequest request)
    {
        var answer = new ListTransactionsResponse();
        if (!TryRead(request.TransactionalIdPattern, out Regex? pattern))
        {
            answer.ErrorCode = ErrorCode.InvalidRegularExpression;
            return answer;
        }
        HashSet<TransactionStatus> states = [];
        foreach (string name in request.StateFilters)
        {
            if (Enum.GetNames<TransactionStatus>().Contains(name, StringComparer.Ordinal)) states.Add(Enum.Parse<TransactionStatus>(name));
            else answer.UnknownStateFilters.Add(name);
        }
        long startedBefore = time.GetUtcNow().ToUnixTimeMilliseconds() - request.DurationFilter;
        bool Matches(Transaction transaction) =>
            (request.StateFilters.Count == 0 || states.Contains(transaction.Status))
            && (request.ProducerIdFilters.Count == 0 || request.ProducerIdFilters.Contains(transaction.ProducerId))
            && (request.DurationFilter < 0 || (transaction.Status == TransactionStatus.Ongoing && transaction.StartedMs <= startedBefore))
            && (pattern is null || pattern.IsMatch(transaction.Id));
        foreach (ShardRef<TransactionCoordinator> coordinator in transactions.All)
        {
            Listed listed = await coordinator.Call(static target => ListAsync(target));
            if (listed.Error != ErrorCode.None) answer.ErrorCode = listed.Error;
            foreach (Transaction transaction in listed.Found.Where(Matches))
            {
                answer.TransactionStates.Add(new()
                {
                    TransactionalId = transaction.Id,
                    ProducerId = transaction.ProducerId,
                    TransactionState = transaction.Status.ToString(),
                });
            }
        }
        return answer;
    }

    private static async ValueTask<Listed> ListAsync(TransactionCoordinator coordinator)
    {
        List<Transaction> found = [];
        foreach (TransactionPartition partition in coordinator.Partitions.ToArray())
        {
            Listed one = await partition.ListAsync();
            if (one.Error != ErrorCode.None) return (one.Error, []);
            found.AddRange(one.Found);
        }
        return (ErrorCode.None, found);
    }

    /// <summary>Clients' expressions run without backtracking, so that none holds the shard up; they match the whole id, as Java's do.</summary>
    private static bool TryRead(string? pattern, out Regex? read)
    {
        read = null;
        if (string.IsNullOrEmpty(pattern)) return true;
        try
        {
            read = new Regex($@"\A(?:{pattern})\z", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
            return true;
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            return false;
        }
    }
}

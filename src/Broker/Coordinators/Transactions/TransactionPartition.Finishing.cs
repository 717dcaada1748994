using Gateway.Broker.Partitions;
using Gateway.Common.Errors;
using Gateway.Common.Ids;
using Gateway.Shards;

namespace Gateway.Broker.Coordinators.Transactions;

/// <content>From a decision to its markers in every partition; transactions that nobody ends, and ids that nobody uses (TXN-12, TXN-14).</content>
internal sealed partial class TransactionPartition
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(10);
    private const int ExpiredAtOnceMax = 10_000;
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    // async void, here and below: what goes wrong is a bug and surfaces on the shard, which stops the process.
    private async void FinishOnceDecided(string id)
    {
        int life = Life;
        // Before the decision is durable nobody may hear of it.
        if (await CommittedAsync() != ErrorCode.None || life != Life) return;
        if (_store.Find(id) is { IsPrepared: true } prepared) Finish(prepared);
    }

    /// <summary>Writes the markers, for as long as it takes, and then that they are written.</summary>
    private async void Finish(Transaction prepared)
    {
        int life = Life;
        var end = new TransactionEnd(prepared.ProducerId, prepared.Epoch, prepared.Status == TransactionStatus.PrepareCommit, _epoch)
        {
            Generation = prepared.Generation,
            IsOwn = true,
            RaisesEpoch = prepared.ClientVersion > 0,
        };
        HashSet<TopicPartition> left = [.. prepared.Partitions];
        TimeSpan pause = FirstPause;
        while (true)
        {
            await WriteMarkersAsync(left, end, prepared.Id);
            if (life != Life) return;
            if (left.Count == 0 && TryWrite([TransactionRecords.Of(prepared.Complete(NowMs()))]) == ErrorCode.None) break;
            if (life != Life) return;
            await Shard.Delay(pause);
            if (life != Life) return;
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
        if (_settling.Remove(prepared.Id, out TaskCompletionSource<bool>? waiting)) waiting.TrySetResult(true);
    }

    private async Task WriteMarkersAsync(HashSet<TopicPartition> left, TransactionEnd end, string id)
    {
        // All on their way before the first is awaited.
        (TopicPartition Partition, ValueTask<ErrorCode> Written)[] written = [.. left.Select(partition => (partition, _markers.WriteAsync(partition, end)))];
        foreach ((TopicPartition partition, ValueTask<ErrorCode> one) in written)
        {
            ErrorCode error = await one;
            if (error == ErrorCode.None) left.Remove(partition);
            else TransactionEvents.MarkerDelayed(_logger, id, partition.Topic, partition.Partition, error);
        }
    }

    private void ScheduleTimeouts()
    {
        _timeouts?.Dispose();
        _timeouts = Shard.Schedule(_settings().TimeoutCheckInterval, static partition => partition.AbortTimedOut(), this);
    }

    private void AbortTimedOut()
    {
        ScheduleTimeouts();
        long nowMs = NowMs();
        foreach (Transaction transaction in _store.All.ToArray())
        {
            if (TransactionRules.TimeOut(transaction, nowMs) is not { } aborted) continue;
            TransactionEvents.TimedOut(_logger, transaction.Id, transaction.ProducerId, transaction.TimeoutMs);
            if (TryWrite([TransactionRecords.Of(aborted)]) != ErrorCode.None) return;
            FinishOnceDecided(transaction.Id);
        }
    }

    private void ScheduleExpiry()
    {
        _expiry?.Dispose();
        _expiry = Shard.Schedule(_settings().ExpirationCheckInterval, static partition => partition.Expire(), this);
    }

    private void Expire()
    {
        ScheduleExpiry();
        long nowMs = NowMs();
        long expirationMs = (long)_settings().IdExpiration.TotalMilliseconds;
        CoordinatorRecord[] gone =
        [
            .. _store.All.Where(transaction => transaction.IsIdle && nowMs - transaction.UpdatedMs >= expirationMs).Take(ExpiredAtOnceMax)
                .Select(static transaction => TransactionRecords.Gone(transaction.Id)),
        ];
        if (gone.Length > 0 && TryWrite(gone) == ErrorCode.None) TransactionEvents.Expired(_logger, Index, gone.Length);
    }
}

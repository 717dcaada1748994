using Gateway.Broker.Cluster.Decisions;
using Gateway.Shards;

namespace Gateway.Broker.Cluster;

/// <summary>
/// Hands out producer ids on one shard, from blocks the controller makes durable first: an id is never given twice, whoever
/// crashes (TXN-1).
/// </summary>
internal sealed class ProducerIds(Shard shard, ShardRef<Controller> controller) : ShardOwned(shard)
{
    /// <summary>Ids per block; what a restart loses at most.</summary>
    public const int BlockSize = 1000;

    private long _next;
    private long _end;
    private Task<bool>? _refill;

    /// <summary>The next id; null while the metadata log takes no records and none is left.</summary>
    public async ValueTask<long?> NextAsync()
    {
        AssertOnShard();
        while (_next == _end)
        {
            // Whoever comes while a block is on its way waits for that block.
            if (_refill is null or { IsCompleted: true }) _refill = RefillAsync();
            if (!await _refill) return null;
        }
        return _next++;
    }

    private async Task<bool> RefillAsync()
    {
        long? first = await controller.CommitAsync(
            static image => new Decision<long?>([new ProducerIdBlockTaken(image.NextProducerId + BlockSize)], image.NextProducerId),
            static _ => null);
        if (first is { } id) (_next, _end) = (id, id + BlockSize);
        return first is not null;
    }
}

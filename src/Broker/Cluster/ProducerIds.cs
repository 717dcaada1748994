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
    private Task? _refill;

    public async ValueTask<long> NextAsync()
    {
        AssertOnShard();
        while (_next == _end)
        {
            // Whoever comes while a block is on its way waits for that block.
            _refill ??= RefillAsync();
            await _refill;
        }
        return _next++;
    }

    private async Task RefillAsync()
    {
        try
        {
            long first = await controller.Call(static target => target.CommitAsync(static image =>
                new Decision<long>([new ProducerIdBlockTaken(image.NextProducerId + BlockSize)], image.NextProducerId)));
            (_next, _end) = (first, first + BlockSize);
        }
        finally
        {
            _refill = null;
        }
    }
}

namespace Gateway.Client.Producing;

/// <summary>
/// Kafka's default choice of partition: by the key's hash, so that equal keys stay in order; without a key, all of one
/// call go to the same partition (one batch instead of many) and the next call to the next.
/// </summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class Partitioner(Random random)
{
    private int _turn = random.Next();

    /// <summary>The partition of a record with a key.</summary>
    internal static int ForKey(ReadOnlySpan<byte> key, int partitions) => (int)(Murmur2.Hash(key) & int.MaxValue) % partitions;

    /// <summary>The partition of all records without a key in one call.</summary>
    internal int NextWithoutKey(int partitions) => (Interlocked.Increment(ref _turn) & int.MaxValue) % partitions;
}

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

    /// <summary>Whose turn it is, which <see cref="Take"/> ends: for who does not know yet whether the records can go there.</summary>
    internal int Turn => Volatile.Read(ref _turn) + 1;

    /// <summary>The partition of a turn.</summary>
    internal static int OfTurn(int turn, int partitions) => (turn & int.MaxValue) % partitions;

    /// <summary>Ends a turn, unless somebody else has had it too.</summary>
    internal void Take(int turn) => Interlocked.CompareExchange(ref _turn, turn, turn - 1);

    /// <summary>The partition of all records without a key in one call.</summary>
    internal int NextWithoutKey(int partitions) => OfTurn(Interlocked.Increment(ref _turn), partitions);
}

namespace Gateway.Common.Records;

/// <summary>
/// What a batch carries of the idempotency key of the request that wrote it (decision 20): where the producer id, its epoch and the base sequence of an
/// idempotent producer stand. The ids are of a range that is never handed out, so that no producer is taken for a key, and no key for a producer.
/// </summary>
/// <param name="Id">The key's hash, as a producer id.</param>
/// <param name="Epoch">15 bits of the request's hash.</param>
/// <param name="Sequence">31 bits of the request's hash and of how its records are spread over partitions.</param>
public readonly record struct BatchKey(long Id, short Epoch, int Sequence)
{
    /// <summary>Producer ids from here on are keys.</summary>
    public const long FirstId = 1L << 62;

    /// <summary>True for an id that is a key.</summary>
    public static bool IsKey(long producerId) => producerId >= FirstId;

    /// <summary>The id of a key with this hash.</summary>
    public static long IdOf(ulong keyHash) => FirstId | (long)(keyHash & (FirstId - 1));

    /// <summary>What a header carries.</summary>
    public static BatchKey Of(in RecordBatchHeader header) => new(header.ProducerId, header.ProducerEpoch, header.BaseSequence);
}

using Gateway.Common.Buffers;
using Gateway.Common.Execution;
using Gateway.Common.Records;
using Microsoft.Extensions.Logging;

namespace Gateway.Broker.Partitions;

/// <summary>What all partitions of a broker share.</summary>
/// <param name="Checks">Where batches are checked that would hold a shard up: not the shards.</param>
/// <param name="Memory">Where checks get memory from that the batch's own bytes do not account for.</param>
/// <param name="Logger">For what an operator should know.</param>
public sealed record PartitionOptions(IExecutor Checks, IMemoryGrants Memory, ILogger Logger)
{
    /// <summary>Who validates the schemas of records; null when the broker has no registry.</summary>
    public IRecordValidators? Validators { get; init; }

    /// <summary>Where records go that topics do not take; null only where nothing is produced by clients.</summary>
    public IDeadLetters? DeadLetters { get; init; }

    /// <summary>Whom to ask before a producer's transaction begins in a partition; null takes every batch.</summary>
    public ITransactionVerifier? Transactions { get; init; }

    /// <summary>Uncompressed batches up to this size are checked on the shard; a larger one may take more than a millisecond.</summary>
    public int PlainBytesCheckedInline { get; init; } = 512 << 10;

    /// <summary>
    /// Compressed batches up to this size, or batches to compress, are checked on the shard as long as they inflate to no more than
    /// <see cref="InflatedBytesCheckedInline"/>.
    /// </summary>
    public int CompressedBytesCheckedInline { get; init; } = 16 << 10;

    /// <summary>
    /// A batch that inflates to more, though small, is checked elsewhere, from its start: 4 KiB may inflate to all that is allowed.
    /// Below <see cref="CompressedBytesCheckedInline"/> where the batch is compressed anew, which is slower than inflating it.
    /// </summary>
    public int InflatedBytesCheckedInline { get; init; } = 256 << 10;

    /// <summary>
    /// Uncompressed batches up to this size, of which the schemas are known to be right, are left on the shard: the way to another thread and
    /// back would cost a small batch more than all else.
    /// </summary>
    public int SchemaBytesCheckedInline { get; init; } = 128 << 10;

    /// <summary>After so many appended bytes the producers' state is stored, so that a restart need not replay more.</summary>
    public int SnapshotEveryBytes { get; init; } = 32 << 20;

    /// <summary>How many idempotency keys a partition remembers, and for how long.</summary>
    public RememberedKeyLimits Keys { get; init; } = new(1 << 16, 86_400_000);

    /// <summary>How long to wait before an append is tried again that the disk was too busy for.</summary>
    public TimeSpan BusyRetry { get; init; } = TimeSpan.FromMilliseconds(2);

    /// <summary>With <c>write.caching</c>, how long a written record may wait for its sync to start.</summary>
    public TimeSpan CachedFlushDelay { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Batches that may wait in front of one partition; one more is answered with a retriable error.</summary>
    public int ArrivalsMax { get; init; } = 10_000;
}

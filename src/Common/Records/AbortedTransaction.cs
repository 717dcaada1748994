namespace Gateway.Common.Records;

/// <summary>A transaction that was aborted, as a partition keeps it for readers: they leave the producer's records in its range out.</summary>
/// <param name="ProducerId">Whose.</param>
/// <param name="FirstOffset">Its first record here.</param>
/// <param name="LastOffset">Its marker.</param>
/// <param name="LastStableOffset">
/// Where the first transaction started that was still open then, or one behind the marker: no transaction that ended later begins below it.
/// </param>
public readonly record struct AbortedTransaction(long ProducerId, long FirstOffset, long LastOffset, long LastStableOffset);

namespace Gateway.Common.Records;

/// <summary>A header of a record.</summary>
/// <param name="Key">Its name.</param>
/// <param name="Value">Its bytes; null is a value of its own.</param>
public sealed record RecordHeader(string Key, ReadOnlyMemory<byte>? Value);

/// <summary>
/// One record as an object: for clients, coordinators and proxies. The broker's data plane walks <see cref="RecordView"/> instead,
/// because an object per record is what it cannot afford.
/// </summary>
/// <param name="Offset">Its offset.</param>
/// <param name="TimestampMs">Its time; the batch's when the broker decided it; -1 when it has none.</param>
/// <param name="Key">Its key, or null.</param>
/// <param name="Value">Its value, or null (a tombstone on compacted topics).</param>
/// <param name="Headers">Its headers, in order.</param>
public sealed record Record(
    long Offset, long TimestampMs, ReadOnlyMemory<byte>? Key, ReadOnlyMemory<byte>? Value, IReadOnlyList<RecordHeader> Headers);

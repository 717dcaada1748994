using Gateway.Common.Records;

namespace Gateway.Cli.Records;

/// <summary>A record as <c>consume</c> prints it.</summary>
/// <param name="Topic">Its topic.</param>
/// <param name="Partition">Its partition.</param>
/// <param name="Record">Offset, time, key, value, headers.</param>
/// <param name="Number">How many records were printed before it.</param>
public sealed record ConsumedRecord(string Topic, int Partition, Record Record, long Number);

using Gateway.Common.Records;

namespace Gateway.Cli.Records;

/// <summary>A record as <c>consume</c> prints it.</summary>
/// <param name="Topic">Its topic.</param>
/// <param name="Partition">Its partition.</param>
/// <param name="Record">Offset, time, key, value, headers.</param>
/// <param name="Number">How many records were printed before it.</param>
public sealed record ConsumedRecord(string Topic, int Partition, Record Record, long Number)
{
    /// <summary>Id of the schema the key was decoded by; null where it was not decoded.</summary>
    public int? KeySchemaId { get; init; }

    /// <summary>Id of the schema the value was decoded by; null where it was not decoded.</summary>
    public int? ValueSchemaId { get; init; }
}

namespace Gateway.Client.Producing;

/// <summary>A key or value inside a <see cref="RecordSet"/>'s bytes, or Kafka's null.</summary>
/// <param name="Start">First byte.</param>
/// <param name="Length">Number of bytes; -1 is null, 0 is empty.</param>
public readonly record struct Slice(int Start, int Length)
{
    /// <summary>No key, or a tombstone's value.</summary>
    public static Slice Null => new(0, -1);

    /// <summary>Whether this is Kafka's null.</summary>
    public bool IsNull => Length < 0;
}

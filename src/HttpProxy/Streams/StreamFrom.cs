using Gateway.Client.Fetching;

namespace Gateway.HttpProxy.Streams;

/// <summary>Where a stream starts: an end of the log or a time, and offsets for some partitions.</summary>
/// <param name="Timestamp">Milliseconds since 1970, <see cref="OffsetLookup.Earliest"/> or <see cref="OffsetLookup.Latest"/>.</param>
/// <param name="Offsets">For partitions that start at an offset instead.</param>
internal sealed record StreamFrom(long Timestamp, IReadOnlyDictionary<int, long> Offsets)
{
    private static readonly Dictionary<int, long> s_none = [];

    internal static StreamFrom Earliest { get; } = new(OffsetLookup.Earliest, s_none);

    internal static StreamFrom Latest { get; } = new(OffsetLookup.Latest, s_none);

    /// <summary>From these offsets; from the first record where a partition has none.</summary>
    internal static StreamFrom At(IReadOnlyDictionary<int, long> offsets) => new(OffsetLookup.Earliest, offsets);

    /// <summary>From the first record that is as young as that.</summary>
    internal static StreamFrom Since(long timestampMs) => new(timestampMs, s_none);
}

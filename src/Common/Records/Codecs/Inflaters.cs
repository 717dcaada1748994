namespace Gateway.Common.Records.Codecs;

/// <summary>
/// Inflaters between two uses. Like the shared array pool this is process-wide on purpose: the objects carry no meaning from one
/// use to the next, only memory.
/// </summary>
internal static class Inflaters
{
    private static readonly Slots<Inflater> Gzip = new();
    private static readonly Slots<Inflater> Snappy = new();
    private static readonly Slots<Inflater> Lz4 = new();
    private static readonly Slots<Inflater> Zstd = new();

    internal static Inflater Rent(CompressionType type) => type switch
    {
        CompressionType.Gzip => Gzip.TryTake() ?? new GzipInflater(),
        CompressionType.Snappy => Snappy.TryTake() ?? new SnappyInflater(),
        CompressionType.Lz4 => Lz4.TryTake() ?? (Lz4Native.IsAvailable ? new Lz4NativeInflater() : new Lz4ManagedInflater()),
        CompressionType.Zstd => Zstd.TryTake() ?? new ZstdInflater(),
        _ => throw new CorruptRecordException($"There is no codec {(int)type}."),
    };

    internal static void Return(CompressionType type, Inflater inflater)
    {
        inflater.Stop();
        Slots<Inflater> slots = type switch
        {
            CompressionType.Gzip => Gzip,
            CompressionType.Snappy => Snappy,
            CompressionType.Lz4 => Lz4,
            _ => Zstd,
        };
        if (!inflater.IsWorthKeeping || !slots.TryPut(inflater)) inflater.Free();
    }
}

/// <summary>A few places where idle objects wait. Thread-safe without a lock; a race loses at most the reuse.</summary>
internal sealed class Slots<T>
    where T : class
{
    private readonly T?[] _slots = new T?[Math.Max(2, Environment.ProcessorCount)];

    internal T? TryTake()
    {
        for (int i = 0; i < _slots.Length; i++)
        {
            if (_slots[i] is not null && Interlocked.Exchange(ref _slots[i], null) is T taken) return taken;
        }

        return null;
    }

    internal bool TryPut(T idle)
    {
        for (int i = 0; i < _slots.Length; i++)
        {
            if (_slots[i] is null && Interlocked.CompareExchange(ref _slots[i], idle, null) is null) return true;
        }

        return false;
    }
}

namespace Gateway.Storage.Compaction;

/// <summary>What one cleaning has done so far.</summary>
internal sealed class CleaningFigures
{
    internal long BytesRead { get; private set; }

    internal long BytesBefore { get; set; }

    internal long BytesAfter { get; set; }

    /// <summary>See <see cref="CleaningResult.VoidAborts"/>.</summary>
    internal IReadOnlySet<long>? VoidAborts { get; set; }

    /// <summary>Counts what was read, and tells the outside at once: a cleaning may take minutes.</summary>
    internal void Read(long bytes)
    {
        BytesRead += bytes;
        CleanerMetrics.HasRead(bytes);
    }
}

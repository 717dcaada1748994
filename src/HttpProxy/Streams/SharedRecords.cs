using Gateway.Client.Fetching;

namespace Gateway.HttpProxy.Streams;

/// <summary>What one read brought for several streams; the last of them lets it go.</summary>
internal sealed class SharedRecords(FetchedRecords records, int references)
{
    private int _references = references;

    /// <summary>The batches; valid until the holder's <see cref="Release"/>.</summary>
    internal ReadOnlyMemory<byte> Batches => records.Batches;

    internal long From => records.FetchOffset;

    /// <summary>Gives one reference back.</summary>
    internal void Release()
    {
        if (Interlocked.Decrement(ref _references) == 0) records.Dispose();
    }
}

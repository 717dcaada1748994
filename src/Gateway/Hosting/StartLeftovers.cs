namespace Gateway.Hosting;

/// <summary>What only the start needed, or would be in the way of the first requests.</summary>
internal static class StartLeftovers
{
    private const long WorthGivingBack = 64 << 20;

    // The runtime collects in the background only when generation 2 or the large objects have more than 4 MiB (`bgc_min_per_heap`), and stops everything
    // for 7 ms to collect less than that. We keep less, so we hold one large object of which no page is ever touched.
    private static readonly byte[] LargeObject = GC.AllocateUninitializedArray<byte>(5 << 20);

    /// <summary>To be called once, when everything is up and nobody waits yet.</summary>
    internal static void GiveBack()
    {
        SettleHeap();
        // The executable as one file, which the assemblies are found and loaded from: 11 MiB, of which little is looked at again.
        if (Environment.ProcessPath is { } executable) MappedFilePages.LetGo(executable);
    }

    /// <summary>
    /// Moves what a start leaves on the heap out of the young generations, one generation at a time: the first collections under load would copy it,
    /// and stop everything three times as long for it. What a long replay took is given back, too: it would stay resident for as long as nothing asks
    /// for memory.
    /// </summary>
    private static void SettleHeap()
    {
        if (GC.GetTotalMemory(forceFullCollection: false) > WorthGivingBack)
        {
            // Two moves as well, but only one of them of everything: each takes a tenth of a second where a registry has 100,000 schemas.
            GC.Collect(GC.MaxGeneration - 1, GCCollectionMode.Forced, blocking: true, compacting: true);
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        }
        else
        {
            for (int generation = 0; generation < GC.MaxGeneration; generation++)
                GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: true, compacting: true);
        }
        GC.KeepAlive(LargeObject);
    }
}

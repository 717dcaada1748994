namespace Gateway.Common.Buffers;

/// <summary>
/// Objects that were used and can be used again, so that a request allocates none. Every thread keeps a few for itself and exchanges them
/// in bulk with all others: what one thread makes another one often gives back.
/// </summary>
/// <remarks>
/// Thread-safe. Whoever gives an object must hold the only reference to it, and have put it back to how a new one would be: its next owner
/// would see what is left in it. What there is no room for is left to the collector.
/// </remarks>
/// <typeparam name="T">What is kept; each class has one store in the process.</typeparam>
public static class Spares<T>
    where T : class
{
    private const int Local = 128;
    private const int Exchanged = Local / 2;
    private const int Shared = 4096;

    private static readonly Lock Gate = new();
    private static readonly T?[] Everybodys = new T?[Shared];
    private static int s_count;

    [ThreadStatic]
    private static Shelf? t_own;

    /// <summary>One that was given, or null: make a new one then.</summary>
    public static T? Take()
    {
        Shelf own = t_own ??= new Shelf();
        if (own.Count == 0 && !Fetch(own)) return null;
        T taken = own.Items[--own.Count]!;
        own.Items[own.Count] = null;
        return taken;
    }

    /// <summary>Keeps <paramref name="used"/> for the next one who needs such an object.</summary>
    public static void Give(T used)
    {
        Shelf own = t_own ??= new Shelf();
        if (own.Count == Local) Bring(own);
        own.Items[own.Count++] = used;
    }

    private static bool Fetch(Shelf own)
    {
        if (Volatile.Read(ref s_count) == 0) return false;
        lock (Gate)
        {
            int count = Math.Min(s_count, Exchanged);
            s_count -= count;
            Array.Copy(Everybodys, s_count, own.Items, 0, count);
            Array.Clear(Everybodys, s_count, count);
            own.Count = count;
            return count > 0;
        }
    }

    private static void Bring(Shelf own)
    {
        own.Count -= Exchanged;
        lock (Gate)
        {
            int count = Math.Min(Shared - s_count, Exchanged);
            Array.Copy(own.Items, own.Count, Everybodys, s_count, count);
            s_count += count;
        }
        Array.Clear(own.Items, own.Count, Exchanged);
    }

    private sealed class Shelf
    {
        internal readonly T?[] Items = new T?[Local];
        internal int Count;
    }
}

namespace Gateway.Common.Buffers;

/// <summary>The process's memory for what clients send, as far as it is shared out: work that a few bytes can make large asks before it grows.</summary>
public interface IMemoryGrants
{
    /// <summary>More than this is never granted at once.</summary>
    long Most { get; }

    /// <summary>Grants some bytes if they are free now, else null. Any thread.</summary>
    IMemoryGrant? TryTake(long bytes);
}

/// <summary>Bytes that belong to a piece of work until they are given back, which happens once.</summary>
public interface IMemoryGrant : IDisposable
{
    /// <summary>Gives back what is above <paramref name="bytes"/>.</summary>
    void KeepOnly(long bytes);
}

/// <summary>Work that needs more memory than it was granted.</summary>
/// <param name="bytes">How much it asked for.</param>
/// <param name="isForGood">Whether it never would be; otherwise it may be later.</param>
public sealed class MemoryRefusedException(long bytes, bool isForGood) : Exception($"{bytes} bytes of memory were not to be had.")
{
    /// <summary>How much was asked for.</summary>
    public long Bytes { get; } = bytes;

    /// <summary>Whether asking again is of no use.</summary>
    public bool IsForGood { get; } = isForGood;
}

/// <summary>Asking for memory that there is no going on without.</summary>
public static class MemoryGrants
{
    /// <summary>Takes bytes that must be granted.</summary>
    /// <param name="memory">Whose.</param>
    /// <param name="bytes">How many.</param>
    /// <param name="held">How many the same work holds already.</param>
    /// <exception cref="MemoryRefusedException">They are not free.</exception>
    public static IMemoryGrant Take(this IMemoryGrants memory, long bytes, long held = 0) =>
        memory.TryTake(bytes) ?? throw new MemoryRefusedException(bytes, isForGood: bytes + held > memory.Most);
}

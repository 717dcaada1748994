using System.Buffers;
using Gateway.Common.Buffers;

namespace Gateway.Protocol.Wire;

/// <summary>
/// Arrays that messages are written into. Most answers are small, and hundreds may wait for the network at once, more than the array pool
/// keeps of a size: so those have a store of their own.
/// </summary>
internal static class WriterBuffer
{
    private const int Small = 512;

    internal static byte[] Rent() => Spares<byte[]>.Take() ?? new byte[Small];

    internal static byte[] Rent(int atLeast) => atLeast <= Small ? Rent() : ArrayPool<byte>.Shared.Rent(atLeast);

    internal static void Return(byte[] buffer)
    {
        if (buffer.Length == Small) Spares<byte[]>.Give(buffer);
        else ArrayPool<byte>.Shared.Return(buffer);
    }
}

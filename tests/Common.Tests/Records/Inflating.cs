using Gateway.Common.Records.Codecs;

namespace Gateway.Common.Tests.Records;

/// <summary>Runs one inflater over bytes, in steps of an odd size so that every state is resumed.</summary>
internal static class Inflating
{
    internal static unsafe byte[] All(Inflater inflater, ReadOnlySpan<byte> source, int step = 977, int limit = 1 << 24)
    {
        using var result = new MemoryStream();
        Span<byte> buffer = new byte[step];
        fixed (byte* start = source)
        {
            try
            {
                inflater.Start(start, source.Length);
                while (result.Length <= limit)
                {
                    int read = inflater.Read(buffer);
                    if (read == 0) break;
                    result.Write(buffer[..read]);
                }
            }
            finally
            {
                inflater.Stop();
                inflater.Free();
            }
        }

        return result.ToArray();
    }
}

using System.Reflection;

namespace Gateway.Common.Tests.Records;

/// <summary>Bytes other implementations wrote, checked in as hex with a first line that says who wrote them.</summary>
internal static class Golden
{
    internal static byte[] Read(string name)
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name)
            ?? throw new ArgumentException($"There is no golden file {name}.");
        using var reader = new StreamReader(stream);
        string[] lines = reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return Convert.FromHexString(string.Concat(lines.Where(line => !line.StartsWith('#'))));
    }

    /// <summary>What the stream files hold: 3,000 bytes of a generator, repeated to <paramref name="length"/>.</summary>
    internal static byte[] Repeated(int length)
    {
        var bytes = new byte[length];
        uint state = 1;
        for (int i = 0; i < length; i++)
        {
            if (i >= 3000)
            {
                bytes[i] = bytes[i - 3000];
                continue;
            }

            state = ((state * 1103515245) + 12345) & 0x7FFFFFFF;
            bytes[i] = (byte)(state >> 16);
        }

        return bytes;
    }
}

using System.Text;

namespace Gateway.Protocol.Wire;

/// <summary>
/// Strings read lately, found again by their bytes: clients send the same few topic names and client ids with every request. Holds at most
/// <see cref="Places"/> strings of at most <see cref="LongestBytes"/> bytes, whatever strangers send. One thread at a time.
/// </summary>
public sealed class StringCache
{
    /// <summary>The longest string that is kept, in bytes; a topic's name has at most 249.</summary>
    public const int LongestBytes = 255;

    private const int Places = 4096;

    private readonly string?[] _strings = new string?[Places];

    /// <summary>The text of UTF-8 bytes.</summary>
    public string Get(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > LongestBytes) return Encoding.UTF8.GetString(bytes);
        ref string? place = ref _strings[PlaceOf(bytes)];
        // What is not ASCII takes the long way; names are.
        if (place is not null && Ascii.Equals(bytes, place)) return place;
        return place = Encoding.UTF8.GetString(bytes);
    }

    /// <summary>Two strings that fall together only cost an allocation, so any quick mixture will do.</summary>
    private static int PlaceOf(ReadOnlySpan<byte> bytes)
    {
        uint hash = (uint)bytes.Length;
        foreach (byte b in bytes) hash = (hash ^ b) * 16777619;
        return (int)((hash ^ (hash >> 15)) & (Places - 1));
    }
}

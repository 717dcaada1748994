namespace Gateway.Schemas.Protobuf.Data;

/// <summary>Base64 in either alphabet, with padding or without, as Protobuf's JSON allows.</summary>
internal static class Base64Text
{
    public static bool TryDecode(ReadOnlySpan<byte> text, ref PooledStack<byte> bytes)
    {
        if (text.Length % 4 == 0 && text.EndsWith("="u8)) text = text.EndsWith("=="u8) ? text[..^2] : text[..^1];
        if (text.Length % 4 == 1) return false;
        var decoded = bytes.Reserve((int)(text.Length * 3L / 4));
        var at = 0;
        for (; text.Length >= 4; text = text[4..])
        {
            var four = (ValueOf(text[0]) << 18) | (ValueOf(text[1]) << 12) | (ValueOf(text[2]) << 6) | ValueOf(text[3]);
            if (four < 0) return false;
            decoded[at++] = (byte)(four >> 16);
            decoded[at++] = (byte)(four >> 8);
            decoded[at++] = (byte)four;
        }
        if (text.Length == 0) return true;
        var rest = (ValueOf(text[0]) << 18) | (ValueOf(text[1]) << 12) | (text.Length == 3 ? ValueOf(text[2]) << 6 : 0);
        if (rest < 0) return false;
        decoded[at++] = (byte)(rest >> 16);
        if (text.Length == 3) decoded[at] = (byte)(rest >> 8);
        return true;
    }

    /// <summary>Negative for what is no digit, so that it shows through shifts and ors.</summary>
    private static int ValueOf(byte character) => character switch
    {
        >= (byte)'A' and <= (byte)'Z' => character - 'A',
        >= (byte)'a' and <= (byte)'z' => character - 'a' + 26,
        >= (byte)'0' and <= (byte)'9' => character - '0' + 52,
        (byte)'+' or (byte)'-' => 62,
        (byte)'/' or (byte)'_' => 63,
        _ => -1,
    };
}

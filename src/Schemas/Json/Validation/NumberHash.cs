using System.Globalization;

namespace Gateway.Schemas.Json.Validation;

/// <summary>
/// One hash for all spellings of a number, taken from its digits without ever computing its value: a double's hash would be the same
/// for all numbers too big or too close for a double, and sets of those would cost the square of their size.
/// </summary>
internal static class NumberHash
{
    /// <summary>The hash of a number in JSON's notation; equal for 100, 1e2 and 100.00.</summary>
    public static int Of(ReadOnlySpan<byte> raw)
    {
        bool isNegative = raw[0] == (byte)'-';
        if (isNegative) raw = raw[1..];
        long exponent = 0;
        int mark = raw.IndexOfAny((byte)'e', (byte)'E');
        if (mark >= 0)
        {
            // An exponent no number can have is refused where values are computed; here it only must not differ between spellings.
            if (!long.TryParse(raw[(mark + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out exponent)) exponent = long.MaxValue / 2;
            raw = raw[..mark];
        }
        int point = raw.IndexOf((byte)'.');
        ReadOnlySpan<byte> whole = point < 0 ? raw : raw[..point];
        ReadOnlySpan<byte> fraction = (point < 0 ? default : raw[(point + 1)..]).TrimEnd((byte)'0');
        whole = whole.TrimStart((byte)'0');
        exponent -= fraction.Length;
        if (fraction.IsEmpty)
        {
            int length = whole.Length;
            whole = whole.TrimEnd((byte)'0');
            exponent += length - whole.Length;
        }
        if (whole.IsEmpty) fraction = fraction.TrimStart((byte)'0');
        if (whole.IsEmpty && fraction.IsEmpty) return 0;

        var hash = new HashCode();
        hash.Add(isNegative);
        hash.Add(exponent);
        // Byte by byte, since the point may stand anywhere between the same digits.
        foreach (byte digit in whole) hash.Add(digit);
        foreach (byte digit in fraction) hash.Add(digit);
        return hash.ToHashCode();
    }
}

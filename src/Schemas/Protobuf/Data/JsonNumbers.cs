using System.Buffers.Text;

namespace Gateway.Schemas.Protobuf.Data;

/// <summary>Numbers as JSON spells them, read without passing through floating point where they must be whole.</summary>
internal static class JsonNumbers
{
    /// <summary>No 64-bit number has more digits in front of the point.</summary>
    private const int MostDigits = 20;

    /// <summary>A whole number: "12", "-1.50e2", "100E-2". The sign is apart, so that both 64-bit ranges fit.</summary>
    public static bool TryReadInteger(ReadOnlySpan<byte> text, out bool isNegative, out ulong magnitude)
    {
        (isNegative, magnitude) = (false, 0);
        if (!TrySplit(text, out isNegative, out var whole, out var fraction, out var exponent)) return false;
        if (fraction.Length == 0 && exponent == 0) return TryAppend(whole, 0, ref magnitude);

        // The digits are whole and fraction together; the point stands that many digits in.
        var point = whole.Length + exponent;
        for (var i = Math.Max(0, point); i < whole.Length + fraction.Length; i++)
        {
            if (DigitAt(whole, fraction, (int)i) != '0') return false;
        }
        if (point <= 0) return true;
        var inWhole = (int)Math.Min(point, whole.Length);
        var inFraction = (int)Math.Min(point - inWhole, fraction.Length);
        return TryAppend(whole[..inWhole], 0, ref magnitude) && TryAppend(fraction[..inFraction], point - inWhole - inFraction, ref magnitude);
    }

    /// <summary>Whether the text is a number by JSON's grammar; strings that hold numbers must be one too.</summary>
    public static bool IsNumber(ReadOnlySpan<byte> text) => TrySplit(text, out _, out _, out _, out _);

    public static bool TryReadDouble(ReadOnlySpan<byte> text, out double value)
    {
        value = 0;
        return IsNumber(text) && double.TryParse(text, System.Globalization.NumberStyles.Float, System.Globalization.CultureInfo.InvariantCulture, out value)
            && double.IsFinite(value);
    }

    /// <summary>Rounded once, to the nearest single; what is beyond the largest is refused.</summary>
    public static bool TryReadSingle(ReadOnlySpan<byte> text, out float value)
    {
        value = 0;
        return IsNumber(text) && float.TryParse(text, System.Globalization.NumberStyles.Float, System.Globalization.CultureInfo.InvariantCulture, out value)
            && float.IsFinite(value);
    }

    private static byte DigitAt(ReadOnlySpan<byte> whole, ReadOnlySpan<byte> fraction, int index) =>
        index < whole.Length ? whole[index] : fraction[index - whole.Length];

    /// <summary>Appends digits and then zeros; false when 64 bits cannot hold it.</summary>
    private static bool TryAppend(ReadOnlySpan<byte> digits, long zeros, ref ulong magnitude)
    {
        foreach (var digit in digits)
        {
            if (!TryAppend(digit - (uint)'0', ref magnitude)) return false;
        }
        if (magnitude == 0) return true;
        if (zeros > MostDigits) return false;
        for (; zeros > 0; zeros--)
        {
            if (!TryAppend(0, ref magnitude)) return false;
        }
        return true;
    }

    private static bool TryAppend(uint digit, ref ulong magnitude)
    {
        if (magnitude > (ulong.MaxValue - digit) / 10) return false;
        magnitude = (magnitude * 10) + digit;
        return true;
    }

    private static bool TrySplit(
        ReadOnlySpan<byte> text, out bool isNegative, out ReadOnlySpan<byte> whole, out ReadOnlySpan<byte> fraction, out long exponent)
    {
        fraction = default;
        exponent = 0;
        isNegative = text.Length > 0 && text[0] == '-';
        if (isNegative) text = text[1..];
        whole = text[..Digits(text)];
        text = text[whole.Length..];
        if (whole.Length == 0 || (whole.Length > 1 && whole[0] == '0')) return false;
        if (text.Length > 0 && text[0] == '.')
        {
            text = text[1..];
            fraction = text[..Digits(text)];
            text = text[fraction.Length..];
            if (fraction.Length == 0) return false;
        }
        if (text.Length == 0) return true;
        if (text[0] is not ((byte)'e' or (byte)'E')) return false;
        text = text[1..];
        var isDown = text.Length > 0 && text[0] == '-';
        if (text.Length > 0 && text[0] is (byte)'+' or (byte)'-') text = text[1..];
        if (text.Length == 0 || Digits(text) != text.Length) return false;
        // Far beyond any text's length, which is all that matters.
        if (!Utf8Parser.TryParse(text, out exponent, out int used) || used != text.Length) exponent = 1L << 40;
        exponent = Math.Min(exponent, 1L << 40) * (isDown ? -1 : 1);
        return true;
    }

    private static int Digits(ReadOnlySpan<byte> text)
    {
        var end = text.IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        return end < 0 ? text.Length : end;
    }
}

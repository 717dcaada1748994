using System.Buffers;
using System.Text.Json;

namespace Gateway.HttpProxy.Records;

/// <summary>
/// Whole numbers that a JavaScript number does not hold exactly, as strings (<c>bigint=string</c>): read as numbers, a browser would round them
/// without a word.
/// </summary>
internal static class BigIntegers
{
    // 2^53 - 1, Number.MAX_SAFE_INTEGER.
    private const long MostExact = 9_007_199_254_740_991;

    private static ReadOnlySpan<byte> MostExactDigits => "9007199254740991"u8;

    private static ReadOnlySpan<byte> OfNumbers => "0123456789+-.eE"u8;

    /// <summary>Writes a member that is a whole number.</summary>
    internal static void Write(Utf8JsonWriter json, ReadOnlySpan<byte> name, long number)
    {
        if (number is >= -MostExact and <= MostExact)
        {
            json.WriteNumber(name, number);
            return;
        }
        Span<byte> text = stackalloc byte[20];
        number.TryFormat(text, out int length, default, System.Globalization.CultureInfo.InvariantCulture);
        json.WriteString(name, text[..length]);
    }

    /// <summary>The JSON value with quotes around big whole numbers: itself, or what is put into <paramref name="to"/>.</summary>
    internal static ReadOnlySpan<byte> Quote(ReadOnlySpan<byte> value, PageBuffer to)
    {
        int copied = 0;
        to.Reset(Array.MaxLength);
        for (int at = 0; at < value.Length;)
        {
            byte letter = value[at];
            if (letter == '"')
            {
                at = EndOfString(value, at);
            }
            else if (letter == '-' || char.IsAsciiDigit((char)letter))
            {
                int length = value[at..].IndexOfAnyExcept(OfNumbers);
                if (length < 0) length = value.Length - at;
                ReadOnlySpan<byte> number = value.Slice(at, length);
                if (IsBig(number))
                {
                    to.Write(value[copied..at]);
                    to.Write("\""u8);
                    to.Write(number);
                    to.Write("\""u8);
                    copied = at + length;
                }
                at += length;
            }
            else
            {
                at++;
            }
        }
        if (copied == 0) return value;
        to.Write(value[copied..]);
        return to.Written.Span;
    }

    private static bool IsBig(ReadOnlySpan<byte> number)
    {
        ReadOnlySpan<byte> digits = number[0] == '-' ? number[1..] : number;
        if (digits.Length < MostExactDigits.Length || digits.ContainsAnyExceptInRange((byte)'0', (byte)'9')) return false;
        return digits.Length > MostExactDigits.Length || digits.SequenceCompareTo(MostExactDigits) > 0;
    }

    /// <summary>Where what follows a string begins.</summary>
    private static int EndOfString(ReadOnlySpan<byte> value, int start)
    {
        int at = start + 1;
        while (true)
        {
            at += value[at..].IndexOfAny((byte)'"', (byte)'\\');
            if (value[at] == '"') return at + 1;
            at += 2;
        }
    }
}

using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Gateway.Schemas.Json.Validation;

/// <summary>
/// A JSON number as written, exactly: digits × 10^exponent. Nothing is rounded, and no power of ten is ever written out, so that
/// <c>1e1000000000</c> costs no more than 1.
/// </summary>
internal readonly struct JsonDecimal : IEquatable<JsonDecimal>, IComparable<JsonDecimal>
{
    private const int MaxDigits = 20_000;
    private const int MaxExponent = 1_000_000_000;

    private readonly BigInteger _digits;
    private readonly int _exponent;

    private JsonDecimal(BigInteger digits, int exponent) => (_digits, _exponent) = (digits, exponent);

    /// <summary>Whether it has no fraction, however it is written.</summary>
    public bool IsInteger => _exponent >= 0;

    /// <summary>−1, 0 or 1.</summary>
    public int Sign => _digits.Sign;

    /// <summary>Reads a number.</summary>
    /// <exception cref="SchemaBudgetException">It has more digits or a bigger exponent than anybody needs.</exception>
    public static JsonDecimal Of(in JsonElement number) => Parse(JsonMarshal.GetRawUtf8Value(number));

    /// <summary>Reads a number in JSON's notation.</summary>
    public static JsonDecimal Parse(ReadOnlySpan<byte> raw)
    {
        var exponent = 0L;
        var mark = raw.IndexOfAny((byte)'e', (byte)'E');
        if (mark >= 0)
        {
            if (!long.TryParse(raw[(mark + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out exponent))
                exponent = long.MaxValue / 2;
            raw = raw[..mark];
        }
        var point = raw.IndexOf((byte)'.');
        var text = Encoding.ASCII.GetString(raw);
        if (point >= 0)
        {
            exponent -= raw.Length - point - 1;
            text = text.Remove(point, 1);
        }
        var trimmed = text.TrimEnd('0');
        if (trimmed.Length == 0 || trimmed is "-") return default;
        exponent += text.Length - trimmed.Length;
        if (trimmed.Length > MaxDigits) throw new SchemaBudgetException($"a number of more than {MaxDigits} digits is more than is looked at");
        var digits = BigInteger.Parse(trimmed, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        if (digits.IsZero) return default;
        if (Math.Abs(exponent) > MaxExponent) throw new SchemaBudgetException($"an exponent above {MaxExponent} is more than is looked at");
        return new JsonDecimal(digits, (int)exponent);
    }

    /// <summary>Whether this is a whole multiple of another number, which is not zero.</summary>
    public bool IsMultipleOf(JsonDecimal divisor)
    {
        if (_digits.IsZero) return true;
        // The digits end in no zero, so a lower power of ten cannot be made up for.
        if (_exponent < divisor._exponent) return false;
        var power = BigInteger.ModPow(10, _exponent - (long)divisor._exponent, BigInteger.Abs(divisor._digits));
        return (_digits * power % divisor._digits).IsZero;
    }

    /// <inheritdoc/>
    public int CompareTo(JsonDecimal other)
    {
        if (_digits.Sign != other._digits.Sign) return _digits.Sign.CompareTo(other._digits.Sign);
        if (_digits.IsZero) return 0;
        var (mine, theirs) = (Magnitude(out var myDigits), other.Magnitude(out var theirDigits));
        if (mine != theirs) return mine < theirs ? -_digits.Sign : _digits.Sign;
        // The same leading place: the shorter one is filled up with zeros.
        var shift = myDigits - theirDigits;
        return shift >= 0
            ? _digits.CompareTo(other._digits * BigInteger.Pow(10, shift))
            : (_digits * BigInteger.Pow(10, -shift)).CompareTo(other._digits);
    }

    /// <inheritdoc/>
    public bool Equals(JsonDecimal other) => _exponent == other._exponent && _digits == other._digits;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is JsonDecimal other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_digits, _exponent);

    /// <summary>One text for equal numbers.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{_digits}e{_exponent}");

    /// <summary>The value as a count, or null where it is no whole number that is not negative; what is too big counts as the biggest.</summary>
    public int? AsCount()
    {
        if (_digits.Sign < 0 || _exponent < 0) return null;
        if (_digits.IsZero) return 0;
        if (_exponent > 10) return int.MaxValue;
        var value = _digits * BigInteger.Pow(10, _exponent);
        return value > int.MaxValue ? int.MaxValue : (int)value;
    }

    /// <summary>Places before the point, as if written as 0.ddd × 10^n.</summary>
    private long Magnitude(out int digitCount)
    {
        digitCount = CountDigits(BigInteger.Abs(_digits));
        return digitCount + (long)_exponent;
    }

    private static int CountDigits(BigInteger value)
    {
        // Between 2^(bits-1) and 2^bits, so one of two lengths.
        var atLeast = (int)((value.GetBitLength() - 1) * 0.30102999566398119) + 1;
        return value >= BigInteger.Pow(10, atLeast) ? atLeast + 1 : atLeast;
    }
}

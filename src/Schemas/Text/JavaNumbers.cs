using System.Globalization;

namespace Gateway.Schemas.Text;

/// <summary>JSON numbers the way the JVM registries print them after reading them.</summary>
internal static class JavaNumbers
{
    /// <summary>Integers keep their digits; anything with a fraction or an exponent goes through a double.</summary>
    public static string Print(string rawNumber)
    {
        if (rawNumber.AsSpan().IndexOfAny(".eE") < 0) return rawNumber == "-0" ? "0" : rawNumber;
        var value = double.Parse(rawNumber, NumberStyles.Float, CultureInfo.InvariantCulture);
        return double.IsFinite(value) ? PrintDouble(value) : rawNumber;
    }

    /// <summary>Shortest digits that read back equal, plain between 0.001 and 10 million, else as <c>d.dddE±n</c>.</summary>
    public static string PrintDouble(double value)
    {
        if (value == 0) return double.IsNegative(value) ? "-0.0" : "0.0";
        var sign = value < 0 ? "-" : "";
        var shortest = Math.Abs(value).ToString("R", CultureInfo.InvariantCulture).Split('E');
        var mantissa = shortest[0];
        var exponent = LeadingPlace(mantissa) + (shortest.Length == 2 ? int.Parse(shortest[1], CultureInfo.InvariantCulture) : 0);
        var digits = mantissa.Replace(".", "", StringComparison.Ordinal).Trim('0');
        if (exponent is < -3 or >= 7) return $"{sign}{digits[0]}.{(digits.Length > 1 ? digits[1..] : "0")}E{exponent}";
        if (exponent < 0) return $"{sign}0.{new string('0', -exponent - 1)}{digits}";
        if (digits.Length <= exponent + 1) return $"{sign}{digits.PadRight(exponent + 1, '0')}.0";
        return $"{sign}{digits[..(exponent + 1)]}.{digits[(exponent + 1)..]}";
    }

    /// <summary>Integers keep their digits; anything else prints as Java's BigDecimal does, with all the digits that were written.</summary>
    public static string PrintExact(string rawNumber)
    {
        if (rawNumber.AsSpan().IndexOfAny(".eE") < 0) return rawNumber == "-0" ? "0" : rawNumber;
        var mark = rawNumber.AsSpan().IndexOfAny("eE");
        var mantissa = mark < 0 ? rawNumber : rawNumber[..mark];
        var exponent = 0L;
        if (mark >= 0 && !long.TryParse(rawNumber.AsSpan(mark + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out exponent))
            return rawNumber;
        var sign = mantissa[0] == '-' ? "-" : "";
        var point = mantissa.IndexOf('.', StringComparison.Ordinal);
        var fraction = point < 0 ? 0 : mantissa.Length - point - 1;
        var digits = mantissa.Replace(".", "", StringComparison.Ordinal).TrimStart('-').TrimStart('0');
        if (digits.Length == 0) (sign, digits) = ("", "0");
        var scale = fraction - exponent;
        if (Math.Abs(scale) > int.MaxValue) return rawNumber;
        var leading = digits.Length - 1 - scale;
        if (scale == 0) return sign + digits;
        if (scale > 0 && leading >= -6)
        {
            digits = digits.PadLeft((int)scale + 1, '0');
            return $"{sign}{digits[..^(int)scale]}.{digits[^(int)scale..]}";
        }
        var power = leading == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"E{(leading < 0 ? "" : "+")}{leading}");
        return $"{sign}{digits[0]}{(digits.Length > 1 ? "." + digits[1..] : "")}{power}";
    }

    /// <summary>Power of ten of the first digit that is not zero.</summary>
    private static int LeadingPlace(string mantissa)
    {
        var point = mantissa.IndexOf('.', StringComparison.Ordinal);
        if (point < 0) point = mantissa.Length;
        var leading = mantissa.AsSpan().IndexOfAnyExcept('.', '0');
        return leading < point ? point - leading - 1 : point - leading;
    }
}

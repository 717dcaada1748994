using System.Globalization;
using System.Text.Json;

namespace Gateway.Schemas.Json.Compatibility;

/// <summary>A number in a schema: exact as far as 28 digits go, and the nearest double beyond.</summary>
internal readonly struct SchemaNumber : IComparable<SchemaNumber>, IEquatable<SchemaNumber>
{
    private readonly decimal? _exact;
    private readonly double _nearest;

    private SchemaNumber(decimal? exact, double nearest) => (_exact, _nearest) = (exact, nearest);

    /// <summary>The number a keyword holds; null where it holds none.</summary>
    public static SchemaNumber? Of(JsonElement? value) => value is { ValueKind: JsonValueKind.Number } number ? Of(number.GetRawText()) : null;

    public static SchemaNumber Of(string text)
    {
        var nearest = double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);
        // A decimal may come out of the text rounded; then the double tells no less.
        var isExact = text.Length <= 28 && Math.Abs(nearest) < 1e28 && text.AsSpan().IndexOfAny('e', 'E') < 0
            | (nearest == Math.Floor(nearest) && Math.Abs(nearest) < 1e15);
        return isExact && decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var exact)
            ? new SchemaNumber(exact, nearest) : new SchemaNumber(null, nearest);
    }

    /// <summary>Whether this is a whole multiple of another number.</summary>
    public bool IsMultipleOf(SchemaNumber other)
    {
        if (other._nearest == 0) return false;
        if (_exact is { } mine && other._exact is { } its)
        {
            try
            {
                return mine % its == 0;
            }
            catch (OverflowException)
            {
                return false;
            }
        }
        return Math.IEEERemainder(_nearest, other._nearest) == 0;
    }

    public int CompareTo(SchemaNumber other) =>
        _exact is { } mine && other._exact is { } its ? mine.CompareTo(its) : _nearest.CompareTo(other._nearest);

    public bool Equals(SchemaNumber other) => CompareTo(other) == 0;

    public override bool Equals(object? obj) => obj is SchemaNumber other && Equals(other);

    public override int GetHashCode() => _nearest.GetHashCode();

    /// <summary>One text for equal numbers.</summary>
    public override string ToString() =>
        _exact is { } exact
            ? (exact / 1.0000000000000000000000000000m).ToString(CultureInfo.InvariantCulture)
            : _nearest.ToString("R", CultureInfo.InvariantCulture);
}

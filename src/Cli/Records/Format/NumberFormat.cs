using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Gateway.Cli.Records.Format;

/// <summary>How a number is written or read: <c>ascii</c>, <c>hex64…hex4</c>, <c>big64…big8</c>, <c>little64…little8</c>, <c>byte</c>, or digits of a fixed count.</summary>
internal sealed class NumberFormat
{
    private enum Shape
    {
        Ascii,
        Hex,
        Big,
        Little,
        Digits,
    }

    private readonly Shape _shape;
    private readonly int _width;

    private NumberFormat(Shape shape, int width)
    {
        _shape = shape;
        _width = width;
    }

    /// <summary>Bytes a reader takes; null when the text ends at whatever follows the number.</summary>
    public int? FixedLength => _shape == Shape.Ascii ? null : _width;

    /// <summary>Reads a modifier.</summary>
    /// <exception cref="FormatException">There is no such modifier.</exception>
    public static NumberFormat Parse(string? modifier) => modifier switch
    {
        null or "ascii" => new NumberFormat(Shape.Ascii, 0),
        "hex64" => new NumberFormat(Shape.Hex, 16),
        "hex32" => new NumberFormat(Shape.Hex, 8),
        "hex16" => new NumberFormat(Shape.Hex, 4),
        "hex8" => new NumberFormat(Shape.Hex, 2),
        "hex4" => new NumberFormat(Shape.Hex, 1),
        "big64" => new NumberFormat(Shape.Big, 8),
        "big32" => new NumberFormat(Shape.Big, 4),
        "big16" => new NumberFormat(Shape.Big, 2),
        "big8" or "byte" or "little8" => new NumberFormat(Shape.Big, 1),
        "little64" => new NumberFormat(Shape.Little, 8),
        "little32" => new NumberFormat(Shape.Little, 4),
        "little16" => new NumberFormat(Shape.Little, 2),
        _ when int.TryParse(modifier, NumberStyles.None, CultureInfo.InvariantCulture, out int digits) && digits is > 0 and < 20 => new NumberFormat(Shape.Digits, digits),
        _ => throw new FormatException($"numbers have no modifier '{modifier}'; there are ascii, hexN, bigN, littleN, byte and a count of digits"),
    };

    /// <summary>Writes a number.</summary>
    public void Write(Stream output, long number)
    {
        Span<byte> bytes = stackalloc byte[8];
        switch (_shape)
        {
            case Shape.Big:
                BinaryPrimitives.WriteInt64BigEndian(bytes, number);
                output.Write(bytes[(8 - _width)..]);
                break;
            case Shape.Little:
                BinaryPrimitives.WriteInt64LittleEndian(bytes, number);
                output.Write(bytes[.._width]);
                break;
            default:
                output.Write(Encoding.ASCII.GetBytes(Text(number)));
                break;
        }
    }

    /// <summary>Reads a number from the bytes a reader took for it.</summary>
    /// <exception cref="FormatException">The bytes are no number.</exception>
    public long Read(ReadOnlySpan<byte> bytes)
    {
        long number = 0;
        switch (_shape)
        {
            case Shape.Big:
                foreach (byte b in bytes) number = (number << 8) | b;
                return number;
            case Shape.Little:
                for (int i = bytes.Length - 1; i >= 0; i--) number = (number << 8) | bytes[i];
                return number;
            default:
                string text = Encoding.ASCII.GetString(bytes);
                NumberStyles style = _shape == Shape.Hex ? NumberStyles.AllowHexSpecifier : NumberStyles.AllowLeadingSign;
                return long.TryParse(text, style, CultureInfo.InvariantCulture, out number) ? number : throw new FormatException($"expected a number, found '{text}'");
        }
    }

    private string Text(long number)
    {
        if (_shape == Shape.Ascii) return number.ToString(CultureInfo.InvariantCulture);
        string text = _shape == Shape.Hex ? number.ToString("x16", CultureInfo.InvariantCulture) : number.ToString("d" + _width, CultureInfo.InvariantCulture);
        return text[^_width..];
    }
}

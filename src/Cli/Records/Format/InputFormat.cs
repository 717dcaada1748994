using System.Globalization;
using System.Text;
using Gateway.Common.Records;

namespace Gateway.Cli.Records.Format;

/// <summary>
/// Reads records from standard input by a format such as <c>%k %v\n</c>: a field ends at the literal that follows it, or has the
/// size an earlier <c>%K</c>, <c>%V</c> or <c>%T</c> gave. The verbs are those of rpk.
/// </summary>
public sealed class InputFormat
{
    private readonly List<FormatPiece> _pieces;
    private readonly InputFormat? _header;

    private InputFormat(string format)
    {
        _pieces = FormatScanner.Scan(format);
        if (_pieces.Count == 0) throw new FormatException("the format is empty; the default is %v\\n");
        foreach (FormatPiece piece in _pieces)
        {
            if (piece.Literal is not null || "tkvp".Contains(piece.Verb, StringComparison.Ordinal)) continue;
            if ("TKVH".Contains(piece.Verb, StringComparison.Ordinal)) NumberFormat.Parse(piece.Modifier);
            else if (piece.Verb == 'h' && piece.Modifier is not null) _header = new InputFormat(piece.Modifier);
            else throw new FormatException($"%{piece.Verb} cannot be read; a produce format has %t %k %v %p, their sizes %T %K %V, and %H with %h{{…}}");
        }
    }

    /// <summary>Reads a format.</summary>
    /// <exception cref="FormatException">The format cannot be read.</exception>
    public static InputFormat Parse(string format) => new(format);

    /// <summary>The records of the input, one by one.</summary>
    /// <exception cref="FormatException">The input does not follow the format.</exception>
    public IEnumerable<InputRecord> Read(Stream input)
    {
        var bytes = new InputBytes(input);
        while (!bytes.AtEnd) yield return ReadOne(bytes);
    }

    private InputRecord ReadOne(InputBytes input)
    {
        var record = new InputRecord();
        var sizes = new Dictionary<char, long>();
        for (int i = 0; i < _pieces.Count; i++)
        {
            FormatPiece piece = _pieces[i];
            if (piece.Literal is { } literal)
            {
                // A literal that ended the field before it is consumed already; one that stands alone must be there.
                if (i == 0 || !EndsAtDelimiter(_pieces[i - 1], sizes)) Expect(input, literal);
                continue;
            }
            ReadOnlySpan<byte> delimiter = i + 1 < _pieces.Count ? _pieces[i + 1].Literal : [];
            switch (piece.Verb)
            {
                case 'T' or 'K' or 'V' or 'H':
                    NumberFormat number = NumberFormat.Parse(piece.Modifier);
                    sizes[piece.Verb] = number.Read(number.FixedLength is { } length ? input.Take(length) : input.TakeUntil(delimiter));
                    break;
                case 'h':
                    ReadHeaders(input, sizes.GetValueOrDefault('H', 1), record);
                    break;
                default:
                    bool sized = sizes.TryGetValue(char.ToUpperInvariant(piece.Verb), out long size);
                    SetField(record, piece, sized ? input.Take(size) : input.TakeUntil(delimiter));
                    break;
            }
        }
        return record;
    }

    private static bool EndsAtDelimiter(FormatPiece piece, Dictionary<char, long> sizes) => piece.Verb switch
    {
        't' or 'k' or 'v' => !sizes.ContainsKey(char.ToUpperInvariant(piece.Verb)),
        'p' => true,
        'T' or 'K' or 'V' or 'H' => NumberFormat.Parse(piece.Modifier).FixedLength is null,
        _ => false,
    };

    private static void Expect(InputBytes input, byte[] literal)
    {
        byte[] found = input.Take(literal.Length);
        if (!found.AsSpan().SequenceEqual(literal))
            throw new FormatException($"expected '{Encoding.UTF8.GetString(literal)}', found '{Encoding.UTF8.GetString(found)}'");
    }

    private void ReadHeaders(InputBytes input, long count, InputRecord record)
    {
        for (long i = 0; i < count; i++)
        {
            InputRecord header = _header!.ReadOne(input);
            record.Headers.Add(new RecordHeader(Encoding.UTF8.GetString(header.Key ?? []), header.Value));
        }
    }

    private static void SetField(InputRecord record, FormatPiece piece, byte[] bytes)
    {
        byte[] decoded = piece.Modifier switch
        {
            null => bytes,
            "hex" => Convert.FromHexString(Encoding.ASCII.GetString(bytes)),
            "base64" => Convert.FromBase64String(Encoding.ASCII.GetString(bytes)),
            _ => throw new FormatException($"%{piece.Verb} has no modifier '{piece.Modifier}'; there are hex and base64"),
        };
        switch (piece.Verb)
        {
            case 't': record.Topic = Encoding.UTF8.GetString(decoded); break;
            case 'k': record.Key = decoded; break;
            case 'v': record.Value = decoded; break;
            default:
                string text = Encoding.ASCII.GetString(decoded);
                record.Partition = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int partition)
                    ? partition
                    : throw new FormatException($"expected a partition, found '{text}'");
                break;
        }
    }
}

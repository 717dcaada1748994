using System.Text;
using Gateway.Common.Records;

namespace Gateway.Cli.Records.Format;

/// <summary>Prints records by a format such as <c>%o %k %v\n</c>; the verbs are those of rpk.</summary>
public sealed class RecordFormat
{
    private readonly Action<Stream, ConsumedRecord>[] _pieces;

    private RecordFormat(IEnumerable<Action<Stream, ConsumedRecord>> pieces) => _pieces = [.. pieces];

    /// <summary>Reads a format.</summary>
    /// <exception cref="FormatException">The format cannot be read, or asks for something this build does not print.</exception>
    public static RecordFormat Parse(string format) => new(FormatScanner.Scan(format).Select(PieceOf));

    /// <summary>Prints a record.</summary>
    public void Write(Stream output, ConsumedRecord record)
    {
        foreach (Action<Stream, ConsumedRecord> piece in _pieces) piece(output, record);
    }

    private static Action<Stream, ConsumedRecord> PieceOf(FormatPiece piece)
    {
        if (piece.Literal is { } literal) return (output, _) => output.Write(literal);
        switch (piece.Verb)
        {
            case 't': return Text(piece, r => Encoding.UTF8.GetBytes(r.Topic));
            case 'k': return Text(piece, r => r.Record.Key);
            case 'v': return Text(piece, r => r.Record.Value);
            case 'T': return Number(piece, r => Encoding.UTF8.GetByteCount(r.Topic));
            case 'K': return Number(piece, r => r.Record.Key?.Length ?? 0);
            case 'V': return Number(piece, r => r.Record.Value?.Length ?? 0);
            case 'H': return Number(piece, r => r.Record.Headers.Count);
            case 'p': return Number(piece, r => r.Partition);
            case 'o': return Number(piece, r => r.Record.Offset);
            case 'd': return Number(piece, r => r.Record.TimestampMs);
            case 'i': return Number(piece, r => r.Number);
            case 'h': return Headers(piece);
            default: throw new FormatException($"%{piece.Verb} is not printed by this version");
        }
    }

    private static Action<Stream, ConsumedRecord> Headers(FormatPiece piece)
    {
        RecordFormat inner = Parse(piece.Modifier ?? throw new FormatException("%h needs a format for each header, for example %h{%k=%v }"));
        return (output, record) =>
        {
            foreach (RecordHeader header in record.Record.Headers)
            {
                var asRecord = record.Record with { Key = Encoding.UTF8.GetBytes(header.Key), Value = header.Value };
                inner.Write(output, record with { Record = asRecord });
            }
        };
    }

    private static Action<Stream, ConsumedRecord> Number(FormatPiece piece, Func<ConsumedRecord, long> number)
    {
        NumberFormat format = NumberFormat.Parse(piece.Modifier);
        return (output, record) => format.Write(output, number(record));
    }

    private static Action<Stream, ConsumedRecord> Text(FormatPiece piece, Func<ConsumedRecord, ReadOnlyMemory<byte>?> text)
    {
        Action<Stream, ReadOnlyMemory<byte>> write = piece.Modifier switch
        {
            null => (output, bytes) => output.Write(bytes.Span),
            "hex" => (output, bytes) => output.Write(Encoding.ASCII.GetBytes(Convert.ToHexStringLower(bytes.Span))),
            "base64" => (output, bytes) => output.Write(Encoding.ASCII.GetBytes(Convert.ToBase64String(bytes.Span))),
            "base64raw" => (output, bytes) => output.Write(Encoding.ASCII.GetBytes(Convert.ToBase64String(bytes.Span).TrimEnd('='))),
            _ => throw new FormatException($"%{piece.Verb} has no modifier '{piece.Modifier}'; there are hex, base64 and base64raw"),
        };
        return (output, record) =>
        {
            if (text(record) is { } present) write(output, present);
        };
    }
}

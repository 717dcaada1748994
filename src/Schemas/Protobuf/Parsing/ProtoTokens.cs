using System.Globalization;
using System.Text;

namespace Gateway.Schemas.Protobuf.Parsing;

/// <summary>The tokens of a text with one of them current, and the ways parsers take them.</summary>
internal sealed class ProtoTokens
{
    private readonly ProtoLexer _lexer;

    public ProtoTokens(ProtoLexer lexer, BudgetMeter meter)
    {
        _lexer = lexer;
        Meter = meter;
        Current = lexer.Next();
    }

    public ProtoToken Current { get; private set; }

    public BudgetMeter Meter { get; }

    public bool AtEnd => Current.Kind == ProtoTokenKind.End;

    public ReadOnlySpan<char> Span => _lexer.Text.AsSpan(Current.Start, Current.Length);

    public string Text => Span.ToString();

    public void Next() => Current = _lexer.Next();

    public bool LookingAt(string text) => Current.Kind is ProtoTokenKind.Identifier or ProtoTokenKind.Symbol && Span.SequenceEqual(text);

    public bool TryConsume(string text)
    {
        if (!LookingAt(text)) return false;
        Next();
        return true;
    }

    public void Consume(string text)
    {
        if (!TryConsume(text)) throw Unexpected($"\"{text}\"");
    }

    public string Identifier(string what)
    {
        if (Current.Kind != ProtoTokenKind.Identifier) throw Unexpected(what);
        var text = Text;
        Next();
        return text;
    }

    /// <summary>Identifiers joined by dots.</summary>
    public string QualifiedName(string what)
    {
        var name = Identifier(what);
        if (!LookingAt(".")) return name;
        var whole = new StringBuilder(name);
        while (TryConsume(".")) whole.Append('.').Append(Identifier("a name after the dot"));
        return whole.ToString();
    }

    public ulong Integer(ulong max, string what)
    {
        if (Current.Kind != ProtoTokenKind.Integer) throw Unexpected(what);
        if (!ProtoLiterals.TryInteger(Span, max, out var value))
            throw new ProtoSyntaxException($"{Text} is out of range: at most {max.ToString(CultureInfo.InvariantCulture)} can stand here", Current.Start);
        Next();
        return value;
    }

    public int Int32(string what) => (int)Integer(int.MaxValue, what);

    public int SignedInt32(string what)
    {
        if (!TryConsume("-")) return Int32(what);
        return (int)-(long)Integer(1UL << 31, what);
    }

    /// <summary>A number of any form, <c>inf</c> and <c>nan</c> included, without sign.</summary>
    public double Number()
    {
        double value;
        switch (Current.Kind)
        {
            case ProtoTokenKind.Float:
                value = ProtoLiterals.Float(Span);
                break;
            case ProtoTokenKind.Integer when ProtoLiterals.TryInteger(Span, ulong.MaxValue, out var integer):
                value = integer;
                break;
            case ProtoTokenKind.Integer when Span[0] != '0':
                value = ProtoLiterals.Float(Span);
                break;
            case ProtoTokenKind.Integer:
                throw new ProtoSyntaxException($"{Text} is out of range", Current.Start);
            case ProtoTokenKind.Identifier when Span is "inf":
                value = double.PositiveInfinity;
                break;
            case ProtoTokenKind.Identifier when Span is "nan":
                value = ProtoLiterals.NotANumber;
                break;
            default:
                throw Unexpected("a number");
        }
        Next();
        return value;
    }

    /// <summary>The bytes of one or more strings that stand side by side.</summary>
    public byte[] Bytes(string what)
    {
        if (Current.Kind != ProtoTokenKind.String) throw Unexpected(what);
        var bytes = new List<byte>();
        while (Current.Kind == ProtoTokenKind.String)
        {
            ProtoLiterals.Unescape(Span[1..^1], bytes);
            Next();
        }
        return [.. bytes];
    }

    public string String(string what) => Encoding.UTF8.GetString(Bytes(what));

    public ProtoSyntaxException Unexpected(string expected) => new(
        AtEnd ? $"The text ends where {expected} is expected" : $"Found {Found} where {expected} is expected", Current.Start);

    private string Found => Current.Kind == ProtoTokenKind.String
        ? "a string"
        : $"\"{(Current.Length > 60 ? Span[..60].ToString() + "…" : Text)}\"";
}

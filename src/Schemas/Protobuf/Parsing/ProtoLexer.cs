namespace Gateway.Schemas.Protobuf.Parsing;

/// <summary>
/// Cuts a .proto text, or (with <paramref name="aggregate"/>) the text of an option's message value, into tokens. The latter has comments
/// that start with <c>#</c> and floats that end in <c>f</c>.
/// </summary>
internal sealed class ProtoLexer(string text, BudgetMeter meter, bool aggregate = false)
{
    private int _at = text.StartsWith('\ufeff') ? 1 : 0;
    private ProtoTokenKind _previous = ProtoTokenKind.End;
    private int _previousEnd = -1;

    public string Text => text;

    public ProtoToken Next()
    {
        meter.Step();
        SkipBlanks();
        if (_at >= text.Length) return new ProtoToken(ProtoTokenKind.End, text.Length, 0);
        var start = _at;
        var kind = Scan();
        _previous = kind;
        _previousEnd = _at;
        return new ProtoToken(kind, start, _at - start);
    }

    private char Peek(int ahead = 0) => _at + ahead < text.Length ? text[_at + ahead] : '\0';

    private ProtoTokenKind Scan()
    {
        var c = text[_at];
        if (IsLetter(c))
        {
            while (IsLetter(Peek()) || char.IsAsciiDigit(Peek())) _at++;
            return ProtoTokenKind.Identifier;
        }
        if (char.IsAsciiDigit(c)) return Number();
        if (c == '.' && char.IsAsciiDigit(Peek(1)))
        {
            if (_previous == ProtoTokenKind.Identifier && _previousEnd == _at)
                throw new ProtoSyntaxException("A blank is needed between an identifier and a decimal point", _at);
            return Number();
        }
        if (c is '"' or '\'')
        {
            Quoted(c);
            return ProtoTokenKind.String;
        }
        if (c < ' ' || c == 0x7f) throw new ProtoSyntaxException($"A control character (code {(int)c}) cannot stand here; remove it", _at);
        if (c > 0x7f) throw new ProtoSyntaxException($"\"{c}\" is not ASCII; only strings and comments may hold such characters", _at);
        _at++;
        return ProtoTokenKind.Symbol;
    }

    private ProtoTokenKind Number()
    {
        var start = _at;
        var isFloat = false;
        if (text[_at] == '0' && Peek(1) is 'x' or 'X')
        {
            _at += 2;
            if (!char.IsAsciiHexDigit(Peek())) throw new ProtoSyntaxException("\"0x\" must be followed by hex digits", start);
            while (char.IsAsciiHexDigit(Peek())) _at++;
        }
        else if (text[_at] == '0' && char.IsAsciiDigit(Peek(1)))
        {
            while (Peek() is >= '0' and <= '7') _at++;
            if (char.IsAsciiDigit(Peek())) throw new ProtoSyntaxException("Numbers with a leading zero are octal, so 8 and 9 cannot stand in them", start);
        }
        else
        {
            isFloat = Decimal();
        }
        if (IsLetter(Peek())) throw new ProtoSyntaxException("A blank is needed between a number and an identifier", _at);
        if (Peek() == '.') throw new ProtoSyntaxException(isFloat ? "A number has one decimal point at most" : "Hex and octal numbers have no decimal point", _at);
        return isFloat ? ProtoTokenKind.Float : ProtoTokenKind.Integer;
    }

    private bool Decimal()
    {
        var isFloat = false;
        while (char.IsAsciiDigit(Peek())) _at++;
        if (Peek() == '.')
        {
            isFloat = true;
            _at++;
            while (char.IsAsciiDigit(Peek())) _at++;
        }
        if (Peek() is 'e' or 'E')
        {
            isFloat = true;
            _at++;
            if (Peek() is '-' or '+') _at++;
            if (!char.IsAsciiDigit(Peek())) throw new ProtoSyntaxException("\"e\" must be followed by an exponent", _at);
            while (char.IsAsciiDigit(Peek())) _at++;
        }
        if (!aggregate || Peek() is not ('f' or 'F')) return isFloat;
        _at++;
        return true;
    }

    private void Quoted(char quote)
    {
        var start = _at++;
        while (true)
        {
            if (_at >= text.Length) throw new ProtoSyntaxException("A string that starts here has no end", start);
            var c = text[_at];
            if (c == '\n') throw new ProtoSyntaxException("A string cannot go over a line's end; close it, or write \\n", start);
            if (c == '\0') throw new ProtoSyntaxException("A zero character cannot stand in a string; write \\0", _at);
            _at++;
            if (c == quote) return;
            if (c == '\\') Escape();
        }
    }

    private void Escape()
    {
        var c = Peek();
        var start = _at - 1;
        _at++;
        switch (c)
        {
            case 'a' or 'b' or 'f' or 'n' or 'r' or 't' or 'v' or '\\' or '?' or '\'' or '"' or (>= '0' and <= '7'):
                return;
            case 'x' or 'X':
                if (!char.IsAsciiHexDigit(Peek())) throw new ProtoSyntaxException("\\x must be followed by one or two hex digits", start);
                return;
            case 'u':
                if (CodePoint(4) < 0) throw new ProtoSyntaxException("\\u must be followed by four hex digits", start);
                return;
            case 'U':
                // Compilers stop at what four bytes of UTF-8 can hold, not at the last character there is.
                if (CodePoint(8) is < 0 or > 0x1fffff) throw new ProtoSyntaxException("\\U must be followed by eight hex digits up to 0010ffff", start);
                return;
            default:
                throw new ProtoSyntaxException("This escape does not exist; write a backslash as \\\\", start);
        }
    }

    private long CodePoint(int digits)
    {
        long value = 0;
        for (var i = 0; i < digits; i++)
        {
            if (!char.IsAsciiHexDigit(Peek())) return -1;
            value = value * 16 + Convert.ToInt32(text[_at++].ToString(), 16);
        }
        return value;
    }

    private void SkipBlanks()
    {
        while (_at < text.Length)
        {
            var c = text[_at];
            if (c is ' ' or '\t' or '\n' or '\r' or '\v' or '\f') _at++;
            else if (aggregate && c == '#') SkipLine();
            else if (aggregate || c != '/') return;
            else if (Peek(1) == '/') SkipLine();
            else if (Peek(1) == '*') SkipBlock();
            else return;
        }
    }

    private void SkipLine()
    {
        while (_at < text.Length && text[_at] != '\n') _at++;
    }

    private void SkipBlock()
    {
        var start = _at;
        for (_at += 2; _at < text.Length; _at++)
        {
            if (text[_at] == '*' && Peek(1) == '/')
            {
                _at += 2;
                return;
            }
            if (text[_at] == '/' && Peek(1) == '*') throw new ProtoSyntaxException("\"/*\" inside a block comment: they do not nest", _at);
        }
        throw new ProtoSyntaxException("A comment that starts here has no end", start);
    }

    private static bool IsLetter(char c) => char.IsAsciiLetter(c) || c == '_';
}

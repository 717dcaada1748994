using System.Buffers;
using System.Globalization;

namespace Gateway.SchemaRegistry.Rules;

internal enum CelToken
{
    End,
    Identifier,
    Number,
    Text,
    Symbol,
    Faulty,
}

/// <summary>Cuts a CEL expression into its words, one ahead of the reader.</summary>
internal ref struct CelTokens(ReadOnlySpan<char> source)
{
    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789");
    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdefABCDEF");

    private static readonly SearchValues<char> Quotable = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-/ ");

    private readonly ReadOnlySpan<char> _source = source;
    private int _end;

    public CelToken Kind { get; private set; }

    /// <summary>Where the word begins.</summary>
    public int Start { get; private set; }

    public readonly ReadOnlySpan<char> Word => _source[Start.._end];

    public void Next()
    {
        SkipSpace();
        Start = _end;
        Kind = Start == _source.Length ? CelToken.End : Read();
    }

    private CelToken Read()
    {
        var first = At(0);
        if (char.IsAsciiDigit(first) || (first == '.' && char.IsAsciiDigit(At(1)))) return Number();
        if (first is '"' or '\'') return Text(isRaw: false);
        if (first is 'b' or 'B' && TextBehind(1)) return Text(isRaw: false, prefix: 1);
        if (first is 'r' or 'R' && TextBehind(1)) return Text(isRaw: true, prefix: 1);
        if (first is 'b' or 'B' && At(1) is 'r' or 'R' && TextBehind(2)) return Text(isRaw: true, prefix: 2);
        if (first == '`') return Quoted();
        if (first == '_' || char.IsAsciiLetter(first))
        {
            while (At(0) == '_' || char.IsAsciiLetterOrDigit(At(0))) _end++;
            return CelToken.Identifier;
        }
        _end += (first, At(1)) is ('|', '|') or ('&', '&') or ('<', '=') or ('>', '=') or ('=', '=') or ('!', '=') ? 2 : 1;
        return Word is "||" or "&&" or "<=" or ">=" or "==" or "!=" || "<>+-*/%!?:.,()[]{}".Contains(first, StringComparison.Ordinal) && Word.Length == 1
            ? CelToken.Symbol
            : CelToken.Faulty;
    }

    private CelToken Number()
    {
        if (At(0) == '0' && At(1) is 'x' or 'X' && HexDigits.Contains(At(2)))
        {
            _end += 2;
            Skip(HexDigits);
            return Whole(_source[(Start + 2).._end], NumberStyles.AllowHexSpecifier);
        }
        Skip(Digits);
        var isWhole = true;
        if (At(0) == '.' && char.IsAsciiDigit(At(1)))
        {
            _end++;
            Skip(Digits);
            isWhole = false;
        }
        if (At(0) is 'e' or 'E' && char.IsAsciiDigit(At(At(1) is '+' or '-' ? 2 : 1)))
        {
            _end += 2;
            Skip(Digits);
            isWhole = false;
        }
        return isWhole ? Whole(_source[Start.._end], NumberStyles.None) : CelToken.Number;
    }

    // A minus in front may belong to the number, so one more than the largest is let pass.
    private CelToken Whole(ReadOnlySpan<char> digits, NumberStyles style)
    {
        var fits = ulong.TryParse(digits, style, CultureInfo.InvariantCulture, out var number);
        if (At(0) is 'u' or 'U') _end++;
        else fits &= number <= 1UL << 63;
        return fits ? CelToken.Number : CelToken.Faulty;
    }

    private CelToken Text(bool isRaw, int prefix = 0)
    {
        _end += prefix;
        var quote = At(0);
        var isLong = At(1) == quote && At(2) == quote;
        _end += isLong ? 3 : 1;
        while (_end < _source.Length)
        {
            var next = At(0);
            if (next == quote && (!isLong || (At(1) == quote && At(2) == quote)))
            {
                _end += isLong ? 3 : 1;
                return CelToken.Text;
            }
            if (!isLong && next is '\n' or '\r') return CelToken.Faulty;
            _end++;
            if (next == '\\' && !isRaw && !Escape()) break;
        }
        // The letter behind the last backslash may not be there.
        _end = Math.Min(_end, _source.Length);
        return CelToken.Faulty;
    }

    private bool Escape()
    {
        var letter = At(0);
        _end++;
        switch (letter)
        {
            case 'a' or 'b' or 'f' or 'n' or 'r' or 't' or 'v' or '"' or '\'' or '\\' or '?' or '`': return true;
            case 'x' or 'X': return Hex(2);
            case 'u': return Hex(4);
            case 'U': return Hex(8);
            case >= '0' and <= '3' when At(0) is >= '0' and <= '7' && At(1) is >= '0' and <= '7':
                _end += 2;
                return true;
            default: return false;
        }
    }

    private bool Hex(int count)
    {
        for (var i = 0; i < count; i++)
            if (!HexDigits.Contains(At(i))) return false;
        _end += count;
        return true;
    }

    // The name of a field that is no identifier.
    private CelToken Quoted()
    {
        var end = _source[(Start + 1)..].IndexOf('`');
        if (end <= 0) return CelToken.Faulty;
        _end = Start + end + 2;
        return _source.Slice(Start + 1, end).ContainsAnyExcept(Quotable) ? CelToken.Faulty : CelToken.Identifier;
    }

    private void SkipSpace()
    {
        while (true)
        {
            while (At(0) is ' ' or '\t' or '\n' or '\f' or '\r') _end++;
            if (At(0) != '/' || At(1) != '/') return;
            while (_end < _source.Length && At(0) != '\n') _end++;
        }
    }

    private void Skip(SearchValues<char> characters)
    {
        while (_end < _source.Length && characters.Contains(_source[_end])) _end++;
    }

    private readonly bool TextBehind(int prefix) => At(prefix) is '"' or '\'';

    // Behind the end there is nothing, which no rule takes for something.
    private readonly char At(int ahead) => _end + ahead < _source.Length ? _source[_end + ahead] : '\0';
}

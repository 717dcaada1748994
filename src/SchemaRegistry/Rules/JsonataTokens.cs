using System.Globalization;

namespace Gateway.SchemaRegistry.Rules;

internal enum JsonataToken
{
    End,
    Operator,
    Name,
    Variable,

    /// <summary>A string, a number, <c>true</c>, <c>false</c>, <c>null</c> or a regular expression.</summary>
    Value,
    Faulty,
}

/// <summary>Cuts a JSONata expression into its words, one ahead of the reader.</summary>
internal ref struct JsonataTokens(ReadOnlySpan<char> source)
{
    private const string Operators = ".[]{}(),@#;:?+-*/%|=<>^&!~";

    private readonly ReadOnlySpan<char> _source = source;
    private int _end;

    public JsonataToken Kind { get; private set; }

    /// <summary>Where the word begins.</summary>
    public int Start { get; private set; }

    public readonly ReadOnlySpan<char> Word => _source[Start.._end];

    /// <summary>The next word.</summary>
    /// <param name="behindOperand">Whether an operand stands before it: a slash then divides, elsewhere it begins a regular expression.</param>
    public void Next(bool behindOperand)
    {
        var isClosed = SkipSpace();
        Start = _end;
        if (!isClosed) Kind = JsonataToken.Faulty;
        else Kind = Start == _source.Length ? JsonataToken.End : Read(behindOperand);
    }

    private JsonataToken Read(bool behindOperand)
    {
        var first = At(0);
        if (first == '/' && !behindOperand) return Pattern();
        if ((first, At(1)) is ('.', '.') or (':', '=') or ('!', '=') or ('>', '=') or ('<', '=') or ('*', '*') or ('~', '>') or ('?', ':') or ('?', '?'))
        {
            _end += 2;
            return JsonataToken.Operator;
        }
        if (Operators.Contains(first, StringComparison.Ordinal))
        {
            _end++;
            return first is '!' or '~' ? JsonataToken.Faulty : JsonataToken.Operator;
        }
        if (first is '"' or '\'') return Text(first);
        if (first == '`')
        {
            var end = _source[(Start + 1)..].IndexOf('`');
            _end = end < 0 ? _source.Length : Start + end + 2;
            return end < 0 ? JsonataToken.Faulty : JsonataToken.Name;
        }
        if (char.IsAsciiDigit(first)) return Number();
        while (_end < _source.Length && !IsSpace(At(0)) && !Operators.Contains(At(0), StringComparison.Ordinal)) _end++;
        if (first == '$') return JsonataToken.Variable;
        return Word switch
        {
            "and" or "or" or "in" => JsonataToken.Operator,
            "true" or "false" or "null" => JsonataToken.Value,
            _ => JsonataToken.Name,
        };
    }

    private JsonataToken Text(char quote)
    {
        _end++;
        while (_end < _source.Length)
        {
            var next = At(0);
            _end++;
            if (next == quote) return JsonataToken.Value;
            if (next != '\\') continue;
            var letter = At(0);
            _end++;
            if (letter == 'u')
            {
                for (var i = 0; i < 4; i++)
                    if (!char.IsAsciiHexDigit(At(i))) return Cut();
                _end += 4;
            }
            else if (letter is not ('"' or '\'' or '\\' or '/' or 'b' or 'f' or 'n' or 'r' or 't')) return Cut();
        }
        return Cut();
    }

    private JsonataToken Number()
    {
        if (At(0) == '0') _end++;
        else SkipDigits();
        // Two points are a range.
        if (At(0) == '.' && char.IsAsciiDigit(At(1)))
        {
            _end++;
            SkipDigits();
        }
        if (At(0) is 'e' or 'E' && char.IsAsciiDigit(At(At(1) is '+' or '-' ? 2 : 1)))
        {
            _end += 2;
            SkipDigits();
        }
        return double.IsFinite(double.Parse(Word, NumberStyles.Float, CultureInfo.InvariantCulture)) ? JsonataToken.Value : JsonataToken.Faulty;
    }

    // Ends at a slash that no bracket encloses and no backslash precedes. What is between is the client's to read.
    private JsonataToken Pattern()
    {
        var depth = 0;
        for (_end++; _end < _source.Length; _end++)
        {
            var next = At(0);
            if (next == '\\') _end++;
            else if (next is '(' or '[' or '{') depth++;
            else if (next is ')' or ']' or '}') depth--;
            else if (next == '/' && depth == 0)
            {
                var isEmpty = _end == Start + 1;
                _end++;
                while (At(0) is 'i' or 'm') _end++;
                return isEmpty ? JsonataToken.Faulty : JsonataToken.Value;
            }
        }
        return Cut();
    }

    private JsonataToken Cut()
    {
        _end = Math.Min(_end, _source.Length);
        return JsonataToken.Faulty;
    }

    /// <summary>False when a comment has no end.</summary>
    private bool SkipSpace()
    {
        while (true)
        {
            while (_end < _source.Length && IsSpace(At(0))) _end++;
            if (At(0) != '/' || At(1) != '*') return true;
            var end = _source[(_end + 2)..].IndexOf("*/", StringComparison.Ordinal);
            if (end < 0) return false;
            _end += end + 4;
        }
    }

    private void SkipDigits()
    {
        while (char.IsAsciiDigit(At(0))) _end++;
    }

    private static bool IsSpace(char character) => character is ' ' or '\t' or '\n' or '\r' or '\v';

    private readonly char At(int ahead) => _end + ahead < _source.Length ? _source[_end + ahead] : '\0';
}

using System.Buffers;
using System.Text;
using Google.Protobuf;

namespace Gateway.Schemas.Protobuf.Printing;

/// <summary>
/// Reads the text between the braces of an option's value: fields in text format, without knowing what they are. A field that is written
/// several times becomes one with several values.
/// </summary>
internal sealed class WrittenAggregate
{
    private const int MaxDepth = 500;
    private static readonly SearchValues<char> Word =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.+");

    private readonly string _text;
    private int _at;
    private int _depth;

    private WrittenAggregate(string text) => _text = text;

    public static ProtoOptionValue Read(string text)
    {
        var reader = new WrittenAggregate(text);
        var message = reader.Fields('\0');
        // The parser took this text for text format; should it not be, it is better kept than lost.
        return reader.Peek() == '\0' && message is not null ? message : new ProtoOptionValue.Word("{ " + text + " }");
    }

    private ProtoOptionValue.Message? Fields(char close)
    {
        if (++_depth > MaxDepth) throw new SchemaBudgetException($"options are nested more than {MaxDepth} levels deep, which is the limit");
        var fields = new List<(string Key, List<ProtoOptionValue> Values, bool IsList)>();
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        while (Peek() != close)
        {
            var key = Key();
            if (key.Length == 0) return null;
            TakeIf(':');
            var value = Value();
            if (value is null) return null;
            if (places.TryAdd(key, fields.Count)) fields.Add((key, [], false));
            var (_, values, isList) = fields[places[key]];
            if (value is ProtoOptionValue.Many many) values.AddRange(many.Values);
            else values.Add(value);
            fields[places[key]] = (key, values, isList || value is ProtoOptionValue.Many || values.Count > 1);
            if (!TakeIf(',')) TakeIf(';');
        }
        TakeIf(close);
        _depth--;
        return new ProtoOptionValue.Message([.. fields.Select(field =>
            KeyValuePair.Create(field.Key, field.IsList ? new ProtoOptionValue.Many(field.Values) : field.Values[0]))]);
    }

    private string Key()
    {
        if (!TakeIf('[')) return TakeWord();
        var key = new StringBuilder("[");
        while (Peek() is var next && next is not ('\0' or ']'))
        {
            var word = TakeWord();
            if (word.Length > 0) key.Append(word);
            else key.Append(_text[_at++]);
        }
        return TakeIf(']') ? key.Append(']').ToString() : "";
    }

    private ProtoOptionValue? Value()
    {
        if (TakeIf('{')) return Fields('}');
        if (TakeIf('<')) return Fields('>');
        if (TakeIf('[')) return Values();
        if (Peek() is '"' or '\'') return new ProtoOptionValue.Quoted(Strings());
        var sign = TakeIf('-') ? "-" : "";
        var word = TakeWord();
        // Exponents: the tokens of "1e-5" are one, but the dash is none of a word's characters.
        var isCutOff = word.Length > 1 && char.IsAsciiDigit(word[0]) && word[^1] is 'e' or 'E'
            && !word.StartsWith("0x", StringComparison.OrdinalIgnoreCase);
        if (isCutOff && _at < _text.Length && _text[_at] == '-' && TakeIf('-')) word += "-" + TakeWord();
        return word.Length == 0 ? null : new ProtoOptionValue.Word(sign + word);
    }

    private ProtoOptionValue.Many? Values()
    {
        var values = new List<ProtoOptionValue>();
        while (!TakeIf(']'))
        {
            if (Value() is not { } value) return null;
            values.Add(value);
            TakeIf(',');
        }
        return new ProtoOptionValue.Many(values);
    }

    /// <summary>String literals that follow each other are one string.</summary>
    private ByteString Strings()
    {
        var bytes = new ArrayBufferWriter<byte>();
        while (Peek() is '"' or '\'')
        {
            var quote = _text[_at++];
            var start = _at;
            while (_at < _text.Length && _text[_at] != quote) _at += _text[_at] == '\\' ? 2 : 1;
            _at = Math.Min(_at, _text.Length);
            Unescape(_text.AsSpan(start, _at - start), bytes);
            _at = Math.Min(_at + 1, _text.Length);
        }
        return ByteString.CopyFrom(bytes.WrittenSpan);
    }

    private static void Unescape(ReadOnlySpan<char> text, ArrayBufferWriter<byte> bytes)
    {
        while (text.Length > 0)
        {
            var plain = text.IndexOf('\\');
            if (plain < 0) plain = text.Length;
            Encoding.UTF8.GetBytes(text[..plain], bytes);
            text = text[plain..];
            if (text.Length < 2) return;
            var (value, length) = Escape(text[1..]);
            if (text[1] is 'u' or 'U' && Rune.TryCreate(value, out var rune)) Encoding.UTF8.GetBytes(rune.ToString(), bytes);
            else bytes.Write([(byte)value]);
            text = text[(1 + length)..];
        }
    }

    /// <summary>The value of an escape and how many characters it has behind the backslash.</summary>
    private static (int Value, int Length) Escape(ReadOnlySpan<char> text)
    {
        switch (text[0])
        {
            case 'a': return ('\a', 1);
            case 'b': return ('\b', 1);
            case 'f': return ('\f', 1);
            case 'n': return ('\n', 1);
            case 'r': return ('\r', 1);
            case 't': return ('\t', 1);
            case 'v': return ('\v', 1);
            case 'x' or 'X': return Digits(text, 1, 2, 16);
            case 'u': return Digits(text, 1, 4, 16);
            case 'U': return Digits(text, 1, 8, 16);
            case >= '0' and <= '7': return Digits(text, 0, 3, 8);
            default: return (text[0], 1);
        }
    }

    private static (int Value, int Length) Digits(ReadOnlySpan<char> text, int from, int most, int numberBase)
    {
        var (value, at) = (0, from);
        while (at < text.Length && at - from < most && char.IsAsciiHexDigit(text[at]))
        {
            var digit = Convert.ToInt32(text[at].ToString(), 16);
            if (digit >= numberBase) break;
            value = value * numberBase + digit;
            at++;
        }
        return (value, at);
    }

    private char Peek()
    {
        while (_at < _text.Length && char.IsWhiteSpace(_text[_at])) _at++;
        return _at < _text.Length ? _text[_at] : '\0';
    }

    private bool TakeIf(char c)
    {
        if (c == '\0' || Peek() != c) return false;
        _at++;
        return true;
    }

    private string TakeWord()
    {
        Peek();
        var length = _text.AsSpan(_at).IndexOfAnyExcept(Word);
        if (length < 0) length = _text.Length - _at;
        _at += length;
        return _text.Substring(_at - length, length);
    }
}

using System.Globalization;
using System.Text;

namespace Gateway.Schemas.Json.Patterns;

/// <summary>
/// Translates ECMA-262 regular expressions, read with the "u" flag as JSON Schema recommends: characters are code points, <c>\d \w \b</c> are
/// ASCII, <c>$</c> is the end. Two liberties of browsers are kept, lone braces and needless escapes of punctuation; all else that the
/// standard does not know is a fault, so that no pattern silently means something else.
/// </summary>
internal sealed class EcmaPattern
{
    private const int MaxLength = 20_000;
    private const int MaxNesting = 100;

    private readonly string _pattern;
    private readonly StringBuilder _output = new();
    private readonly EcmaGroups _groups;
    private bool _needsBacktracking;
    private bool _isAnchored;
    private int _ranges;
    private int _choices;
    private int _groupsSeen;
    private int _nesting;
    private int _at;

    private EcmaPattern(string pattern)
    {
        _pattern = pattern;
        _groups = EcmaGroups.In(pattern);
    }

    /// <summary>Translates a pattern.</summary>
    /// <exception cref="PatternFault">It is none.</exception>
    public static EcmaTranslation Translate(string pattern)
    {
        if (pattern.Length > MaxLength) throw new PatternFault($"it is longer than {MaxLength} characters, which is the limit");
        var translator = new EcmaPattern(pattern);
        var states = translator.Alternatives();
        if (translator._at < pattern.Length) throw translator.Fault("unmatched )");
        return new EcmaTranslation(translator._output.ToString(), translator._needsBacktracking, states, translator._ranges, translator._choices);
    }

    private char Current => _at < _pattern.Length ? _pattern[_at] : '\0';

    private bool AtEnd => _at >= _pattern.Length;

    private PatternFault Fault(string message) => new($"{message} at character {_at + 1} of {SchemaPattern.Shortened(_pattern)}");

    private long Alternatives()
    {
        var states = Sequence();
        while (Current == '|' && !AtEnd)
        {
            _at++;
            _output.Append('|');
            // At the top it is tried once; inside a group it multiplies with what follows.
            if (_nesting > 0) Choice();
            states += Sequence();
        }
        return states;
    }

    private long Sequence()
    {
        var states = 1L;
        while (!AtEnd && Current is not ('|' or ')')) states = Math.Min(states + Term(), int.MaxValue);
        return states;
    }

    /// <summary>An atom or an assertion with what repeats it.</summary>
    private long Term()
    {
        var start = _at;
        var written = _output.Length;
        var choicesBefore = _choices;
        var isGroup = Current == '(';
        var set = Atom(out var states, out var canRepeat);
        var quantifier = EcmaQuantifier.Read(_pattern, ref _at);
        if (set is not null)
        {
            _output.Length = written;
            set.Write(_output, repeated: quantifier is { Least: <= 1, IsEndless: true });
            _ranges += set.RangeCount;
        }
        if (quantifier is not { } count) return states;
        if (isGroup && count.Most != 1 && _choices > choicesBefore) _choices = int.MaxValue;
        if (count.Least != count.Most) Choice();
        // Without an anchor each place in the text is a start, and what repeats without end runs on from each.
        if (count.IsEndless && !_isAnchored) Choice();
        if (!canRepeat)
        {
            _at = start;
            throw Fault("nothing to repeat");
        }
        count.Write(_output);
        if (Current == '?' && !AtEnd)
        {
            _at++;
            _output.Append('?');
        }
        if (EcmaQuantifier.IsAt(_pattern, _at)) throw Fault("nothing to repeat");
        return Math.Min(states * Math.Max(1, count.IsEndless ? count.Least + 1L : count.Most), int.MaxValue);
    }

    private void Choice() => _choices = _choices == int.MaxValue ? int.MaxValue : _choices + 1;

    /// <summary>Reads one atom. A set of characters is given back, as how it is written depends on what follows; all else is written.</summary>
    private CodePointSet? Atom(out long states, out bool canRepeat)
    {
        states = 1;
        canRepeat = true;
        switch (Current)
        {
            case '^':
                _isAnchored |= _at == 0;
                _at++;
                _output.Append('^');
                canRepeat = false;
                return null;
            case '$':
                _at++;
                _output.Append("\\z");
                canRepeat = false;
                return null;
            case '(':
                states = Group(out canRepeat);
                return null;
            case '.':
                _at++;
                return CodePointSet.LineEnds.Complement();
            case '[':
                return EcmaClass.Read(_pattern, ref _at);
            case '\\':
                return Escape(out canRepeat);
            case '*' or '+' or '?' or '{' when EcmaQuantifier.IsAt(_pattern, _at):
                throw Fault("nothing to repeat");
            default:
                return new CodePointSet().Add(EcmaClass.CodePoint(_pattern, ref _at));
        }
    }

    private CodePointSet? Escape(out bool canRepeat)
    {
        canRepeat = true;
        var next = _at + 1 < _pattern.Length ? _pattern[_at + 1] : '\0';
        switch (next)
        {
            case 'b' or 'B':
                _at += 2;
                _needsBacktracking = true;
                canRepeat = false;
                const string Word = "[A-Za-z0-9_]";
                _output.Append(next == 'b'
                    ? $"(?:(?<={Word})(?!{Word})|(?<!{Word})(?={Word}))"
                    : $"(?:(?<={Word})(?={Word})|(?<!{Word})(?!{Word}))");
                return null;
            case >= '1' and <= '9':
                var end = _at + 1;
                while (end < _pattern.Length && char.IsAsciiDigit(_pattern[end])) end++;
                var number = EcmaQuantifier.Number(_pattern[(_at + 1)..end]);
                if (number > _groups.Count) throw Fault($"there is no group {number}");
                _at = end;
                BackReference(number);
                return null;
            case 'k':
                var close = _pattern.IndexOf('>', _at);
                if (_at + 2 >= _pattern.Length || _pattern[_at + 2] != '<' || close < 0
                    || _groups.Named(_pattern[(_at + 3)..close]) is not { } group) throw Fault("\\k names no group");
                _at = close + 1;
                BackReference(group);
                return null;
            default:
                return EcmaClass.Escaped(_pattern, ref _at, inClass: false);
        }
    }

    private void BackReference(int group)
    {
        _needsBacktracking = true;
        // A group that has matched nothing yet is matched by nothing, where .NET would fail.
        _output.Append(CultureInfo.InvariantCulture, $"(?(g{group})\\k<g{group}>)");
    }

    private long Group(out bool canRepeat)
    {
        if (++_nesting > MaxNesting) throw Fault($"groups nested more than {MaxNesting} deep, which is the limit,");
        canRepeat = true;
        _at++;
        if (Current == '?' && !AtEnd) Prefix(out canRepeat);
        else
        {
            _groupsSeen++;
            Open();
        }
        var states = Alternatives();
        if (AtEnd) throw Fault("a group is not closed");
        _at++;
        _output.Append(')');
        _nesting--;
        return states;
    }

    private void Prefix(out bool canRepeat)
    {
        canRepeat = true;
        var rest = _pattern.AsSpan(_at);
        if (rest.StartsWith("?:"))
        {
            _at += 2;
            _output.Append("(?:");
        }
        else if (rest.StartsWith("?=") || rest.StartsWith("?!")) Look(2);
        else if (rest.StartsWith("?<=") || rest.StartsWith("?<!"))
        {
            Look(3);
            canRepeat = false;
        }
        else if (rest.StartsWith("?<"))
        {
            var end = _pattern.IndexOf('>', _at);
            var name = end < 0 ? "" : _pattern[(_at + 2)..end];
            if (!IsName(name)) throw Fault("a group's name is none");
            if (_groups.Named(name) != ++_groupsSeen) throw Fault($"the group {name} is there twice");
            _at = end + 1;
            Open();
        }
        else throw Fault("ECMA-262 knows no such group");
    }

    private void Look(int length)
    {
        _needsBacktracking = true;
        _output.Append('(').Append(_pattern, _at, length);
        _at += length;
    }

    private void Open()
    {
        if (_groups.AreReferredTo) _output.Append(CultureInfo.InvariantCulture, $"(?<g{_groupsSeen}>");
        else _output.Append("(?:");
    }

    private static bool IsName(string name) =>
        name.Length > 0 && !char.IsDigit(name[0]) && name.All(character => char.IsLetterOrDigit(character) || character is '_' or '$');
}

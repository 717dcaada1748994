using System.Text;

namespace Gateway.Schemas.Protobuf.Printing;

/// <summary>Text in lines, two blanks per level.</summary>
internal sealed class ProtoLines
{
    /// <summary>Far more than any text a budget lets in comes to, unless it is made to: of deep levels, each line printed far in.</summary>
    public const int MaxCharacters = 48 * 1024 * 1024;

    private readonly StringBuilder _text = new();
    private int _level;

    public void Deeper() => _level++;

    public void Back() => _level--;

    public void Begin(string text) => Indent(_level).Append(text);

    public ProtoLines Append(string text)
    {
        _text.Append(text);
        Check();
        return this;
    }

    public void End(string text = "") => _text.Append(text).Append('\n');

    public void Line(string text)
    {
        Begin(text);
        End();
    }

    /// <summary>Parts two sections. Inside braces an empty line is as far indented as their head: ids are made from these bytes.</summary>
    public void Blank()
    {
        Indent(_level - 1);
        End();
    }

    public override string ToString() => _text.ToString();

    private StringBuilder Indent(int level)
    {
        Check();
        return level > 0 ? _text.Append(' ', 2 * level) : _text;
    }

    private void Check()
    {
        if (_text.Length > MaxCharacters)
            throw new SchemaBudgetException($"the text printed is longer than {MaxCharacters} characters, which is the limit");
    }
}

/// <summary>The braces behind the head of a declaration, with an empty line between the sections in them.</summary>
internal sealed class ProtoBlock(ProtoLines lines)
{
    private bool _hasSections;

    public void Section()
    {
        if (_hasSections)
        {
            lines.Blank();
            return;
        }
        lines.End(" {");
        lines.Deeper();
        _hasSections = true;
    }

    public void Close()
    {
        if (!_hasSections)
        {
            lines.End(" {}");
            return;
        }
        lines.Back();
        lines.Line("}");
    }
}

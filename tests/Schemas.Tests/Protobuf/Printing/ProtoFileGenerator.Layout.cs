using System.Globalization;
using System.Text;

namespace Gateway.Schemas.Tests.Protobuf.Printing;

/// <summary>How a file is written: order, spacing, comments, spelling.</summary>
internal sealed partial class ProtoFileGenerator
{
    /// <summary>One statement: a head, perhaps braces with statements in them. Fixed ones keep their order among each other.</summary>
    private sealed record Statement(Func<string, string> Head, List<Statement>? Body = null, bool IsFixed = false, bool IsFirst = false, string Scope = "");

    private string TypeIn(string scope, string type) =>
        _messages.Contains(type) || _enums.Exists(entry => entry.Name == type) || type.Contains('.') ? NameIn(scope, type) : type;

    /// <summary>In full, or from the innermost scope the two have in common. All names are different, so any such spelling is right.</summary>
    private string NameIn(string scope, string full)
    {
        var (at, parts) = (scope.Split('.'), full.Split('.'));
        var common = 0;
        while (common < at.Length && common < parts.Length - 1 && at[common] == parts[common]) common++;
        return _layout.Next(3) switch
        {
            0 => "." + full,
            1 => full,
            _ => string.Join('.', parts[_layout.Next(common + 1)..]),
        };
    }

    private string InBrackets(List<(string Name, Func<string> Value)> options)
    {
        if (options.Count == 0) return "";
        var groups = options.GroupBy(option => option.Name).Select(group => group.ToList()).ToList();
        Shuffle(groups, _layout);
        return $"{Space()}[{string.Join(", ", groups.SelectMany(group => group).Select(option => $"{option.Name}{Space()}={Space()}{option.Value()}"))}]";
    }

    private string Number(int number) => _layout.Next(4) switch
    {
        0 => $"0x{number:x}",
        _ => number.ToString(CultureInfo.InvariantCulture),
    };

    private string Quoted(string text)
    {
        var quoted = new StringBuilder();
        foreach (var c in text)
            quoted.Append(c switch { '"' => "\\\"", '\'' => "\\'", '\n' => "\\n", '\t' => "\\t", '\\' => "\\\\", < ' ' or '\u007f' => $"\\{Convert.ToString(c, 8).PadLeft(3, '0')}", _ => c.ToString() });
        return _layout.Next(2) == 0 ? $"\"{quoted}\"" : $"'' '{quoted}'";
    }

    private string Space() => _layout.Next(5) switch { 0 => " ", 1 => "\n\t", 2 => " /* so */ ", _ => "" };

    private void Render(List<Statement> statements, StringBuilder text, string scope)
    {
        var fixedOnes = new Queue<Statement>(statements.Where(statement => statement.IsFixed));
        var shuffled = statements.ToList();
        Shuffle(shuffled, _layout);
        shuffled = [.. shuffled.Select(statement => statement.IsFixed ? fixedOnes.Dequeue() : statement)];
        if (shuffled.Find(statement => statement.IsFirst) is { } first)
        {
            shuffled.Remove(first);
            shuffled.Insert(0, first);
        }
        foreach (var statement in shuffled)
        {
            text.Append(_layout.Next(6) switch { 0 => "  // remark\n", 1 => "\n\n", _ => "\t" });
            text.Append(statement.Head(scope));
            if (statement.Body is null)
            {
                text.Append(Space()).Append(";\n");
                continue;
            }
            text.Append(" {\n");
            Render(statement.Body, text, statement.Scope);
            text.Append("}\n");
        }
    }

    private static void Shuffle<T>(List<T> items, Random random)
    {
        for (var i = items.Count - 1; i > 0; i--)
        {
            var j = random.Next(i + 1);
            (items[i], items[j]) = (items[j], items[i]);
        }
    }
}

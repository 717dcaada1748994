using System.Text;
using Gateway.Schemas.Protobuf.Model;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Gateway.Schemas.Protobuf.Parsing;

/// <summary>Parses options to the form they have before anyone knows what their names stand for.</summary>
internal sealed class OptionParser(ProtoTokens tokens, ProtoPositions positions)
{
    /// <summary>A whole statement: <c>option name = value;</c>.</summary>
    public UninterpretedOption Statement()
    {
        tokens.Consume("option");
        var option = Assignment();
        tokens.Consume(";");
        return option;
    }

    /// <summary>What stands in brackets: <c>name = value</c>.</summary>
    public UninterpretedOption Assignment()
    {
        var option = new UninterpretedOption();
        positions.Set(option, ProtoPart.Name, tokens.Current.Start);
        do option.Name.Add(NamePart());
        while (tokens.TryConsume("."));
        tokens.Consume("=");
        Value(option);
        return option;
    }

    private UninterpretedOption.Types.NamePart NamePart()
    {
        if (!tokens.TryConsume("("))
            return new UninterpretedOption.Types.NamePart { NamePart_ = tokens.Identifier("an option's name"), IsExtension = false };
        var dot = tokens.TryConsume(".") ? "." : "";
        var name = dot + tokens.QualifiedName("the name of a custom option");
        tokens.Consume(")");
        return new UninterpretedOption.Types.NamePart { NamePart_ = name, IsExtension = true };
    }

    private void Value(UninterpretedOption option)
    {
        var start = tokens.Current.Start;
        var isNegative = tokens.TryConsume("-");
        switch (tokens.Current.Kind)
        {
            case ProtoTokenKind.Identifier when !isNegative:
                option.IdentifierValue = tokens.Identifier("a value");
                break;
            case ProtoTokenKind.Identifier:
                if (!tokens.LookingAt("inf") && !tokens.LookingAt("nan")) throw tokens.Unexpected("a number, \"inf\" or \"nan\"");
                var number = tokens.Number();
                option.DoubleValue = double.IsNaN(number) ? number : -number;
                break;
            case ProtoTokenKind.Integer:
                Integer(option, isNegative);
                break;
            case ProtoTokenKind.Float:
                option.DoubleValue = isNegative ? -tokens.Number() : tokens.Number();
                break;
            case ProtoTokenKind.String:
                if (isNegative) throw new ProtoSyntaxException("A string has no sign; remove the \"-\"", start);
                option.StringValue = ByteString.CopyFrom(tokens.Bytes("a string"));
                break;
            default:
                if (isNegative || !tokens.LookingAt("{")) throw tokens.Unexpected("an option's value");
                option.AggregateValue = Aggregate();
                break;
        }
    }

    private void Integer(UninterpretedOption option, bool isNegative)
    {
        if (!ProtoLiterals.TryInteger(tokens.Span, isNegative ? 1UL << 63 : ulong.MaxValue, out var value))
            option.DoubleValue = isNegative ? -tokens.Number() : tokens.Number();
        else if (isNegative)
            option.NegativeIntValue = (long)(0 - value);
        else
            option.PositiveIntValue = value;
        if (!option.HasDoubleValue) tokens.Next();
    }

    private string Aggregate()
    {
        var start = tokens.Current.Start;
        tokens.Consume("{");
        var text = new StringBuilder();
        for (var depth = 1; ; tokens.Next())
        {
            if (tokens.AtEnd) throw new ProtoSyntaxException("The value that starts here has no end; close it with \"}\"", start);
            if (tokens.LookingAt("{")) depth++;
            if (tokens.LookingAt("}") && --depth == 0) break;
            if (text.Length > 0) text.Append(' ');
            text.Append(tokens.Span);
        }
        tokens.Next();
        return text.ToString();
    }
}

using Gateway.Schemas.Protobuf.Model;

namespace Gateway.Schemas.Protobuf.Parsing.Options;

/// <summary>Single values in Protobuf's text format.</summary>
internal sealed class AggregateScalars(ProtoTokens tokens)
{
    /// <summary>The value's wire form; null when it is out of range or of another type.</summary>
    public byte[]? Value(ProtoField field)
    {
        switch (field.Kind)
        {
            case ProtoKind.String or ProtoKind.Bytes:
                return tokens.Bytes("a string in quotes");
            case ProtoKind.Bool:
                return Bool();
            case ProtoKind.Enum:
                return Enum(field.EnumType!);
            case ProtoKind.Float or ProtoKind.Double:
                return OptionScalars.Number(field.Kind, Number());
            default:
                var isNegative = tokens.TryConsume("-");
                var magnitude = tokens.Integer(ulong.MaxValue, "an integer");
                return OptionScalars.Integer(field.Kind, isNegative, magnitude);
        }
    }

    private byte[]? Bool()
    {
        if (tokens.Current.Kind == ProtoTokenKind.Integer) return tokens.Integer(1, "0 or 1") == 1 ? [1] : [0];
        return tokens.Identifier("true or false") switch
        {
            "true" or "True" or "t" => [1],
            "false" or "False" or "f" => [0],
            _ => null,
        };
    }

    private byte[]? Enum(ProtoEnum type)
    {
        if (tokens.Current.Kind == ProtoTokenKind.Identifier)
            return type.Find(tokens.Identifier("an enum's value")) is { } named ? OptionScalars.Varint((ulong)named.Number) : null;
        var number = tokens.SignedInt32("the name or the number of an enum's value");
        return type.IsClosed && type.Find(number) is null ? null : OptionScalars.Varint((ulong)number);
    }

    private double Number()
    {
        var sign = tokens.TryConsume("-") ? -1.0 : 1.0;
        if (tokens.Current.Kind != ProtoTokenKind.Identifier) return sign * tokens.Number();
        var name = tokens.Text;
        if (name.Equals("inf", StringComparison.OrdinalIgnoreCase) || name.Equals("infinity", StringComparison.OrdinalIgnoreCase))
        {
            tokens.Next();
            return sign * double.PositiveInfinity;
        }
        if (!name.Equals("nan", StringComparison.OrdinalIgnoreCase)) throw tokens.Unexpected("a number");
        tokens.Next();
        return sign < 0 ? -ProtoLiterals.NotANumber : ProtoLiterals.NotANumber;
    }
}

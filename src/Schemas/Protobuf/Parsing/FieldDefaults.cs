using System.Globalization;
using Gateway.Schemas.Protobuf.Model;
using Type = Google.Protobuf.Reflection.FieldDescriptorProto.Types.Type;

namespace Gateway.Schemas.Protobuf.Parsing;

/// <summary>Parses a field's default, and spells it as descriptors do.</summary>
internal static class FieldDefaults
{
    public static string Parse(Type type, ProtoTokens tokens)
    {
        switch (type)
        {
            case Type.Int32 or Type.Sint32 or Type.Sfixed32:
                return Signed(tokens, int.MaxValue);
            case Type.Int64 or Type.Sint64 or Type.Sfixed64:
                return Signed(tokens, long.MaxValue);
            case Type.Uint32 or Type.Fixed32:
                return Unsigned(tokens, uint.MaxValue);
            case Type.Uint64 or Type.Fixed64:
                return Unsigned(tokens, ulong.MaxValue);
            case Type.Float:
                return ProtoLiterals.Print((float)SignedNumber(tokens));
            case Type.Double:
                return ProtoLiterals.Print(SignedNumber(tokens));
            case Type.Bool:
                if (!tokens.LookingAt("true") && !tokens.LookingAt("false")) throw tokens.Unexpected("\"true\" or \"false\"");
                return tokens.Identifier("true or false");
            case Type.String:
                return tokens.String("a string as the default");
            case Type.Bytes:
                return ProtoLiterals.Escape(tokens.Bytes("a string as the default"));
            case Type.Enum:
                return tokens.Identifier("the name of an enum's value");
            default:
                throw new ProtoSyntaxException("Messages have no defaults; remove it", tokens.Current.Start);
        }
    }

    /// <summary>Whether a default, spelt as in descriptors, is a value of that type.</summary>
    public static bool IsValid(ProtoKind kind, string value)
    {
        const NumberStyles Sign = NumberStyles.AllowLeadingSign;
        var culture = CultureInfo.InvariantCulture;
        return kind switch
        {
            ProtoKind.Int32 or ProtoKind.SInt32 or ProtoKind.SFixed32 => int.TryParse(value, Sign, culture, out _),
            ProtoKind.Int64 or ProtoKind.SInt64 or ProtoKind.SFixed64 => long.TryParse(value, Sign, culture, out _),
            ProtoKind.UInt32 or ProtoKind.Fixed32 => uint.TryParse(value, NumberStyles.None, culture, out _),
            ProtoKind.UInt64 or ProtoKind.Fixed64 => ulong.TryParse(value, NumberStyles.None, culture, out _),
            ProtoKind.Float or ProtoKind.Double => value is "inf" or "-inf" or "nan" or "-nan" || double.TryParse(value, NumberStyles.Float, culture, out _),
            ProtoKind.Bool => value is "true" or "false",
            _ => true,
        };
    }

    /// <summary>A default of a descriptor as <see cref="Parse"/> would spell it: compilers differ in escapes, zeros and exponents.</summary>
    /// <exception cref="ProtoSyntaxException">An escape in it is none.</exception>
    public static string Respell(Type type, string value, BudgetMeter meter) => type switch
    {
        Type.Bytes => Parse(type, new ProtoTokens(new ProtoLexer($"\"{value}\"", meter), meter)),
        Type.Float when double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) => ProtoLiterals.Print((float)number),
        Type.Double when double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) => ProtoLiterals.Print(number),
        Type.Float or Type.Double when value == "-nan" => "nan",
        _ => value,
    };

    private static string Signed(ProtoTokens tokens, ulong max)
    {
        var sign = "";
        if (tokens.TryConsume("-"))
        {
            sign = "-";
            max++;
        }
        var value = tokens.Integer(max, "an integer as the default");
        return (value == 0 ? "" : sign) + value.ToString(CultureInfo.InvariantCulture);
    }

    private static string Unsigned(ProtoTokens tokens, ulong max)
    {
        if (tokens.LookingAt("-")) throw new ProtoSyntaxException("An unsigned field cannot have a negative default", tokens.Current.Start);
        return tokens.Integer(max, "an integer as the default").ToString(CultureInfo.InvariantCulture);
    }

    private static double SignedNumber(ProtoTokens tokens) => tokens.TryConsume("-") ? -tokens.Number() : tokens.Number();
}

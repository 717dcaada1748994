using Gateway.Schemas.Protobuf.Model;
using Google.Protobuf.Reflection;

namespace Gateway.Schemas.Protobuf.Parsing;

/// <summary>Parses enums.</summary>
internal sealed class EnumParser(ProtoTokens tokens, ProtoPositions positions, OptionParser options, int edition)
{
    private readonly ReservedParser _reserved = new(tokens, positions, edition);

    public EnumDescriptorProto Enum()
    {
        tokens.Consume("enum");
        var type = new EnumDescriptorProto();
        positions.Set(type, ProtoPart.Name, tokens.Current.Start);
        type.Name = tokens.Identifier("an enum's name");
        tokens.Consume("{");
        while (!tokens.TryConsume("}"))
        {
            if (tokens.TryConsume(";")) continue;
            if (tokens.LookingAt("option")) (type.Options ??= new EnumOptions()).UninterpretedOption.Add(options.Statement());
            else if (tokens.LookingAt("reserved")) _reserved.Enum(type);
            else type.Value.Add(Value());
        }
        return type;
    }

    private EnumValueDescriptorProto Value()
    {
        var value = new EnumValueDescriptorProto();
        positions.Set(value, ProtoPart.Name, tokens.Current.Start);
        value.Name = tokens.Identifier("the name of an enum's value");
        tokens.Consume("=");
        positions.Set(value, ProtoPart.Number, tokens.Current.Start);
        value.Number = tokens.SignedInt32("a number");
        if (tokens.TryConsume("["))
        {
            value.Options = new EnumValueOptions();
            do value.Options.UninterpretedOption.Add(options.Assignment());
            while (tokens.TryConsume(","));
            tokens.Consume("]");
        }
        tokens.Consume(";");
        return value;
    }
}

using Gateway.Schemas.Protobuf.Model;
using Google.Protobuf.Collections;
using Google.Protobuf.Reflection;

namespace Gateway.Schemas.Protobuf.Parsing;

/// <summary>Parses <c>reserved</c> statements, and the ends of number ranges.</summary>
internal sealed class ReservedParser(ProtoTokens tokens, ProtoPositions positions, int edition)
{
    /// <summary>The first number that is no field number.</summary>
    private const int NumbersEnd = 1 << 29;

    // Stands for "max" until the message's options are known.
    private const int Max = -1;

    public void Message(DescriptorProto message)
    {
        tokens.Consume("reserved");
        if (Names(message.ReservedName)) return;
        do
        {
            var range = new DescriptorProto.Types.ReservedRange();
            positions.Set(range, ProtoPart.Name, tokens.Current.Start);
            range.Start = tokens.Int32("a field number or a name");
            range.End = End(tokens, range.Start);
            message.ReservedRange.Add(range);
        }
        while (tokens.TryConsume(","));
        tokens.Consume(";");
    }

    public void Enum(EnumDescriptorProto type)
    {
        tokens.Consume("reserved");
        if (Names(type.ReservedName)) return;
        do
        {
            var range = new EnumDescriptorProto.Types.EnumReservedRange();
            positions.Set(range, ProtoPart.Name, tokens.Current.Start);
            range.Start = tokens.SignedInt32("an enum value's number or a name");
            range.End = !tokens.TryConsume("to") ? range.Start : tokens.TryConsume("max") ? int.MaxValue : tokens.SignedInt32("the end of the range");
            type.ReservedRange.Add(range);
        }
        while (tokens.TryConsume(","));
        tokens.Consume(";");
    }

    /// <summary>The exclusive end of a range, after its start.</summary>
    public static int End(ProtoTokens tokens, int start)
    {
        if (!tokens.TryConsume("to")) return Exclusive(start);
        return tokens.TryConsume("max") ? Max : Exclusive(tokens.Int32("the end of the range"));

        // Past the end of integers is past the end of field numbers anyway.
        int Exclusive(int last) => last == int.MaxValue
            ? throw new ProtoSyntaxException($"{last} is out of range: field numbers end at {NumbersEnd - 1}", tokens.Current.Start)
            : last + 1;
    }

    /// <summary>Puts a number where "max" was written; message sets have more numbers than others.</summary>
    public static void ResolveMax(DescriptorProto message)
    {
        var isSet = message.Options?.UninterpretedOption.Any(option =>
            option.Name is [{ IsExtension: false, NamePart_: "message_set_wire_format" }] && option.IdentifierValue == "true") ?? false;
        var end = isSet ? int.MaxValue : NumbersEnd;
        foreach (var range in message.ExtensionRange.Where(range => range.End == Max)) range.End = end;
        foreach (var range in message.ReservedRange.Where(range => range.End == Max)) range.End = end;
    }

    private bool Names(RepeatedField<string> names)
    {
        var isText = tokens.Current.Kind == ProtoTokenKind.String;
        if (!isText && tokens.Current.Kind != ProtoTokenKind.Identifier) return false;
        var isEdition = edition > ProtoFeatures.Proto3;
        do
        {
            if (isText == isEdition)
            {
                throw new ProtoSyntaxException(
                    isEdition ? "In editions reserved names stand without quotes; remove them" : "Before editions reserved names stand in quotes; add them",
                    tokens.Current.Start);
            }
            names.Add(isText ? tokens.String("a name in quotes") : tokens.Identifier("a name"));
        }
        while (tokens.TryConsume(","));
        tokens.Consume(";");
        return true;
    }
}

using Gateway.Schemas.Protobuf.Model;
using Google.Protobuf.Reflection;

namespace Gateway.Schemas.Protobuf.Parsing;

/// <summary>Parses messages and all that stands in them.</summary>
internal sealed class MessageParser(ProtoTokens tokens, ProtoPositions positions, OptionParser options, int edition)
{
    private readonly FieldParser _fields = new(tokens, positions, options, edition);
    private readonly EnumParser _enums = new(tokens, positions, options, edition);
    private readonly ReservedParser _reserved = new(tokens, positions, edition);

    public EnumParser Enums => _enums;

    public FieldParser Fields => _fields;

    public DescriptorProto Message()
    {
        tokens.Consume("message");
        var message = new DescriptorProto();
        positions.Set(message, ProtoPart.Name, tokens.Current.Start);
        message.Name = tokens.Identifier("a message's name");
        Body(message);
        return message;
    }

    public void Body(DescriptorProto message)
    {
        tokens.Meter.Enter();
        tokens.Consume("{");
        while (!tokens.TryConsume("}")) Statement(message);
        if (message.ExtensionRange.Count + message.ReservedRange.Count > 0) ReservedParser.ResolveMax(message);
        if (edition == ProtoFeatures.Proto3) AddSyntheticOneOfs(message);
        tokens.Meter.Leave();
    }

    /// <summary>An <c>extend</c> block: fields for another message.</summary>
    public void Extend(Google.Protobuf.Collections.RepeatedField<FieldDescriptorProto> extensions, Google.Protobuf.Collections.RepeatedField<DescriptorProto> nested)
    {
        tokens.Consume("extend");
        var start = tokens.Current.Start;
        var extendee = _fields.MessageName();
        tokens.Consume("{");
        do
        {
            var field = new FieldDescriptorProto { Extendee = extendee };
            positions.Set(field, ProtoPart.Extendee, start);
            extensions.Add(field);
            _fields.Labelled(field, nested, Body);
        }
        while (!tokens.TryConsume("}"));
    }

    private void Statement(DescriptorProto message)
    {
        if (tokens.TryConsume(";")) return;
        if (tokens.LookingAt("message"))
        {
            message.NestedType.Add(Message());
        }
        else if (tokens.LookingAt("enum"))
        {
            message.EnumType.Add(_enums.Enum());
        }
        else if (ProtoVisibility.IsAhead(tokens, edition))
        {
            var visibility = ProtoVisibility.Parse(tokens);
            if (tokens.LookingAt("message")) message.NestedType.Add(visibility.On(Message()));
            else message.EnumType.Add(visibility.On(_enums.Enum()));
        }
        else if (tokens.LookingAt("extensions"))
        {
            ExtensionRanges(message);
        }
        else if (tokens.LookingAt("reserved"))
        {
            _reserved.Message(message);
        }
        else if (tokens.LookingAt("extend"))
        {
            Extend(message.Extension, message.NestedType);
        }
        else if (tokens.LookingAt("option"))
        {
            (message.Options ??= new MessageOptions()).UninterpretedOption.Add(options.Statement());
        }
        else if (tokens.LookingAt("oneof"))
        {
            OneOf(message);
        }
        else
        {
            var field = new FieldDescriptorProto();
            message.Field.Add(field);
            _fields.Labelled(field, message.NestedType, Body);
        }
    }

    private void OneOf(DescriptorProto message)
    {
        tokens.Consume("oneof");
        var oneOf = new OneofDescriptorProto();
        var index = message.OneofDecl.Count;
        message.OneofDecl.Add(oneOf);
        positions.Set(oneOf, ProtoPart.Name, tokens.Current.Start);
        oneOf.Name = tokens.Identifier("a oneof's name");
        tokens.Consume("{");
        do
        {
            if (tokens.LookingAt("option"))
            {
                (oneOf.Options ??= new OneofOptions()).UninterpretedOption.Add(options.Statement());
                continue;
            }
            if (tokens.LookingAt("}")) throw new ProtoSyntaxException("A oneof needs at least one field", tokens.Current.Start);
            if (tokens.LookingAt("required") || tokens.LookingAt("optional") || tokens.LookingAt("repeated"))
                throw new ProtoSyntaxException("Fields of a oneof have no label; remove it", tokens.Current.Start);
            var field = new FieldDescriptorProto { Label = FieldDescriptorProto.Types.Label.Optional, OneofIndex = index };
            message.Field.Add(field);
            // A map is told so by its label's absence; it is refused for being in a oneof first.
            _fields.Unlabelled(field, message.NestedType, Body);
        }
        while (!tokens.TryConsume("}"));
    }

    private void ExtensionRanges(DescriptorProto message)
    {
        tokens.Consume("extensions");
        var added = new List<DescriptorProto.Types.ExtensionRange>();
        do
        {
            var range = new DescriptorProto.Types.ExtensionRange();
            positions.Set(range, ProtoPart.Name, tokens.Current.Start);
            range.Start = tokens.Int32("a field number");
            range.End = ReservedParser.End(tokens, range.Start);
            added.Add(range);
        }
        while (tokens.TryConsume(","));
        if (tokens.TryConsume("["))
        {
            var given = new ExtensionRangeOptions();
            do given.UninterpretedOption.Add(options.Assignment());
            while (tokens.TryConsume(","));
            tokens.Consume("]");
            foreach (var range in added) range.Options = Copy(given);
        }
        tokens.Consume(";");
        message.ExtensionRange.AddRange(added);
    }

    private ExtensionRangeOptions Copy(ExtensionRangeOptions given)
    {
        // Each range of the statement gets all its options.
        tokens.Meter.Step(20 * given.UninterpretedOption.Count);
        var copy = given.Clone();
        for (var i = 0; i < copy.UninterpretedOption.Count; i++) positions.Share(copy.UninterpretedOption[i], given.UninterpretedOption[i]);
        return copy;
    }

    /// <summary>Each proto3 <c>optional</c> field gets a oneof of its own: that is how descriptors tell that it has presence.</summary>
    private void AddSyntheticOneOfs(DescriptorProto message)
    {
        HashSet<string>? names = null;
        foreach (var field in message.Field)
        {
            if (!field.Proto3Optional) continue;
            names ??= message.Field.Select(other => other.Name).Concat(message.OneofDecl.Select(other => other.Name)).ToHashSet(StringComparer.Ordinal);
            var name = field.Name.StartsWith('_') ? field.Name : "_" + field.Name;
            while (!names.Add(name)) name = "X" + name;
            field.OneofIndex = message.OneofDecl.Count;
            var oneOf = new OneofDescriptorProto { Name = name };
            positions.Share(oneOf, field);
            message.OneofDecl.Add(oneOf);
        }
    }
}

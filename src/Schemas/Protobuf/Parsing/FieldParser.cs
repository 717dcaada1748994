using System.Globalization;
using Gateway.Schemas.Protobuf.Model;
using Google.Protobuf.Collections;
using Google.Protobuf.Reflection;
using Label = Google.Protobuf.Reflection.FieldDescriptorProto.Types.Label;
using Type = Google.Protobuf.Reflection.FieldDescriptorProto.Types.Type;

namespace Gateway.Schemas.Protobuf.Parsing;

/// <summary>Parses a field of a message, of a oneof or of an <c>extend</c> block.</summary>
internal sealed class FieldParser(ProtoTokens tokens, ProtoPositions positions, OptionParser options, int edition)
{
    private static readonly Dictionary<string, Type>.AlternateLookup<ReadOnlySpan<char>> Types = new Dictionary<string, Type>(StringComparer.Ordinal)
    {
        ["double"] = Type.Double,
        ["float"] = Type.Float,
        ["uint64"] = Type.Uint64,
        ["fixed64"] = Type.Fixed64,
        ["fixed32"] = Type.Fixed32,
        ["bool"] = Type.Bool,
        ["string"] = Type.String,
        ["group"] = Type.Group,
        ["bytes"] = Type.Bytes,
        ["uint32"] = Type.Uint32,
        ["sfixed32"] = Type.Sfixed32,
        ["sfixed64"] = Type.Sfixed64,
        ["int32"] = Type.Int32,
        ["int64"] = Type.Int64,
        ["sint32"] = Type.Sint32,
        ["sint64"] = Type.Sint64,
    }.GetAlternateLookup<ReadOnlySpan<char>>();

    private bool IsEdition => edition > ProtoFeatures.Proto3;

    /// <summary>Parses one field with its label.</summary>
    /// <param name="field">Filled in; its extendee is set already, if it has one.</param>
    /// <param name="nested">Where messages of groups and map entries go.</param>
    /// <param name="body">Parses a group's message.</param>
    public void Labelled(FieldDescriptorProto field, RepeatedField<DescriptorProto> nested, Action<DescriptorProto> body)
    {
        Label(field);
        Unlabelled(field, nested, body);
    }

    /// <summary>The same without a label in front, as in a oneof.</summary>
    public void Unlabelled(FieldDescriptorProto field, RepeatedField<DescriptorProto> nested, Action<DescriptorProto> body)
    {
        positions.Set(field, ProtoPart.Type, tokens.Current.Start);
        var map = default((FieldDescriptorProto Key, FieldDescriptorProto Value)?);
        if (tokens.LookingAt("map"))
        {
            var start = tokens.Current.Start;
            tokens.Next();
            if (tokens.LookingAt("<")) map = Map(field, start);
            else field.TypeName = "map";
        }
        if (map is null)
        {
            if (!field.HasLabel)
            {
                if (edition <= ProtoFeatures.Proto2)
                    throw new ProtoSyntaxException("In proto2 a field needs a label: write \"optional\", \"required\" or \"repeated\" before its type", tokens.Current.Start);
                field.Label = FieldDescriptorProto.Types.Label.Optional;
            }
            if (!field.HasTypeName) FieldType(field);
        }
        positions.Set(field, ProtoPart.Name, tokens.Current.Start);
        var nameStart = tokens.Current.Start;
        field.Name = tokens.Identifier("a field's name");
        tokens.Consume("=");
        positions.Set(field, ProtoPart.Number, tokens.Current.Start);
        field.Number = tokens.Int32("a field's number");
        Options(field);
        if (field is { HasType: true, Type: Type.Group })
        {
            Group(field, nested, nameStart, body);
            return;
        }
        tokens.Consume(";");
        if (map is { } entry) nested.Add(MapEntry(field, entry.Key, entry.Value));
    }

    /// <summary>The name of a message: a type's name that is none of the scalars.</summary>
    public string MessageName()
    {
        if (tokens.Current.Kind == ProtoTokenKind.Identifier && Types.ContainsKey(tokens.Span)) throw tokens.Unexpected("a message's name");
        return TypeName();
    }

    private void Label(FieldDescriptorProto field)
    {
        var start = tokens.Current.Start;
        if (tokens.TryConsume("repeated"))
        {
            field.Label = FieldDescriptorProto.Types.Label.Repeated;
        }
        else if (tokens.TryConsume("required"))
        {
            if (edition == ProtoFeatures.Proto3) throw new ProtoSyntaxException("proto3 has no required fields; remove the label", start);
            if (IsEdition)
                throw new ProtoSyntaxException("Editions have no label \"required\"; set features.field_presence = LEGACY_REQUIRED instead", start);
            field.Label = FieldDescriptorProto.Types.Label.Required;
        }
        else if (tokens.TryConsume("optional"))
        {
            if (IsEdition)
                throw new ProtoSyntaxException("Editions have no label \"optional\"; fields have presence unless features.field_presence says otherwise", start);
            field.Label = FieldDescriptorProto.Types.Label.Optional;
            if (edition == ProtoFeatures.Proto3) field.Proto3Optional = true;
        }
        else
        {
            return;
        }
        positions.Set(field, ProtoPart.Label, start);
    }

    private void FieldType(FieldDescriptorProto field)
    {
        var start = tokens.Current.Start;
        if (tokens.Current.Kind == ProtoTokenKind.Identifier && Types.TryGetValue(tokens.Span, out var type))
        {
            if (type == Type.Group && IsEdition)
                throw new ProtoSyntaxException("Editions have no groups; set features.message_encoding = DELIMITED on a message field instead", start);
            field.Type = type;
            tokens.Next();
            return;
        }
        field.TypeName = TypeName();
    }

    private string TypeName()
    {
        var dot = tokens.TryConsume(".") ? "." : "";
        return dot + tokens.QualifiedName("a type's name");
    }

    private (FieldDescriptorProto Key, FieldDescriptorProto Value) Map(FieldDescriptorProto field, int start)
    {
        if (field.HasOneofIndex) throw new ProtoSyntaxException("A oneof cannot hold a map; wrap it in a message", start);
        if (field.HasLabel) throw new ProtoSyntaxException("A map has no label; remove it", start);
        if (field.HasExtendee) throw new ProtoSyntaxException("An extension cannot be a map; wrap it in a message", start);
        field.Label = FieldDescriptorProto.Types.Label.Repeated;
        var key = new FieldDescriptorProto { Name = "key", Number = 1, Label = FieldDescriptorProto.Types.Label.Optional };
        var value = new FieldDescriptorProto { Name = "value", Number = 2, Label = FieldDescriptorProto.Types.Label.Optional };
        tokens.Consume("<");
        positions.Set(key, ProtoPart.Name, tokens.Current.Start);
        FieldType(key);
        tokens.Consume(",");
        positions.Set(value, ProtoPart.Name, tokens.Current.Start);
        FieldType(value);
        tokens.Consume(">");
        return (key, value);
    }

    private DescriptorProto MapEntry(FieldDescriptorProto field, FieldDescriptorProto key, FieldDescriptorProto value)
    {
        field.TypeName = ProtoNames.ToMapEntry(field.Name);
        // Key and value follow the features their field was given.
        foreach (var option in field.Options?.UninterpretedOption ?? [])
        {
            if (option.Name[0] is not { IsExtension: false, NamePart_: "features" }) continue;
            foreach (var part in (ReadOnlySpan<FieldDescriptorProto>)[key, value])
            {
                var copy = option.Clone();
                positions.Share(copy, option);
                (part.Options ??= new FieldOptions()).UninterpretedOption.Add(copy);
            }
        }
        var entry = new DescriptorProto { Name = field.TypeName, Options = new MessageOptions { MapEntry = true } };
        entry.Field.Add(key);
        entry.Field.Add(value);
        positions.Share(entry, field);
        return entry;
    }

    private void Group(FieldDescriptorProto field, RepeatedField<DescriptorProto> nested, int nameStart, Action<DescriptorProto> body)
    {
        if (!char.IsAsciiLetterUpper(field.Name[0])) throw new ProtoSyntaxException("A group's name must start with a capital letter", nameStart);
        var message = new DescriptorProto { Name = field.Name };
        positions.Set(message, ProtoPart.Name, nameStart);
        field.TypeName = field.Name;
        field.Name = field.Name.ToLower(CultureInfo.InvariantCulture);
        nested.Add(message);
        if (!tokens.LookingAt("{")) throw tokens.Unexpected("a group's body");
        body(message);
    }

    private void Options(FieldDescriptorProto field)
    {
        if (!tokens.TryConsume("[")) return;
        do
        {
            if (tokens.LookingAt("default")) Default(field);
            else if (tokens.LookingAt("json_name")) JsonName(field);
            else (field.Options ??= new FieldOptions()).UninterpretedOption.Add(options.Assignment());
        }
        while (tokens.TryConsume(","));
        tokens.Consume("]");
    }

    private void JsonName(FieldDescriptorProto field)
    {
        if (field.HasExtendee) throw new ProtoSyntaxException("Extensions have no json_name; remove it", tokens.Current.Start);
        if (field.HasJsonName) throw new ProtoSyntaxException("json_name is given twice", tokens.Current.Start);
        positions.Set(field, ProtoPart.JsonName, tokens.Current.Start);
        tokens.Next();
        tokens.Consume("=");
        field.JsonName = tokens.String("a JSON name in quotes");
    }

    private void Default(FieldDescriptorProto field)
    {
        if (field.HasDefaultValue) throw new ProtoSyntaxException("The default is given twice", tokens.Current.Start);
        positions.Set(field, ProtoPart.Default, tokens.Current.Start);
        tokens.Next();
        tokens.Consume("=");
        field.DefaultValue = field.HasType ? FieldDefaults.Parse(field.Type, tokens) : tokens.Identifier("the name of an enum's value");
    }
}

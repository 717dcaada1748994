using Gateway.Schemas.Protobuf.Model;
using Google.Protobuf.Reflection;
using Label = Google.Protobuf.Reflection.FieldDescriptorProto.Types.Label;
using Type = Google.Protobuf.Reflection.FieldDescriptorProto.Types.Type;

namespace Gateway.Schemas.Protobuf.Parsing.Validation;

/// <summary>The rules of fields, extensions included.</summary>
internal sealed class FieldValidation(ProtoFile file)
{
    public void Check(ProtoField field)
    {
        FileValidation.Name(field.Name, field.Proto);
        if (field.IsExtension) NumberValidation.Field(field);
        if (field.Proto.Label is not (Label.Optional or Label.Required or Label.Repeated))
            throw new ProtoFault($"\"{field.Name}\" has no label", field.Proto);
        if (field.Proto is { Proto3Optional: true, HasOneofIndex: false } && !field.IsExtension)
            throw new ProtoFault($"\"{field.Name}\" is a proto3 optional field without its oneof", field.Proto);
        if (file.IsProto3) Proto3(field);
        Default(field);
        Options(field);
        if (field.MessageType is { IsMapEntry: true }) Map(field);
        if (file.Edition > ProtoFeatures.Proto3) FeatureValidation.Field(field);
        if (field is { HasPresence: false, IsRepeated: false, EnumType.IsClosed: true })
            throw new ProtoFault($"\"{field.Name}\" has no presence, so its enum \"{field.EnumType.FullName}\" must be open: one of proto3, or of an edition", field.Proto, ProtoPart.Type);
    }

    private static void Proto3(ProtoField field)
    {
        if (field.Proto.HasDefaultValue) throw new ProtoFault("proto3 has no defaults; remove it", field.Proto, ProtoPart.Default);
        if (field.Proto.Label == Label.Required) throw new ProtoFault("proto3 has no required fields", field.Proto, ProtoPart.Label);
        if (field.Proto.Type == Type.Group) throw new ProtoFault("proto3 has no groups; declare a message and a field of it", field.Proto, ProtoPart.Type);
        if (field.EnumType is { IsClosed: true } type)
            throw new ProtoFault($"The enum \"{type.FullName}\" is closed, so proto3 messages cannot use it; declare it in proto3, or open", field.Proto, ProtoPart.Type);
    }

    private static void Default(ProtoField field)
    {
        if (field.Default is not { } value) return;
        if (field.IsRepeated) throw new ProtoFault("Repeated fields have no default; remove it", field.Proto, ProtoPart.Default);
        if (field.Kind == ProtoKind.Message) throw new ProtoFault("Messages have no default; remove it", field.Proto, ProtoPart.Default);
        if (field.EnumType is { } type)
        {
            if (type.Find(value) is null) throw new ProtoFault($"The enum \"{type.FullName}\" has no value \"{value}\" to be the default", field.Proto, ProtoPart.Default);
        }
        else if (!FieldDefaults.IsValid(field.Kind, value))
        {
            throw new ProtoFault($"\"{value}\" is not a value of {field.Kind.ToString().ToLowerInvariant()}, so it is no default", field.Proto, ProtoPart.Default);
        }
    }

    private void Options(ProtoField field)
    {
        if (field.Proto.Options is not { } options) return;
        if (options.Packed && !(field.IsRepeated && field.Kind.IsPackable()))
            throw new ProtoFault("Only repeated fields of numbers, bools and enums can be packed", field.Proto);
        if (options.HasPacked && file.Edition > ProtoFeatures.Proto3)
            throw new ProtoFault("Editions have no option packed; set features.repeated_field_encoding instead", field.Proto);
        if ((options.Lazy || options.UnverifiedLazy) && field.Kind != ProtoKind.Message)
            throw new ProtoFault("Only messages can be lazy", field.Proto);
        if (options.HasCtype && file.Edition >= ProtoFeatures.Edition2024)
            throw new ProtoFault("Edition 2024 has no option ctype", field.Proto);
        if (options.HasJstype && options.Jstype != FieldOptions.Types.JSType.JsNormal
            && field.Kind is not (ProtoKind.Int64 or ProtoKind.UInt64 or ProtoKind.SInt64 or ProtoKind.Fixed64 or ProtoKind.SFixed64))
            throw new ProtoFault("jstype is for 64-bit integers only", field.Proto);
    }

    private static void Map(ProtoField field)
    {
        var entry = field.MessageType!;
        var isWellFormed = field is { IsRepeated: true, IsExtension: false } && ReferenceEquals(entry.Parent, field.Scope)
            && entry.Name == ProtoNames.ToMapEntry(field.Name) && entry.Fields is [{ Number: 1, Name: "key" }, { Number: 2, Name: "value" }]
            && entry.Fields.All(part => part.Proto.Label == Label.Optional)
            && entry.Nested.Count + entry.Enums.Count + entry.Extensions.Count + entry.OneOfs.Count + entry.Proto.ExtensionRange.Count == 0;
        if (!isWellFormed) throw new ProtoFault("map_entry is not for use by hand; write map<key, value>", field.Proto);
        if (entry.Fields[0].Kind is ProtoKind.Float or ProtoKind.Double or ProtoKind.Bytes or ProtoKind.Message or ProtoKind.Enum)
            throw new ProtoFault($"The keys of \"{field.Name}\" cannot be {entry.Fields[0].Kind.ToString().ToLowerInvariant()}s; take a string, an integer or a bool", field.Proto, ProtoPart.Type);
        if (entry.Fields[1].EnumType is { } type && type.Values.Count > 0 && type.Values[0].Number != 0)
            throw new ProtoFault($"The first value of the enum \"{type.FullName}\" must be zero for it to be a map's value", field.Proto, ProtoPart.Type);
    }
}

using Gateway.Schemas.Protobuf.Model;
using Google.Protobuf.Reflection;

namespace Gateway.Schemas.Protobuf.Parsing.Validation;

/// <summary>Which features make sense where, from edition 2023 on.</summary>
internal static class FeatureValidation
{
    // No feature has this value, so what differs from it was written.
    private static readonly ProtoFeatures Unset = new(-1, -1, -1, -1, -1, -1);

    public static void File(ProtoFile file)
    {
        var own = Unset.With(file.Proto.Options?.Features);
        Known(own, file.Proto);
        if (own.FieldPresence == ProtoFeatures.Required)
            throw new ProtoFault("A file cannot make all fields required; say so at each field", file.Proto);
        if (file.Edition > ProtoFeatures.Proto3 && file.Proto.Options is { JavaStringCheckUtf8: true })
            throw new ProtoFault("Editions have no option java_string_check_utf8; set features.(pb.java).utf8_validation instead", file.Proto);
    }

    public static void Field(ProtoField field)
    {
        var own = Unset.With(field.Proto.Options?.Features);
        Known(own, field.Proto);
        // What stands at a map field is handed on to its key and value, where it is not asked about again.
        var isEntryPart = field.Scope is { IsMapEntry: true };
        if (own.FieldPresence >= 0 && !isEntryPart)
        {
            if (field.IsRepeated) throw Fault(field, "Repeated fields have no presence to set");
            if (field.OneOf is not null) throw Fault(field, "Fields of a oneof always have presence");
            if (field.IsExtension && own.FieldPresence != ProtoFeatures.Explicit) throw Fault(field, "Extensions always have presence, and are never required");
            if (field.Kind == ProtoKind.Message && own.FieldPresence == ProtoFeatures.Implicit) throw Fault(field, "Messages always have presence");
        }
        if (field.Default is not null && !field.HasPresence)
            throw new ProtoFault("A field without presence has no default", field.Proto, ProtoPart.Default);
        if (own.RepeatedEncoding >= 0)
        {
            if (!field.IsRepeated && !isEntryPart) throw Fault(field, "Only repeated fields have a repeated_field_encoding");
            if (own.RepeatedEncoding == ProtoFeatures.Packed && !field.Kind.IsPackable()) throw Fault(field, "Only numbers, bools and enums can be packed");
        }
        if (own.Utf8Validation >= 0 && !isEntryPart && !IsText(field)) throw Fault(field, "Only strings have a utf8_validation");
        if (own.MessageEncoding >= 0 && (field.Kind != ProtoKind.Message || field.IsMap)) throw Fault(field, "Only messages have a message_encoding");
    }

    private static bool IsText(ProtoField field) =>
        field.Kind == ProtoKind.String || (field.IsMap && field.MessageType!.Fields.Any(part => part.Kind == ProtoKind.String));

    private static void Known(ProtoFeatures own, object element)
    {
        if (own.FieldPresence == 0 || own.EnumType == 0 || own.RepeatedEncoding == 0 || own.Utf8Validation == 0 || own.MessageEncoding == 0 || own.JsonFormat == 0)
            throw new ProtoFault("A feature is set to its unknown value; choose another, or leave it out", element);
    }

    private static ProtoFault Fault(ProtoField field, string message) => new(message + "; remove the feature", field.Proto);
}

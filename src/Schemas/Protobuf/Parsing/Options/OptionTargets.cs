using Gateway.Schemas.Protobuf.Model;
using Google.Protobuf.Reflection;
using Target = Google.Protobuf.Reflection.FieldOptions.Types.OptionTargetType;

namespace Gateway.Schemas.Protobuf.Parsing.Options;

/// <summary>Where options may be used: on which elements, and in which editions.</summary>
internal static class OptionTargets
{
    private const string FeatureSet = "google.protobuf.FeatureSet";

    public static void Check(ProtoField field, Target target, UninterpretedOption option, int edition)
    {
        var allowed = field.Proto.Options?.Targets;
        if (allowed is { Count: > 0 } && !allowed.Contains(target))
            throw new ProtoFault($"Option \"{field.FullName}\" cannot be set on {Name(target)}", option);
        if (edition < ProtoFeatures.Edition2023 && field.MessageType?.FullName == FeatureSet && field.ContainingType.File.Name == BuiltIn.BuiltInFiles.Descriptor)
            throw new ProtoFault("Features exist from edition 2023 on; write edition = \"2023\" instead of the syntax", option);
        if (edition < ProtoFeatures.Edition2024 && field.FullName is FeatureSet + ".enforce_naming_style" or FeatureSet + ".default_symbol_visibility")
            throw new ProtoFault($"\"{field.FullName}\" exists from edition 2024 on", option);
        if (field.FullName == "google.protobuf.MessageOptions.map_entry")
            throw new ProtoFault("map_entry is not for use by hand; write map<key, value>", option);
        if (edition >= ProtoFeatures.Edition2024 && field.FullName == "google.protobuf.FileOptions.java_multiple_files")
            throw new ProtoFault("Edition 2024 has no option java_multiple_files; that is what it does anyway", option);
    }

    private static string Name(Target target) => target switch
    {
        Target.TargetTypeFile => "a file",
        Target.TargetTypeExtensionRange => "an extension range",
        Target.TargetTypeMessage => "a message",
        Target.TargetTypeField => "a field",
        Target.TargetTypeOneof => "a oneof",
        Target.TargetTypeEnum => "an enum",
        Target.TargetTypeEnumEntry => "an enum's value",
        Target.TargetTypeService => "a service",
        _ => "a method",
    };
}

using Gateway.Schemas.Protobuf.Model;
using Google.Protobuf.Reflection;
using FileOptions = Google.Protobuf.Reflection.FileOptions;

namespace Gateway.Schemas.Protobuf.Parsing.Validation;

/// <summary>The rules of extensions: what may be extended, with which numbers and how.</summary>
internal static class ExtensionValidation
{
    private static readonly HashSet<string> Options =
    [
        .. new[]
        {
            "FileOptions", "MessageOptions", "FieldOptions", "EnumOptions", "EnumValueOptions", "ServiceOptions", "MethodOptions",
            "OneofOptions", "ExtensionRangeOptions", "StreamOptions", "SourceFile", "FeatureSet",
        }.Select(name => "google.protobuf." + name),
    ];

    public static bool IsLite(ProtoFile file) => file.Proto.Options?.OptimizeFor == FileOptions.Types.OptimizeMode.LiteRuntime;

    public static void Check(ProtoField extension, ProtoPool pool, ProtoFile file, BudgetMeter meter)
    {
        var extendee = extension.ContainingType;
        // The ranges are looked through one by one.
        meter.Step(1 + extendee.Proto.ExtensionRange.Count / 8);
        if (file.IsProto3 && !Options.Contains(extendee.FullName))
            throw new ProtoFault($"In proto3 only options can be extended, not \"{extendee.FullName}\"", extension.Proto, ProtoPart.Extendee);
        if (!extendee.IsExtensionNumber(extension.Number))
            throw new ProtoFault($"\"{extendee.FullName}\" does not leave number {extension.Number} to extensions", extension.Proto, ProtoPart.Number);
        if (IsLite(file) && !IsLite(extendee.File))
            throw new ProtoFault($"A file with optimize_for = LITE_RUNTIME cannot extend \"{extendee.FullName}\", whose file is without", extension.Proto, ProtoPart.Extendee);
        if (extension.IsRequired) throw new ProtoFault("Extensions cannot be required", extension.Proto, ProtoPart.Label);
        if (extendee.Proto.Options is { MessageSetWireFormat: true } && (extension.Proto.Label != FieldDescriptorProto.Types.Label.Optional || extension.Kind != ProtoKind.Message))
            throw new ProtoFault("Extensions of message sets must be optional messages", extension.Proto, ProtoPart.Type);
        // Files that do not know each other may take the same number; compilers let them.
        if (!pool.ClaimExtension(extension, out var other) && other!.File == file)
        {
            throw new ProtoFault(
                $"Number {extension.Number} of \"{extendee.FullName}\" is already used by the extension \"{other.FullName}\"",
                extension.Proto, ProtoPart.Number);
        }
        ExtensionDeclarations.Extension(extension, meter);
    }
}

using Gateway.Schemas.Protobuf.Model;
using Google.Protobuf.Reflection;

namespace Gateway.Schemas.Protobuf.Parsing.Validation;

/// <summary>The rules a linked file with interpreted options must obey. The first breach is thrown as a <see cref="ProtoFault"/>.</summary>
internal sealed class FileValidation(ProtoFile file, ProtoPool pool, BudgetMeter meter)
{
    /// <summary>Deeper nesting is refused by the compilers that turn schemas into code.</summary>
    private const int MaxNesting = 31;

    private readonly FieldValidation _fields = new(file);

    public void Check()
    {
        var imports = new HashSet<string>(StringComparer.Ordinal);
        foreach (var path in file.Proto.Dependency.Concat(ProtoOptionImports.Of(file.Proto)))
        {
            if (!imports.Add(path)) throw new ProtoFault($"\"{path}\" is imported twice; remove one import", file.Proto.Dependency);
        }
        if (!ExtensionValidation.IsLite(file) && file.Dependencies.FirstOrDefault(ExtensionValidation.IsLite) is { } lite)
            throw new ProtoFault($"\"{lite.Name}\" has optimize_for = LITE_RUNTIME, so only files that have it too can import it", file.Proto.Dependency);
        FeatureValidation.File(file);
        if (file.Edition >= ProtoFeatures.Edition2024) new StyleValidation(file).Check();
        VisibilityValidation.Check(file);
        foreach (var message in file.Messages) Message(message, 1);
        foreach (var type in file.Enums) Enum(type);
        foreach (var extension in file.Extensions) Extension(extension);
        foreach (var service in file.Proto.Service)
        {
            Name(service.Name, service);
            foreach (var method in service.Method) Name(method.Name, method);
        }
    }

    /// <summary>Texts cannot hold other names, descriptors can.</summary>
    public static void Name(string name, object element)
    {
        if (name.Length == 0) throw new ProtoFault("A name is missing", element);
        if (char.IsAsciiDigit(name[0]) || name.Any(c => !char.IsAsciiLetterOrDigit(c) && c != '_'))
            throw new ProtoFault($"\"{name}\" is not a name: letters, digits and underscores make one, and no digit comes first", element);
    }

    private void Message(ProtoMessage message, int depth)
    {
        meter.Step();
        if (depth > MaxNesting) throw new ProtoFault($"\"{message.Name}\" is nested more than {MaxNesting} levels deep; move it further out", message.Proto);
        Name(message.Name, message.Proto);
        if (file.IsProto3 && message.Proto.Options is { MessageSetWireFormat: true })
            throw new ProtoFault("proto3 has no message sets", message.Proto);
        if (message.Proto.Options is { MessageSetWireFormat: true } && message.Fields.Count > 0)
            throw new ProtoFault($"\"{message.Name}\" is a message set, which has extensions only; remove its fields", message.Fields[0].Proto);
        if (file.IsProto3 && message.Proto.ExtensionRange.Count > 0)
            throw new ProtoFault("proto3 has no extension ranges; use google.protobuf.Any, or extend options only", message.Proto.ExtensionRange[0]);
        NumberValidation.Message(message, meter);
        JsonNameValidation.Message(message);
        ExtensionDeclarations.Ranges(message);
        foreach (var oneOf in message.OneOfs) OneOf(oneOf);
        foreach (var field in message.Fields) _fields.Check(field);
        foreach (var extension in message.Extensions) Extension(extension);
        foreach (var type in message.Enums) Enum(type);
        foreach (var nested in message.Nested) Message(nested, depth + 1);
    }

    private static void OneOf(ProtoOneOf oneOf)
    {
        Name(oneOf.Name, oneOf.Proto);
        if (oneOf.Fields.Count == 0) throw new ProtoFault($"The oneof \"{oneOf.Name}\" has no fields; it needs at least one", oneOf.Proto);
        foreach (var field in oneOf.Fields)
        {
            if (field.Proto.Label != FieldDescriptorProto.Types.Label.Optional)
                throw new ProtoFault($"\"{field.Name}\" is in a oneof and cannot be required or repeated", field.Proto);
            if (field.Proto.Proto3Optional && oneOf.Fields.Count > 1)
                throw new ProtoFault($"\"{field.Name}\" is a proto3 optional field and cannot share its oneof", field.Proto);
        }
    }

    private void Enum(ProtoEnum type)
    {
        meter.Step();
        Name(type.Name, type.Proto);
        EnumValidation.Check(type, meter);
    }

    private void Extension(ProtoField extension)
    {
        meter.Step();
        _fields.Check(extension);
        ExtensionValidation.Check(extension, pool, file, meter);
    }
}

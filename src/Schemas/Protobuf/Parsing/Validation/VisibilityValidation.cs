using Gateway.Schemas.Protobuf.Model;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Gateway.Schemas.Protobuf.Parsing.Validation;

/// <summary>Types of files of edition 2024 can be local to their file; from other files they cannot be named.</summary>
internal static class VisibilityValidation
{
    private const int DefaultVisibility = 8;
    private const int ExportAll = 1;
    private const int ExportTopLevel = 2;
    private const int MessageField = 11;
    private const int EnumField = 6;

    public static void Check(ProtoFile file)
    {
        if (!file.Dependencies.Concat(file.OptionDependencies).Any(dependency => dependency.All().Any(other => other.Edition >= ProtoFeatures.Edition2024))) return;
        // What was found exported once need not be looked at again: that takes as long as the type is big.
        var exported = new HashSet<object>(ReferenceEqualityComparer.Instance);
        foreach (var symbol in file.Symbols.Values)
        {
            if (symbol.Definition is not ProtoField field) continue;
            if (field.MessageType is { } message && exported.Add(message)) See(file, message, field, ProtoPart.Type);
            if (field.EnumType is { } type && exported.Add(type)) See(file, type, field, ProtoPart.Type);
            if (field.IsExtension && exported.Add(field.ContainingType)) See(file, field.ContainingType, field, ProtoPart.Extendee);
        }
    }

    private static void See(ProtoFile from, ProtoMessage message, ProtoField field, ProtoPart part)
    {
        if (message.File == from || message.File.Edition < ProtoFeatures.Edition2024) return;
        if (!IsExported(Explicit(message.Proto), message.Parent is null, message.File)) throw Fault(message.FullName, message.File, field, part);
    }

    private static void See(ProtoFile from, ProtoEnum type, ProtoField field, ProtoPart part)
    {
        if (type.File == from || type.File.Edition < ProtoFeatures.Edition2024) return;
        if (!IsExported(Explicit(type.Proto), type.Parent is null, type.File)) throw Fault(type.FullName, type.File, field, part);
    }

    private static bool IsExported(int given, bool isTopLevel, ProtoFile file)
    {
        if (given != ProtoVisibility.Unset) return given == ProtoVisibility.Export;
        var byDefault = ProtoFeatures.Find(file.Proto.Options?.Features, DefaultVisibility) ?? ExportTopLevel;
        return byDefault == ExportAll || (byDefault == ExportTopLevel && isTopLevel);
    }

    private static int Explicit(DescriptorProto proto)
    {
        var shell = proto.Clone();
        shell.Field.Clear();
        shell.NestedType.Clear();
        shell.EnumType.Clear();
        shell.Extension.Clear();
        return ProtoFeatures.Find(shell, MessageField) ?? ProtoVisibility.Unset;
    }

    private static int Explicit(EnumDescriptorProto proto) => ProtoFeatures.Find((IMessage)proto, EnumField) ?? ProtoVisibility.Unset;

    private static ProtoFault Fault(string name, ProtoFile file, ProtoField field, ProtoPart part) =>
        new($"\"{name}\" is local to \"{file.Name}\"; write \"export\" before its declaration there to use it here", field.Proto, part);
}

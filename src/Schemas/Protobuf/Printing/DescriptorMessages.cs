using Gateway.Schemas.Protobuf.Model;
using Google.Protobuf.Reflection;

namespace Gateway.Schemas.Protobuf.Printing;

/// <summary>The messages of <c>google/protobuf/descriptor.proto</c>, for files that do not import it themselves.</summary>
internal static class DescriptorMessages
{
    private static readonly Lazy<ProtoFile> File = new(() =>
        ProtoLinker.Link([DescriptorReflection.Descriptor.ToProto()], SchemaBudget.Default, out _)!);

    public static ProtoMessage Find(string fullName) => File.Value.FindMessage(fullName)!;
}

using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Gateway.Schemas.Protobuf.Model;

/// <summary>
/// The <c>import option</c> paths of a file (edition 2024): files whose extensions may be used in options and nowhere else. The descriptor
/// messages in use are older than that field, and carry it as an unknown one.
/// </summary>
internal static class ProtoOptionImports
{
    private const int Field = 15;
    private const uint Tag = Field << 3 | (uint)WireFormat.WireType.LengthDelimited;

    public static void Add(FileDescriptorProto file, string path)
    {
        var bytes = new byte[CodedOutputStream.ComputeTagSize(Field) + CodedOutputStream.ComputeStringSize(path)];
        using var output = new CodedOutputStream(bytes);
        output.WriteTag(Tag);
        output.WriteString(path);
        output.Flush();
        file.MergeFrom(bytes);
    }

    public static IReadOnlyList<string> Of(FileDescriptorProto file)
    {
        if (file.Edition < (Edition)ProtoFeatures.Edition2024) return [];
        // Only what is unknown to the message is written out, so the body is not.
        var shell = file.Clone();
        shell.MessageType.Clear();
        shell.EnumType.Clear();
        shell.Extension.Clear();
        shell.Service.Clear();
        var input = shell.ToByteString().CreateCodedInput();
        var paths = new List<string>();
        for (var tag = input.ReadTag(); tag != 0; tag = input.ReadTag())
        {
            if (tag == Tag) paths.Add(input.ReadString());
            else input.SkipLastField();
        }
        return paths;
    }
}

using Gateway.Schemas.Protobuf.Model;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Gateway.Schemas.Protobuf.Parsing;

/// <summary><c>export</c> or <c>local</c> before a message or an enum, from edition 2024 on.</summary>
internal readonly record struct ProtoVisibility(int Number)
{
    public const int Unset = 0;
    public const int Local = 1;
    public const int Export = 2;

    private const int MessageField = 11;
    private const int EnumField = 6;

    public static bool IsAhead(ProtoTokens tokens, int edition) =>
        edition >= ProtoFeatures.Edition2024 && (tokens.LookingAt("export") || tokens.LookingAt("local"));

    public static ProtoVisibility Parse(ProtoTokens tokens)
    {
        var number = tokens.LookingAt("local") ? Local : Export;
        tokens.Next();
        if (!tokens.LookingAt("message") && !tokens.LookingAt("enum")) throw tokens.Unexpected("\"message\" or \"enum\"");
        return new ProtoVisibility(number);
    }

    // The descriptor messages in use are older than these fields, and carry them as unknown ones.
    public DescriptorProto On(DescriptorProto message)
    {
        message.MergeFrom((ReadOnlySpan<byte>)[MessageField << 3, (byte)Number]);
        return message;
    }

    public EnumDescriptorProto On(EnumDescriptorProto type)
    {
        type.MergeFrom((ReadOnlySpan<byte>)[EnumField << 3, (byte)Number]);
        return type;
    }
}

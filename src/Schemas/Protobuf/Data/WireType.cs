namespace Gateway.Schemas.Protobuf.Data;

/// <summary>The lowest three bits of a tag: how long the value is that follows.</summary>
internal static class WireType
{
    public const uint Varint = 0;
    public const uint Fixed64 = 1;
    public const uint Length = 2;
    public const uint GroupStart = 3;
    public const uint GroupEnd = 4;
    public const uint Fixed32 = 5;

    public static string NameOf(uint wireType) => wireType switch
    {
        Varint => "a varint",
        Fixed64 => "8 bytes",
        Length => "a length and bytes",
        GroupStart => "a group",
        GroupEnd => "an end of group",
        Fixed32 => "4 bytes",
        _ => $"wire type {wireType}",
    };
}

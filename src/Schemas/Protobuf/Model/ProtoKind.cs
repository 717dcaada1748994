namespace Gateway.Schemas.Protobuf.Model;

/// <summary>What a field holds. Numbers are those of descriptors; groups are messages here, told apart by how they are delimited.</summary>
internal enum ProtoKind
{
    Double = 1,
    Float = 2,
    Int64 = 3,
    UInt64 = 4,
    Int32 = 5,
    Fixed64 = 6,
    Fixed32 = 7,
    Bool = 8,
    String = 9,
    Message = 11,
    Bytes = 12,
    UInt32 = 13,
    Enum = 14,
    SFixed32 = 15,
    SFixed64 = 16,
    SInt32 = 17,
    SInt64 = 18,
}

internal static class ProtoKinds
{
    /// <summary>Repeated values of these kinds can stand in one run of bytes.</summary>
    public static bool IsPackable(this ProtoKind kind) => kind is not (ProtoKind.String or ProtoKind.Bytes or ProtoKind.Message);
}

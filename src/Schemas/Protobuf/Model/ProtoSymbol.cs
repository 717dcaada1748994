namespace Gateway.Schemas.Protobuf.Model;

/// <summary>What a name can stand for besides a package. All of these share one name space.</summary>
internal enum ProtoSymbolKind
{
    Message,
    Enum,
    EnumValue,
    Field,
    OneOf,
    Service,
    Method,
}

/// <summary>A full name's meaning.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="File">Where it is defined.</param>
/// <param name="Definition">The <see cref="ProtoMessage"/>, <see cref="ProtoEnum"/> or <see cref="ProtoField"/>; null for the others.</param>
internal readonly record struct ProtoSymbol(ProtoSymbolKind Kind, ProtoFile File, object? Definition)
{
    /// <summary>Other names can lie inside it.</summary>
    public bool IsScope => Kind is ProtoSymbolKind.Message or ProtoSymbolKind.Enum or ProtoSymbolKind.Service;

    public bool IsType => Kind is ProtoSymbolKind.Message or ProtoSymbolKind.Enum;
}

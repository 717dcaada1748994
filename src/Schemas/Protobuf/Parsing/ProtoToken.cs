namespace Gateway.Schemas.Protobuf.Parsing;

internal enum ProtoTokenKind
{
    End,
    Identifier,
    Integer,
    Float,
    String,
    Symbol,
}

/// <summary>A token: a kind and a stretch of the text.</summary>
internal readonly record struct ProtoToken(ProtoTokenKind Kind, int Start, int Length)
{
    public int End => Start + Length;
}

/// <summary>A fault of the text itself, at an offset in it.</summary>
internal sealed class ProtoSyntaxException(string message, int offset) : Exception(message)
{
    public int Offset { get; } = offset;
}

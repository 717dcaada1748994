using System.Collections.Generic;

namespace Gateway.Protocol.Generator;

/// <summary>What a value looks like on the wire.</summary>
internal enum WireKind
{
    Bool,
    Int8,
    Int16,
    UInt16,
    Int32,
    Int64,
    Float64,
    Uuid,
    String,
    Bytes,
    Records,
    Struct,
    List,
}

/// <summary>A wire type together with the C# type that holds it.</summary>
/// <param name="Kind">The wire's side.</param>
/// <param name="CSharp">The C# side, fully qualified, without a nullable mark.</param>
/// <param name="IsEnum">Whether the C# side is an enum over the wire's integer.</param>
/// <param name="Element">A list's element.</param>
/// <param name="Struct">A struct's fields.</param>
internal sealed record WireType(WireKind Kind, string CSharp, bool IsEnum, WireType? Element, StructModel? Struct)
{
    /// <summary>Whether an element of this type becomes an object of its own.</summary>
    public bool IsObject => Kind is WireKind.Struct or WireKind.String or WireKind.Bytes or WireKind.Records;

    /// <summary>Whether it is records or has some inside.</summary>
    public bool HoldsRecords => Kind == WireKind.Records || Struct is { HoldsRecords: true } || Element is { HoldsRecords: true };
}

/// <summary>One property with its <c>[Field]</c>.</summary>
internal sealed record FieldModel(string Name, WireType Type, bool IsNullable, object? Default, bool DefaultIsNull)
{
    public int From { get; init; }
    public int To { get; init; }
    public int NullableFrom { get; init; }
    public int Tag { get; init; } = -1;
    public bool Ignorable { get; init; }
    public bool NeverFlexible { get; init; }
}

/// <summary>A class whose properties go on the wire: a message, or a struct nested in it.</summary>
internal sealed class StructModel(string name)
{
    public string Name { get; } = name;
    public List<FieldModel> Fields { get; } = new();

    /// <summary>Whether some field is records or has some inside.</summary>
    public bool HoldsRecords => Fields.Exists(static f => f.Type.HoldsRecords);

    /// <summary>Whether somebody has to ask if all fields are at their defaults.</summary>
    public bool NeedsIsDefault { get; set; }
}

/// <summary>A whole message.</summary>
internal sealed record MessageModel(string Namespace, StructModel Root, int Lowest, int Highest, int FlexibleFrom)
{
    public const int Never = short.MaxValue;
    public List<StructModel> Structs { get; } = new();
    public string Interface { get; init; } = "";
    public string? ApiKey { get; init; }
    public bool IsRequest { get; init; }

    /// <summary>Whether it keeps its objects for another use.</summary>
    public bool IsReusable { get; init; }
}

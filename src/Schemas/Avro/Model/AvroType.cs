namespace Gateway.Schemas.Avro.Model;

/// <summary>The fourteen kinds of Avro schema.</summary>
internal enum AvroType
{
    Null,
    Boolean,
    Int,
    Long,
    Float,
    Double,
    Bytes,
    String,
    Record,
    Enum,
    Fixed,
    Array,
    Map,
    Union,
}

internal static class AvroTypes
{
    private static readonly string[] WireNames =
        ["null", "boolean", "int", "long", "float", "double", "bytes", "string", "record", "enum", "fixed", "array", "map", "union"];

    private static readonly Dictionary<string, AvroType> Primitives =
        Enumerable.Range(0, (int)AvroType.String + 1).ToDictionary(type => WireNames[type], type => (AvroType)type, StringComparer.Ordinal);

    public static string WireName(this AvroType type) => WireNames[(int)type];

    public static bool TryGetPrimitive(string name, out AvroType type) => Primitives.TryGetValue(name, out type);

    /// <summary>Whether a bare name like this one reads as a built-in type, so that a type called so must be written in full.</summary>
    public static bool IsBuiltIn(string name) => Array.IndexOf(WireNames, name) >= 0;
}

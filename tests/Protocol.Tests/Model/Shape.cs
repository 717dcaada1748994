using System.Collections;

namespace Gateway.Protocol.Tests.Model;

/// <summary>Says in one line per field and version what a message puts on the wire, in wire order.</summary>
public static class Shape
{
    public static IEnumerable<string> Lines(WireMessage message, short version) => Fields(message, version, message.Fields, "");

    private static IEnumerable<string> Fields(WireMessage message, short version, IReadOnlyList<WireField> fields, string path)
    {
        foreach (WireField field in fields)
        {
            if (!field.IsIn(version)) continue;
            bool compact = message.IsFlexible(version) && !field.Attribute.NeverFlexible;
            yield return Line(
                message.Name, version, path + field.Name, (field.IsList ? "[]" : "") + field.WireType, field.MayBeNull(version), compact,
                field.Attribute.Tag, Default(field), field.Attribute.Ignorable, field.Attribute.MapKey);
            if (field.Fields is null) continue;
            foreach (string line in Fields(message, version, field.Fields, path + field.Name + (field.IsList ? "[]." : "."))) yield return line;
        }
    }

    public static string Line(
        string message, int version, string path, string type, bool nullable, bool compact, int tag, string byDefault, bool ignorable, bool key)
    {
        bool hasLength = type is "string" or "bytes" or "records" || type.StartsWith("[]", StringComparison.Ordinal);
        return $"{message} {version} {path} {type}"
            + (nullable ? " null" : "")
            + (compact && hasLength ? " compact" : "")
            + (tag >= 0 ? $" tag{tag}" : "")
            + (byDefault.Length > 0 ? $" ={byDefault}" : "")
            + (ignorable ? " ig" : "")
            + (key ? " key" : "");
    }

    private static string Default(WireField field) => field.Default switch
    {
        null => "null",
        false or "" => "",
        true => "true",
        Guid => "",
        ICollection => "",
        _ when field.Fields is not null => "",
        _ => Convert.ToInt64(field.Default) is var number and not 0 ? number.ToString() : "",
    };
}

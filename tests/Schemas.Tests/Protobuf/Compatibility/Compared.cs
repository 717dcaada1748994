using System.Collections.Concurrent;
using Gateway.Schemas.Compatibility;
using Gateway.Schemas.Protobuf.Compatibility;
using Gateway.Schemas.Protobuf.Model;

namespace Gateway.Schemas.Tests.Protobuf.Compatibility;

/// <summary>Short ways to compare texts, for the tests.</summary>
internal static class Compared
{
    private static readonly ConcurrentDictionary<string, ProtoFile> Files = new(StringComparer.Ordinal);

    /// <summary>A file of messages; proto3 unless the text says what it is.</summary>
    public static ProtoFile File(string text) => Files.GetOrAdd(text, static text =>
        Protoc.Link(text.StartsWith("syntax", StringComparison.Ordinal) || text.StartsWith("edition", StringComparison.Ordinal)
            ? text : "syntax = \"proto3\";" + text));

    /// <summary>Every difference as token and path, those that break nothing in parentheses.</summary>
    public static string[] Differences(ProtoFile reader, ProtoFile writer, CompatibilityPolicy policy = CompatibilityPolicy.Strict)
    {
        var all = ProtobufComparison.All(reader, writer, policy, SchemaBudget.Default);
        // What the door gives is what breaks, in the same order.
        Assert.Equal(
            all.Where(difference => !difference.Kind.IsCompatible).Select(difference => $"{difference.Kind} {difference.Path}"),
            ProtobufComparison.Compare(reader, writer, policy, SchemaBudget.Default).Select(difference => $"{difference.Type} {difference.Path}"));
        return [.. all.Select(difference => difference.Kind.IsCompatible ? $"({difference.Kind} {difference.Path})" : $"{difference.Kind} {difference.Path}")];
    }

    /// <summary>What changes when the new text reads the old one's data, and the other way round.</summary>
    public static void Expect(string old, string @new, string[] backward, string[] forward, CompatibilityPolicy policy = CompatibilityPolicy.Strict)
    {
        Assert.Equal(backward, Differences(File(@new), File(old), policy));
        Assert.Equal(forward, Differences(File(old), File(@new), policy));
    }
}

using Gateway.Schemas.Protobuf;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Gateway.Schemas.Tests.Protobuf.Parsing;

/// <summary>Files that belong together; the last one is the one asked about.</summary>
public sealed record ProtoCase(string Name, IReadOnlyList<(string Path, string Text)> Files)
{
    public override string ToString() => string.Join("\n", Files.Select(file => $"// {file.Path}\n{file.Text}"));
}

/// <summary>Asks protoc and us about the same files, and tells where the answers differ.</summary>
internal static class ProtocOracle
{
    public static void AssertSame(IReadOnlyList<ProtoCase> cases)
    {
        var differences = Differences(cases);
        Assert.True(differences.Count == 0, $"{differences.Count} of {cases.Count} differ; the first: {differences.FirstOrDefault()}");
    }

    /// <summary>Differences found; those asked together must not define the same names.</summary>
    public static List<string> Differences(IReadOnlyList<ProtoCase> cases)
    {
        using var folder = new Protoc.ProtocFolder(cases.SelectMany(one => one.Files));
        var (set, complaints) = folder.Run(cases.Select(one => one.Files[^1].Path));
        if (set is null && cases.Count > 1) return [.. cases.SelectMany(one => Differences([one]))];
        return [.. cases.Select(one => Difference(one, set, complaints)).OfType<string>()];
    }

    public static SchemaParseResult Parse(ProtoCase one) => new ProtobufLanguage().Parse(
        one.Files[^1].Text, [.. one.Files.SkipLast(1).Select(file => Parsed.Reference(file.Path, file.Text))], SchemaParseOptions.New);

    private static string? Difference(ProtoCase one, FileDescriptorSet? set, string complaints)
    {
        var result = Parse(one);
        if (set is null) return result.Schema is null ? null : $"{one.Name}: protoc refuses: {complaints}\n{one}";
        if (result.Schema is null) return $"{one.Name}: we refuse: {result.Error}\n{one}";
        var expected = set.File.Single(file => file.Name == one.Files[^1].Path);
        var actual = ((ProtobufSchema)result.Schema).File.Proto.Clone();
        expected.Name = actual.Name;
        return expected.ToByteString().Equals(actual.ToByteString())
            ? null
            : $"{one.Name}: descriptors differ {Apart(expected.ToByteArray(), actual.ToByteArray())}\nprotoc {expected}\nours   {actual}\n{one}";
    }

    /// <summary>The bytes around the first that differ: custom options have no other form.</summary>
    private static string Apart(byte[] expected, byte[] actual)
    {
        var at = expected.AsSpan().CommonPrefixLength(actual);
        return $"at byte {at}\nprotoc {Around(expected, at)}\nours   {Around(actual, at)}";

        static string Around(byte[] bytes, int at) => Convert.ToHexString(bytes.AsSpan(Math.Max(0, at - 30)..Math.Min(bytes.Length, at + 60)));
    }
}

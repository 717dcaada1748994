using System.Globalization;
using Gateway.Schemas.Protobuf;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Gateway.Schemas.Tests.Protobuf.Parsing;

/// <summary>Files that belong together; the last one is the one asked about.</summary>
public sealed record ProtoCase(string Name, IReadOnlyList<(string Path, string Text)> Files)
{
    public override string ToString() => string.Join("\n", Files.Select(file => $"// {file.Path}\n{file.Text}"));
}

/// <summary>What protoc and we said of a case.</summary>
/// <param name="Case">The case.</param>
/// <param name="IsAccepted">Whether protoc accepts it.</param>
/// <param name="Difference">Where we differ, in verdict or descriptor; null where we agree.</param>
/// <param name="Complaint">The first fault that protoc tells of, if any.</param>
/// <param name="Line">The line of that fault, from 1 on; null where it has none, or is in another file.</param>
/// <param name="Error">What we refuse it for, if we do.</param>
internal sealed record ProtocAnswer(ProtoCase Case, bool IsAccepted, string? Difference, string Complaint, int? Line, SchemaError? Error);

/// <summary>Asks protoc and us about the same files, and tells where the answers differ.</summary>
internal static class ProtocOracle
{
    /// <summary>Both accept all of them, with the same descriptors.</summary>
    public static void AssertAccepted(IReadOnlyList<ProtoCase> cases)
    {
        var answers = Ask(cases);
        AssertSame(answers);
        Assert.All(answers, answer => Assert.True(answer.IsAccepted, $"{answer.Case.Name}: both refuse: {answer.Complaint}\nwe: {answer.Error}"));
    }

    /// <summary>Both refuse all of them.</summary>
    public static void AssertRefused(IReadOnlyList<ProtoCase> cases)
    {
        var answers = Ask(cases);
        AssertSame(answers);
        Assert.All(answers, answer => Assert.False(answer.IsAccepted, $"{answer.Case.Name}: both accept\n{answer.Case}"));
    }

    /// <summary>Same verdicts, same descriptors.</summary>
    public static void AssertSame(IReadOnlyList<ProtocAnswer> answers)
    {
        var differences = answers.Select(answer => answer.Difference).OfType<string>().ToList();
        Assert.True(differences.Count == 0, $"{differences.Count} of {answers.Count} differ; the first: {differences.FirstOrDefault()}");
    }

    /// <summary>Asks about cases at once; those asked together must not define the same names.</summary>
    public static List<ProtocAnswer> Ask(IReadOnlyList<ProtoCase> cases)
    {
        using var folder = new Protoc.ProtocFolder(cases.SelectMany(one => one.Files));
        var (set, complaints) = folder.Run(cases.Select(one => one.Files[^1].Path));
        if (set is null && cases.Count > 1) return [.. cases.SelectMany(one => Ask([one]))];
        return [.. cases.Select(one => Answer(one, set, complaints))];
    }

    public static SchemaParseResult Parse(ProtoCase one) => new ProtobufLanguage().Parse(
        one.Files[^1].Text, [.. one.Files.SkipLast(1).Select(file => Parsed.Reference(file.Path, file.Text))], SchemaParseOptions.New);

    private static ProtocAnswer Answer(ProtoCase one, FileDescriptorSet? set, string complaints)
    {
        var result = Parse(one);
        var complaint = complaints.Split('\n').FirstOrDefault(line => !line.Contains("warning:", StringComparison.Ordinal), "");
        var parts = complaint.Split(':');
        int? line = parts.Length > 2 && parts[0] == one.Files[^1].Path && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number : null;
        return new ProtocAnswer(one, set is not null, Difference(one, set, result, complaints), complaint, line, result.Error);
    }

    private static string? Difference(ProtoCase one, FileDescriptorSet? set, SchemaParseResult result, string complaints)
    {
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

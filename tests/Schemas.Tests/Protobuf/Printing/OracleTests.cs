using Gateway.Schemas.Protobuf.Model;
using Gateway.Schemas.Protobuf.Printing;
using Google.Protobuf.Reflection;

namespace Gateway.Schemas.Tests.Protobuf.Printing;

/// <summary>Printed texts are compiled again by protoc: nothing the descriptor said may be lost or changed.</summary>
public class OracleTests
{
    private const int Files = 300;

    [Fact]
    public void Protoc_makes_the_same_descriptors_of_printed_texts()
    {
        var generators = Enumerable.Range(0, Files).Select(seed => new ProtoFileGenerator(seed)).ToList();
        var written = generators.ToDictionary(generator => generator.Path, generator => generator.Text(1));
        var originals = Compile(written);
        var canonical = Compile(Print(originals, ProtoText.Canonical));
        var normalized = Compile(Print(originals, ProtoText.Normalized));
        foreach (var (path, text) in written)
        {
            Same(path, text, Find(originals, path), Find(canonical, path), sorted: false, ProtoText.Canonical(Link(originals, path)));
            Same(path, text, Find(originals, path), Find(normalized, path), sorted: true, ProtoText.Normalized(Link(originals, path)));
        }
        var again = Print(canonical, ProtoText.Canonical);
        Assert.All(Print(originals, ProtoText.Canonical), entry => Assert.Equal(entry.Value, again[entry.Key]));
    }

    [Fact]
    public void However_a_file_is_written_its_normalized_text_is_the_same()
    {
        var generators = Enumerable.Range(1000, Files).Select(seed => new ProtoFileGenerator(seed)).ToList();
        var one = Print(Compile(generators.ToDictionary(generator => generator.Path, generator => generator.Text(1))), ProtoText.Normalized);
        var two = Print(Compile(generators.ToDictionary(generator => generator.Path, generator => generator.Text(2))), ProtoText.Normalized);
        Assert.All(one, entry => Assert.Equal(entry.Value, two[entry.Key]));
    }

    private static void Same(string path, string text, FileDescriptorProto original, FileDescriptorProto printed, bool sorted, string printedText)
    {
        var (expected, actual) = (Descriptors.Comparable(original, sorted), Descriptors.Comparable(printed, sorted));
        if (expected.Equals(actual)) return;
        var (left, right) = (expected.ToString(), actual.ToString());
        var at = Math.Max(0, left.Zip(right).TakeWhile(pair => pair.First == pair.Second).Count() - 200);
        Assert.Fail($"{path} sorted={sorted}\n--- expected\n{Start(left[at..])}\n--- actual\n{Start(right[at..])}\n{text}\n--- printed\n{printedText}");
    }

    private static FileDescriptorSet Compile(Dictionary<string, string> files)
    {
        using var folder = new Protoc.ProtocFolder(
            [.. files.Select(entry => (entry.Key, entry.Value)), (ProtoFileGenerator.SharedPath, ProtoFileGenerator.Shared)]);
        var (set, complaints) = folder.Run(files.Keys);
        if (set is null)
        {
            var complaint = complaints.Split('\n').First(line => !line.Contains("warning:", StringComparison.Ordinal));
            Assert.Fail(complaint + "\n" + files.GetValueOrDefault(complaint.Split(':')[0]));
        }
        return set!;
    }

    private static Dictionary<string, string> Print(FileDescriptorSet set, Func<ProtoFile, string> print) => set.File
        .Where(file => file.Name.StartsWith("generated/", StringComparison.Ordinal))
        .ToDictionary(file => file.Name, file => print(Link(set, file.Name)));

    private static string Start(string text) => text[..Math.Min(600, text.Length)];

    private static FileDescriptorProto Find(FileDescriptorSet set, string path) => set.File.Single(file => file.Name == path);

    private static ProtoFile Link(FileDescriptorSet set, string path)
    {
        var files = set.File.Where(file => !file.Name.StartsWith("generated/", StringComparison.Ordinal)).Append(Find(set, path));
        var linked = ProtoLinker.Link(files.Select(file => file.Clone()), SchemaBudget.Default, out var error);
        Assert.True(linked is not null, error?.ToString());
        return linked!;
    }
}

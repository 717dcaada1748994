using Gateway.Schemas.Protobuf;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Gateway.Schemas.Tests.Protobuf.Printing;

/// <summary>The files written by hand for the parser: their printed texts must mean the same, to protoc and to us.</summary>
public class FileTests
{
    private static readonly string Root = Path.Combine(AppContext.BaseDirectory, "Protobuf", "Files");

    private static readonly (string Path, string Text)[] Shared =
        [.. Directory.GetFiles(Path.Combine(Root, "shared")).Order(StringComparer.Ordinal).Select(path => ("shared/" + Path.GetFileName(path), File.ReadAllText(path)))];

    public static TheoryData<string> Names => [.. Directory.GetFiles(Root, "*.proto").Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Printed_texts_mean_the_same(string name)
    {
        var text = File.ReadAllText(Path.Combine(Root, name));
        var references = Shared.Select(file => Printed.Reference(file.Path, file.Text)).ToArray();
        var result = new ProtobufLanguage().Parse(text, references, SchemaParseOptions.New);
        // Some of the files are there to be refused.
        if (result.Schema is not ProtobufSchema schema) return;
        foreach (var (printed, sorted) in new[] { (schema.CanonicalText, false), (schema.NormalizedText, true) })
        {
            var again = Printed.Parse(printed, references);
            Equal(Descriptors.Comparable(schema.File.Proto, sorted), Descriptors.Comparable(again.File.Proto, sorted), printed, hasParts: sorted && text.Contains(").", StringComparison.Ordinal));
            Assert.Equal(printed, sorted ? again.NormalizedText : again.CanonicalText);
            var compiled = Protoc.Compile([.. Shared, (name, printed)]).File.Single(file => file.Name == name);
            Equal(Descriptors.Comparable(schema.File.Proto, sorted), Descriptors.Comparable(compiled, sorted), printed, hasParts: sorted && text.Contains(").", StringComparison.Ordinal));
        }
    }

    private static void Equal(FileDescriptorProto expected, FileDescriptorProto actual, string text, bool hasParts)
    {
        if (hasParts) (expected, actual) = (Descriptors.WithoutPartedOptions(expected), Descriptors.WithoutPartedOptions(actual));
        if (expected.Equals(actual)) return;
        var (one, other) = (expected.ToByteArray(), actual.ToByteArray());
        var at = one.AsSpan().CommonPrefixLength(other);
        Assert.Fail($"{Around(one, at)}\n{Around(other, at)}\n{text}\n--- expected\n{expected}\n--- actual\n{actual}");

        static string Around(byte[] bytes, int at) => Convert.ToHexString(bytes.AsSpan(Math.Max(0, at - 30)..Math.Min(bytes.Length, at + 60)));
    }
}

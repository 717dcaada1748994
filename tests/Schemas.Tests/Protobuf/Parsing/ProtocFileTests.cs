namespace Gateway.Schemas.Tests.Protobuf.Parsing;

/// <summary>
/// Files written by hand, one for each thing the language has and each rule it makes: protoc and we accept them and give the same
/// descriptors. What is refused stands in <see cref="RejectionTests"/>. The folder's <c>shared</c> files can be imported.
/// </summary>
public class ProtocFileTests
{
    private static readonly string Root = Path.Combine(AppContext.BaseDirectory, "Protobuf", "Files");

    internal static readonly (string Path, string Text)[] Shared =
        [.. Directory.GetFiles(Path.Combine(Root, "shared")).Order(StringComparer.Ordinal).Select(path => ("shared/" + Path.GetFileName(path), File.ReadAllText(path)))];

    public static TheoryData<string> Names => [.. Directory.GetFiles(Root, "*.proto").Select(path => Path.GetFileNameWithoutExtension(path)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_file_by_hand(string name)
    {
        var one = new ProtoCase(name, [.. Shared, (name + ".proto", File.ReadAllText(Path.Combine(Root, name + ".proto")))]);
        ProtocOracle.AssertAccepted([one]);
    }
}

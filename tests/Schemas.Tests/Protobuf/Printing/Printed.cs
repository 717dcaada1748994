using Gateway.Schemas.Protobuf;

namespace Gateway.Schemas.Tests.Protobuf.Printing;

/// <summary>Short ways to parse texts, for the tests.</summary>
internal static class Printed
{
    private static readonly ProtobufLanguage Language = new();

    private static readonly ResolvedReference[] Shared = [Reference(ProtoFileGenerator.SharedPath, ProtoFileGenerator.Shared)];

    public static ResolvedReference Reference(string path, string text) => new(new SchemaReference(path, path, 1), text, true);

    /// <summary>A text that may import the generator's shared file.</summary>
    public static ProtobufSchema Parse(string text) => Parse(text, Shared);

    public static ProtobufSchema Parse(string text, params ResolvedReference[] references)
    {
        var result = Language.Parse(text, references, SchemaParseOptions.New);
        Assert.True(result.Schema is not null, $"{result.Error}\n{text}");
        return (ProtobufSchema)result.Schema!;
    }

    public static string Canonical(string text, params ResolvedReference[] references) => Parse(text, references).CanonicalText;

    public static string Normalized(string text, params ResolvedReference[] references) => Parse(text, references).NormalizedText;
}

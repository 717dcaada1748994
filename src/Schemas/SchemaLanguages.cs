using Gateway.Schemas.Avro;
using Gateway.Schemas.Json;
using Gateway.Schemas.Protobuf;

namespace Gateway.Schemas;

/// <summary>The languages this process knows. A new one is a folder and a line here.</summary>
public sealed class SchemaLanguages
{
    private readonly Dictionary<string, ISchemaLanguage> _byType;

    /// <summary>A chosen set of languages.</summary>
    public SchemaLanguages(params IEnumerable<ISchemaLanguage> languages)
    {
        ArgumentNullException.ThrowIfNull(languages);
        _byType = languages.ToDictionary(language => language.SchemaType, StringComparer.Ordinal);
    }

    /// <summary>Everything built in.</summary>
    public static SchemaLanguages All { get; } = new(new AvroLanguage(), new JsonSchemaLanguage(), new ProtobufLanguage());

    /// <summary>Names of the languages whose schemas can be parsed, sorted.</summary>
    public IReadOnlyList<string> Supported => [.. _byType.Keys.Order(StringComparer.Ordinal)];

    /// <summary>The language of that wire name, or null for one nobody has heard of.</summary>
    public ISchemaLanguage? Find(string schemaType) => _byType.GetValueOrDefault(schemaType);

    /// <summary>Parses a text of the named language; an unknown language is an error like any other.</summary>
    public SchemaParseResult Parse(
        string schemaType, string text, IReadOnlyList<ResolvedReference> references, SchemaParseOptions options) =>
        Find(schemaType)?.Parse(text, references, options)
        ?? new SchemaParseResult(new SchemaError(
            $"schema type {schemaType} is not supported; there are {string.Join(", ", Supported)}", IsUnsupported: true));
}

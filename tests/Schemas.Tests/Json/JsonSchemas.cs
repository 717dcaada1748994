using System.Text;
using Gateway.Schemas.Json;

namespace Gateway.Schemas.Tests.Json;

/// <summary>Short ways to parse JSON Schemas and to hold values against them.</summary>
internal static class JsonSchemas
{
    public const string Draft4 = "http://json-schema.org/draft-04/schema#";
    public const string Draft6 = "http://json-schema.org/draft-06/schema#";
    public const string Draft7 = "http://json-schema.org/draft-07/schema#";
    public const string Draft201909 = "https://json-schema.org/draft/2019-09/schema";
    public const string Draft202012 = "https://json-schema.org/draft/2020-12/schema";

    private static readonly JsonSchemaLanguage Language = new();

    public static SchemaParseResult Parse(string text, SchemaParseOptions options, params ResolvedReference[] references) =>
        Language.Parse(text, references, options);

    public static JsonSchemaDocument Schema(string text, params ResolvedReference[] references)
    {
        var result = Language.Parse(text, references, SchemaParseOptions.New);
        Assert.True(result.Schema is not null, result.Error?.ToString());
        return (JsonSchemaDocument)result.Schema!;
    }

    /// <summary>The members of a schema, of the draft.</summary>
    public static JsonSchemaDocument Of(string draft, string members, params ResolvedReference[] references) =>
        Schema($$"""{"$schema":"{{draft}}",{{members}}}""", references);

    public static JsonSchemaDocument Stored(string text, params ResolvedReference[] references) =>
        (JsonSchemaDocument)Language.Parse(text, references, SchemaParseOptions.Stored).Schema!;

    public static SchemaError Error(string text, params ResolvedReference[] references)
    {
        var result = Language.Parse(text, references, SchemaParseOptions.New);
        Assert.Null(result.Schema);
        return result.Error!;
    }

    public static void Validate(this ISchema schema, string json) => schema.Validate(Encoding.UTF8.GetBytes(json), SchemaBudget.Default);

    public static bool Accepts(this ISchema schema, string json)
    {
        try
        {
            schema.Validate(json);
            return true;
        }
        catch (SchemaDataException)
        {
            return false;
        }
    }

    /// <summary>What is said about a value that does not fit.</summary>
    public static string Fault(this ISchema schema, string json) => Assert.Throws<SchemaDataException>(() => schema.Validate(json)).Message;
}

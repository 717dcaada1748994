namespace Gateway.Schemas.Json.Model;

/// <summary>The drafts of JSON Schema that are served, oldest first.</summary>
internal enum JsonSchemaDraft
{
    Draft4,
    Draft6,
    Draft7,
    Draft201909,
    Draft202012,
}

/// <summary>What sets the drafts apart by name.</summary>
internal static class JsonSchemaDrafts
{
    private static readonly (string Uri, JsonSchemaDraft Draft)[] Known =
    [
        ("http://json-schema.org/draft-04/schema", JsonSchemaDraft.Draft4),
        ("http://json-schema.org/draft-06/schema", JsonSchemaDraft.Draft6),
        ("http://json-schema.org/draft-07/schema", JsonSchemaDraft.Draft7),
        ("https://json-schema.org/draft/2019-09/schema", JsonSchemaDraft.Draft201909),
        ("https://json-schema.org/draft/2020-12/schema", JsonSchemaDraft.Draft202012),
    ];

    /// <summary>The draft whose meta-schema has that URI; people mix up http and https and forget the empty fragment.</summary>
    public static JsonSchemaDraft? Find(string metaSchemaUri)
    {
        var wanted = WithoutScheme(metaSchemaUri.TrimEnd('#'));
        foreach (var (uri, draft) in Known)
        {
            if (WithoutScheme(uri).SequenceEqual(wanted)) return draft;
        }
        return null;
    }

    /// <summary>URI of the draft's meta-schema, without fragment.</summary>
    public static string MetaSchemaUri(this JsonSchemaDraft draft) => Known[(int)draft].Uri;

    /// <summary>The keyword that names a schema.</summary>
    public static string IdKeyword(this JsonSchemaDraft draft) => draft == JsonSchemaDraft.Draft4 ? "id" : "$id";

    /// <summary>Whether everything beside a <c>$ref</c> is ignored.</summary>
    public static bool RefStandsAlone(this JsonSchemaDraft draft) => draft <= JsonSchemaDraft.Draft7;

    private static ReadOnlySpan<char> WithoutScheme(string uri)
    {
        var at = uri.IndexOf("://", StringComparison.Ordinal);
        return at is 4 or 5 && uri.StartsWith("http", StringComparison.Ordinal) ? uri.AsSpan(at) : uri;
    }
}

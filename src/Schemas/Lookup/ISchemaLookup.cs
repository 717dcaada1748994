namespace Gateway.Schemas.Lookup;

/// <summary>
/// The registry as the HTTP proxy (and whoever else encodes or decodes) sees it. Lives here so that such rooms need not know the registry.
/// Expected misses are values; only a registry that cannot be reached throws.
/// </summary>
public interface ISchemaLookup
{
    /// <summary>The schema with that id in the default context.</summary>
    ValueTask<SchemaAnswer> FindByIdAsync(int id, CancellationToken cancel);

    /// <summary>The schema with that GUID, in whichever context it is; its id counts there.</summary>
    ValueTask<SchemaAnswer> FindByGuidAsync(Guid guid, CancellationToken cancel);

    /// <summary>The newest live version of a subject.</summary>
    ValueTask<SchemaAnswer> FindLatestAsync(string subject, CancellationToken cancel);

    /// <summary>One live version of a subject.</summary>
    ValueTask<SchemaAnswer> FindVersionAsync(string subject, int version, CancellationToken cancel);

    /// <summary>Finds the schema under the subject or registers it there, under the subject's compatibility rules.</summary>
    ValueTask<SchemaAnswer> RegisterAsync(
        string subject, string schemaType, string text, IReadOnlyList<SchemaReference> references, CancellationToken cancel);
}

/// <summary>A schema the registry holds.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Guid">The fingerprint clients may send instead of the id.</param>
/// <param name="Subject">Subject it was asked for under; null when asked for by id.</param>
/// <param name="Version">Version in that subject; null when asked for by id.</param>
/// <param name="Schema">The schema itself.</param>
public sealed record RegisteredSchema(int Id, Guid Guid, string? Subject, int? Version, ISchema Schema);

/// <summary>What the registry answered: a schema, or its error code and message (the ones its HTTP door would give).</summary>
public sealed record SchemaAnswer
{
    private SchemaAnswer(RegisteredSchema? found, int errorCode, string message) =>
        (Found, ErrorCode, Message) = (found, errorCode, message);

    /// <summary>The schema; null when there is an error.</summary>
    public RegisteredSchema? Found { get; }

    /// <summary>The registry's error code, such as 40403; 0 when there is a schema.</summary>
    public int ErrorCode { get; }

    /// <summary>The error for people; empty when there is a schema.</summary>
    public string Message { get; }

    /// <summary>An answer that holds a schema.</summary>
    public static SchemaAnswer Of(RegisteredSchema found) => new(found, 0, "");

    /// <summary>An answer that holds an error.</summary>
    public static SchemaAnswer Failed(int errorCode, string message) => new(null, errorCode, message);
}

namespace Gateway.Schemas;

/// <summary>Why a schema text was refused, and where.</summary>
/// <param name="Message">What is wrong.</param>
/// <param name="Path">JSON pointer into the text, or empty where the text is not JSON.</param>
/// <param name="Line">Line, counted from 1; 0 when unknown.</param>
/// <param name="Column">UTF-8 column, counted from 1; 0 when unknown.</param>
/// <param name="IsUnsupported">The language itself is not served, so nothing was looked at.</param>
public sealed record SchemaError(string Message, string Path = "", int Line = 0, int Column = 0, bool IsUnsupported = false)
{
    /// <inheritdoc/>
    public override string ToString()
    {
        var at = Path.Length > 0 ? $" at {Path}" : "";
        return Line > 0 ? $"{Message}{at} (line {Line}, column {Column})" : Message + at;
    }
}

/// <summary>What parsing gave: a schema, or the reason there is none.</summary>
public readonly struct SchemaParseResult
{
    /// <summary>A text that parsed.</summary>
    public SchemaParseResult(ISchema schema) => Schema = schema;

    /// <summary>A text that did not.</summary>
    public SchemaParseResult(SchemaError error) => Error = error;

    /// <summary>The schema, when there is one.</summary>
    public ISchema? Schema { get; }

    /// <summary>The fault, when there is no schema.</summary>
    public SchemaError? Error { get; }
}

/// <summary>Data that does not fit its schema, in either direction.</summary>
public sealed class SchemaDataException : Exception
{
    /// <summary>Data that does not fit.</summary>
    public SchemaDataException(string message) : base(message) { }

    /// <summary>Data that does not fit, found by another fault.</summary>
    public SchemaDataException(string message, Exception inner) : base(message, inner) { }
}

using System.Text.Json;
using Gateway.Schemas.Json.Model;

namespace Gateway.Schemas.Json.Validation;

/// <summary>One keyword (or several that work together) of a schema, ready to be held against values.</summary>
/// <param name="node">The schema it stands in.</param>
/// <param name="keyword">The keyword.</param>
internal abstract class Check(SchemaNode node, string keyword)
{
    /// <summary>Where the keyword stands, as a URI with a JSON pointer.</summary>
    public string Location => $"{(node.Document.Resource.Uri is SchemaUri.Unnamed ? "" : node.Document.Resource.Uri)}#{node.Pointer}/{Keyword}";

    /// <summary>The keyword.</summary>
    public string Keyword { get; } = keyword;

    /// <summary>The kinds of values it has something to say about.</summary>
    public virtual ValueKinds AppliesTo => ValueKinds.Any;

    /// <summary>Schemas it applies to the very value it is given, where that is certain from the text.</summary>
    public virtual IEnumerable<CompiledSchema> AppliedInPlace => [];

    /// <summary>Whether the value passes. Marks in <paramref name="evaluated"/> what of it was looked at, when somebody wants to know.</summary>
    public abstract bool Passes(in JsonElement value, ValidationRun run, EvaluatedParts? evaluated);

    /// <summary>Why a value did not pass; null when those who know better have said so already.</summary>
    public abstract string? Explain(in JsonElement value, ValidationRun run);
}

/// <summary>Kinds of JSON values, to be combined.</summary>
[Flags]
internal enum ValueKinds
{
    Null = 1,
    Boolean = 2,
    Number = 4,
    String = 8,
    Array = 16,
    Object = 32,
    Any = Null | Boolean | Number | String | Array | Object,
}

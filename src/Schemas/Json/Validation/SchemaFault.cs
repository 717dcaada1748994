using Gateway.Schemas.Json.Model;

namespace Gateway.Schemas.Json.Validation;

/// <summary>What cannot be compiled, and where. Never leaves this room.</summary>
internal sealed class SchemaFault(string message, SchemaNode node, string below) : Exception(message)
{
    /// <summary>Root of the text it stands in.</summary>
    public SchemaNode Document { get; } = node.Document;

    /// <summary>JSON pointer of the fault in that text.</summary>
    public string Pointer { get; } = node.Pointer + below;
}

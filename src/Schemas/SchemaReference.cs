namespace Gateway.Schemas;

/// <summary>A schema's pointer to another one: the name it is used by, and where it is registered.</summary>
/// <param name="Name">Full type name (Avro), import path (Protobuf) or <c>$ref</c> URI (JSON Schema).</param>
/// <param name="Subject">Subject the target is registered under.</param>
/// <param name="Version">Version within that subject.</param>
public sealed record SchemaReference(string Name, string Subject, int Version);

/// <summary>A reference together with the text it points to. Parsers take these in dependency order, deepest first.</summary>
/// <param name="Reference">The pointer.</param>
/// <param name="Text">The target's schema text.</param>
/// <param name="IsDirect">Whether the parsed schema itself names it (otherwise one of its references does).</param>
public sealed record ResolvedReference(SchemaReference Reference, string Text, bool IsDirect);

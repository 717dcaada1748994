namespace Gateway.Schemas.Avro.Parsing;

/// <summary>Unwinds the parser to its door, where it becomes a value with a position.</summary>
internal sealed class AvroParseException(string message) : Exception(message);

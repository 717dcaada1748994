namespace Gateway.Schemas.Json.Patterns;

/// <summary>A pattern that is no regular expression of ECMA-262, or too much of one. Never leaves this room.</summary>
internal sealed class PatternFault(string message) : Exception(message);

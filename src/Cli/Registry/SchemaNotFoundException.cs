namespace Gateway.Cli.Registry;

/// <summary>The registry answers, and has no such schema, or has one this build cannot read.</summary>
public sealed class SchemaNotFoundException(string message) : CommandException(message);

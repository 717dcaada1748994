using System.Globalization;

namespace Gateway.Cli.Registry;

/// <summary>Which schema keys or values have: that of an id, or the newest of the topic's subject.</summary>
/// <param name="Id">The id; null for the newest of the subject.</param>
/// <param name="MessageType">The message type, where a schema describes several (Protobuf); null for its first.</param>
public sealed record SchemaChoice(int? Id, string? MessageType = null)
{
    /// <summary>Reads what <c>--schema-id</c> takes: a number, or <c>topic</c>.</summary>
    /// <exception cref="CommandException">It is neither.</exception>
    public static SchemaChoice Parse(string option, string text, string? messageType)
    {
        if (text == "topic") return new SchemaChoice(null, messageType);
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int id) && id > 0
            ? new SchemaChoice(id, messageType)
            : throw new CommandException($"{option}: '{text}' is neither a schema id nor the word topic");
    }
}

/// <summary>The half of a record a schema is for.</summary>
public enum RecordPart
{
    /// <summary>The key; its subject is <c>TOPIC-key</c>.</summary>
    Key,

    /// <summary>The value; its subject is <c>TOPIC-value</c>.</summary>
    Value,
}

/// <summary>What the halves are called.</summary>
public static class RecordParts
{
    /// <summary>The name in messages and at the end of subjects.</summary>
    public static string NameOf(RecordPart part) => part == RecordPart.Key ? "key" : "value";
}

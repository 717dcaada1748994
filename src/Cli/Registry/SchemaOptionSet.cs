using System.CommandLine;

namespace Gateway.Cli.Registry;

/// <summary>The options that say which schemas keys and values have.</summary>
internal sealed class SchemaOptionSet
{
    /// <summary>The option that may stand without a value.</summary>
    private const string UseRegistryName = "--use-schema-registry";

    private const string Both = "key,value";

    private readonly Option<string?> _use;
    private readonly Option<string?> _valueId;
    private readonly Option<string?> _keyId;
    private readonly Option<string?> _valueType = new("--schema-type") { Description = "The message type of values, where the schema has several (Protobuf); its first otherwise.", HelpName = "NAME" };
    private readonly Option<string?> _keyType = new("--schema-key-type") { Description = "The same for keys.", HelpName = "NAME" };
    private readonly Option<bool> _inHeader = new("--schema-in-header") { Description = "Name schemas in headers of the records, by GUID, and not in front of the data." };
    private readonly bool _produces;

    private SchemaOptionSet(bool produces, string use, string valueId)
    {
        _produces = produces;
        _use = new Option<string?>(UseRegistryName) { Description = use, HelpName = "key|value" };
        _valueId = new Option<string?>("--schema-id") { Description = valueId, HelpName = "ID|topic" };
        _keyId = new Option<string?>("--schema-key-id") { Description = "The same for keys; topic stands for the newest schema of TOPIC-key.", HelpName = "ID|topic" };
    }

    /// <summary>For <c>produce</c>: keys and values are read as JSON and encoded.</summary>
    public static SchemaOptionSet ForProduce() => new(
        produces: true,
        "Read keys and values as JSON and encode them by the newest schemas of TOPIC-key and TOPIC-value; =key or =value for one of them.",
        "Read values as JSON and encode them by the schema with this id; topic stands for the newest schema of TOPIC-value.");

    /// <summary>For <c>consume</c>: keys and values are decoded to JSON.</summary>
    public static SchemaOptionSet ForConsume() => new(
        produces: false,
        "Decode keys and values that carry a schema id to JSON; =key or =value for one of them. What cannot be decoded goes to standard error.",
        "Decode values and show them as this schema has them, also those that carry no schema id; topic stands for the newest of TOPIC-value.");

    /// <summary>An argument of a command line; the option without a value, which would swallow the next word, gets the one it stands for.</summary>
    public static string Complete(string argument) => argument == UseRegistryName ? $"{UseRegistryName}={Both}" : argument;

    public void AddTo(Command command)
    {
        foreach (Option option in new Option[] { _use, _valueId, _keyId }) command.Add(option);
        if (!_produces) return;
        command.Add(_valueType);
        command.Add(_keyType);
        command.Add(_inHeader);
    }

    /// <summary>Whether any schema is asked for.</summary>
    public bool IsAsked(ParseResult parsed) => KeyOf(parsed).Asked || ValueOf(parsed).Asked;

    /// <summary>Whether schemas are to be named in headers.</summary>
    /// <exception cref="CommandException">None is to be named.</exception>
    public bool NamesInHeaders(ParseResult parsed)
    {
        bool named = parsed.GetValue(_inHeader);
        if (named && !IsAsked(parsed)) throw new CommandException($"{_inHeader.Name}: it needs {_valueId.Name}, {_keyId.Name} or {UseRegistryName} as well");
        return named;
    }

    /// <summary>What is asked for keys: whether anything, and a certain schema if one is named.</summary>
    public (bool Asked, SchemaChoice? Choice) KeyOf(ParseResult parsed) => Of(parsed, "key", _keyId, _keyType);

    /// <summary>The same for values.</summary>
    public (bool Asked, SchemaChoice? Choice) ValueOf(ParseResult parsed) => Of(parsed, "value", _valueId, _valueType);

    private (bool Asked, SchemaChoice? Choice) Of(ParseResult parsed, string part, Option<string?> id, Option<string?> type)
    {
        bool uses = Parts(parsed.GetValue(_use)).Contains(part);
        string? typeName = _produces ? parsed.GetValue(type) : null;
        if (parsed.GetValue(id) is { } text) return (true, SchemaChoice.Parse(id.Name, text, typeName));
        if (!uses && typeName is not null) throw new CommandException($"{type.Name}: it needs {id.Name} or {UseRegistryName} as well");
        return (uses, uses && _produces ? new SchemaChoice(null, typeName) : null);
    }

    private static string[] Parts(string? text)
    {
        string[] parts = text?.Split(',', StringSplitOptions.TrimEntries) ?? [];
        foreach (string part in parts)
            if (part is not ("key" or "value")) throw new CommandException($"{UseRegistryName}: '{part}' is neither key nor value");
        return parts;
    }
}

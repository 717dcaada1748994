using System.Text.Json;

namespace Gateway.Schemas.Avro.Model;

internal enum AvroOrder
{
    Ascending,
    Descending,
    Ignore,
}

/// <summary>A field of a record.</summary>
internal sealed class AvroField
{
    private JsonEncodedText? _jsonName;

    public required string Name { get; init; }

    public required int Position { get; init; }

    public required AvroSchema Schema { get; init; }

    public string? Doc { get; init; }

    /// <summary>The default as written; absent (not JSON null) where there is none.</summary>
    public JsonElement? Default { get; init; }

    public AvroOrder Order { get; init; }

    public IReadOnlyList<string> Aliases { get; init; } = [];

    public IReadOnlyList<KeyValuePair<string, JsonElement>> Properties { get; init; } = [];

    /// <summary>The name ready to be written as a JSON member, made on first use.</summary>
    public JsonEncodedText JsonName =>
        _jsonName ??= JsonEncodedText.Encode(Name, System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping);
}

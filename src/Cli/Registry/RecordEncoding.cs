using System.Buffers;
using System.Text.Json;
using Gateway.Common.Records;
using Gateway.Schemas;

namespace Gateway.Cli.Registry;

/// <summary>Turns the JSON of keys and values into what serialisers write: a schema id, then the payload; or the schema's GUID in a header.</summary>
/// <param name="registry">Where schemas come from.</param>
/// <param name="key">The schema of keys; null leaves them as they are.</param>
/// <param name="value">The schema of values; null leaves them as they are.</param>
/// <param name="inHeaders">Whether schemas are named in headers; in front of the data otherwise.</param>
public sealed class RecordEncoding(RegistryClient registry, SchemaChoice? key, SchemaChoice? value, bool inHeaders = false)
{
    private const int MaxDepth = 256;

    private readonly Dictionary<(string Topic, RecordPart Part), KnownSchema> _chosen = [];

    /// <summary>The bytes to store; null stays null.</summary>
    /// <param name="topic">The topic.</param>
    /// <param name="part">What it is.</param>
    /// <param name="json">Its JSON.</param>
    /// <param name="headers">Takes the header that names the schema, where headers do.</param>
    /// <param name="cancel">Gives up waiting.</param>
    /// <exception cref="CommandException">The schema is not to be had.</exception>
    /// <exception cref="FormatException">The text is not JSON, or does not fit the schema.</exception>
    public async ValueTask<byte[]?> EncodeAsync(string topic, RecordPart part, byte[]? json, ICollection<RecordHeader> headers, CancellationToken cancel)
    {
        if (json is null || (part == RecordPart.Key ? key : value) is not { } choice) return json;
        KnownSchema schema = await ChosenAsync(topic, part, choice, cancel);
        var output = new ArrayBufferWriter<byte>(json.Length + SchemaIdPrefix.Length);
        if (!inHeaders)
        {
            SchemaIdPrefix.Write(output.GetSpan(SchemaIdPrefix.Length), schema.Id);
            output.Advance(SchemaIdPrefix.Length);
        }
        try
        {
            using JsonDocument document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = MaxDepth });
            schema.Schema.EncodeJson(document.RootElement, JsonForm.Plain, output, SchemaBudget.Default);
        }
        catch (JsonException failure)
        {
            throw new FormatException($"the {RecordParts.NameOf(part)} is not JSON, which schema {schema.Id} asks for: {failure.Message}", failure);
        }
        catch (Exception failure) when (failure is SchemaDataException or SchemaBudgetException)
        {
            throw new FormatException($"the {RecordParts.NameOf(part)} does not fit schema {schema.Id}: {failure.Message}", failure);
        }
        if (!inHeaders) return output.WrittenSpan.ToArray();
        Guid guid = schema.Guid ?? throw new CommandException($"the schema registry tells no GUID of schema {schema.Id}, which --schema-in-header needs");
        headers.Add(SchemaHeader.Of(part == RecordPart.Key, guid, schema.Schema.SchemaType, output.WrittenSpan, out int moved));
        return output.WrittenSpan[moved..].ToArray();
    }

    private async ValueTask<KnownSchema> ChosenAsync(string topic, RecordPart part, SchemaChoice choice, CancellationToken cancel)
    {
        if (_chosen.TryGetValue((topic, part), out KnownSchema? known)) return known;
        return _chosen[(topic, part)] = await ChosenSchema.FindAsync(registry, choice, topic, part, cancel);
    }
}

/// <summary>Finds the schema a choice means.</summary>
internal static class ChosenSchema
{
    public static async ValueTask<KnownSchema> FindAsync(
        RegistryClient registry, SchemaChoice choice, string topic, RecordPart part, CancellationToken cancel)
    {
        KnownSchema found = choice.Id is { } id
            ? await registry.FindAsync(id, cancel)
            : await registry.FindLatestAsync($"{topic}-{RecordParts.NameOf(part)}", cancel);
        if (choice.MessageType is not { } name) return found;
        return found.Schema.ForType(name) is { } typed
            ? found with { Schema = typed }
            : throw new CommandException($"schema {found.Id} ({found.Schema.SchemaType}) has no message type '{name}'");
    }
}

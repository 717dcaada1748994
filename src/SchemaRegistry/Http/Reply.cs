using System.Text.Json;
using Gateway.SchemaRegistry.Model;

namespace Gateway.SchemaRegistry.Http;

/// <summary>A successful answer: JSON written by the given steps, or a schema text in UTF-8 as it is.</summary>
internal sealed record Reply(Action<Utf8JsonWriter>? Write, ReadOnlyMemory<byte>? Raw = null, int Status = 200)
{
    public static Reply Json(Action<Utf8JsonWriter> write) => new(write);

    public static Reply Text(ReadOnlyMemory<byte> raw) => new(null, raw);

    /// <summary>An error as every door of a registry tells it.</summary>
    public static void WriteError(Utf8JsonWriter output, RegistryFault fault)
    {
        output.WriteStartObject();
        output.WriteNumber("error_code", fault.Code);
        output.WriteString("message", fault.Message);
        output.WriteEndObject();
    }

    public static Reply NoContent { get; } = new(null, null, 204);

    public static Reply Object(Action<Utf8JsonWriter> members) => new(output =>
    {
        output.WriteStartObject();
        members(output);
        output.WriteEndObject();
    });

    public static Reply Numbers(IEnumerable<int> numbers) => new(output =>
    {
        output.WriteStartArray();
        foreach (var number in numbers) output.WriteNumberValue(number);
        output.WriteEndArray();
    });

    public static Reply Texts(IEnumerable<string> texts) => new(output =>
    {
        output.WriteStartArray();
        foreach (var text in texts) output.WriteStringValue(text);
        output.WriteEndArray();
    });
}

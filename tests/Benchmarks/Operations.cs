using Gateway.Benchmarks.Generated;
using Gateway.Schemas;
using Google.Protobuf;

namespace Gateway.Benchmarks;

/// <summary>Something measured, and the sizes its speed is told in.</summary>
/// <param name="Name">What is done.</param>
/// <param name="PayloadBytes">Size of the binary payload; 0 where there is none.</param>
/// <param name="JsonBytes">Size of the JSON; 0 where there is none.</param>
/// <param name="Run">Does it once.</param>
internal sealed record Operation(string Name, int PayloadBytes, int JsonBytes, Action Run);

/// <summary>Everything that is measured, by language.</summary>
internal static class Operations
{
    public static IEnumerable<Operation> Avro() =>
        Sample.Of(SchemaTypes.Avro, "order.avsc") is { } sample ? [.. Of("Avro", sample), .. Rewriting("Avro", sample)] : [];

    public static IEnumerable<Operation> Protobuf()
    {
        if (Sample.Of(SchemaTypes.Protobuf, "order.proto") is not { } sample) return [];
        // The payload has a list of message indexes in front: one byte, as the message is the first.
        var bytes = sample.Payload[1..];
        var order = Order.Parser.ParseFrom(bytes);
        var json = JsonFormatter.Default.Format(order);
        var buffer = new byte[order.CalculateSize()];
        return
        [
            .. Of("Protobuf", sample),
            new("Google.Protobuf: message to object", bytes.Length, 0, () => Order.Parser.ParseFrom(bytes)),
            new("Google.Protobuf: object to message", bytes.Length, 0, () => order.WriteTo(buffer.AsSpan())),
            new("Google.Protobuf: message to JSON", bytes.Length, json.Length, () => JsonFormatter.Default.Format(Order.Parser.ParseFrom(bytes))),
            new("Google.Protobuf: JSON to message", bytes.Length, json.Length, () => Order.Parser.ParseJson(json).WriteTo(buffer.AsSpan())),
            .. Rewriting("Protobuf", sample),
        ];
    }

    public static IEnumerable<Operation> Json() => Sample.Of(SchemaTypes.Json, "order.schema.json") is { } sample
        ? [new("JSON Schema: validate", 0, sample.Json.Length, sample.Validate), new("JSON Schema: parse, validate and write", 0, sample.Json.Length, sample.ParseAndEncode), .. Rewriting("JSON Schema", sample)]
        : [];

    private static IEnumerable<Operation> Of(string language, Sample sample) =>
    [
        new($"{language}: decode to JSON", sample.Payload.Length, sample.Json.Length, sample.Decode),
        new($"{language}: validate", sample.Payload.Length, 0, sample.Validate),
        new($"{language}: encode a JSON document", sample.Payload.Length, sample.Json.Length, sample.Encode),
        new($"{language}: parse JSON and encode", sample.Payload.Length, sample.Json.Length, sample.ParseAndEncode),
    ];

    private static IEnumerable<Operation> Rewriting(string language, Sample sample) =>
    [
        new($"System.Text.Json: {language}'s JSON again, by tokens", 0, sample.Json.Length, sample.RewriteTokens),
        new($"System.Text.Json: {language}'s JSON again, by document", 0, sample.Json.Length, sample.RewriteDocument),
    ];
}

using System.Text.Json;
using Gateway.SchemaRegistry.Model;

namespace Gateway.SchemaRegistry.Http;

/// <summary>A place in an answer where what is written so far may go to the client before the rest is made.</summary>
internal readonly record struct Pause;

/// <summary>
/// A successful answer: JSON written by the given steps, at once or with pauses where it can be of any length, or a schema text in UTF-8 as it is.
/// </summary>
internal sealed record Reply
{
    public Action<Utf8JsonWriter>? Write { get; private init; }

    public Func<Utf8JsonWriter, IEnumerable<Pause>>? WriteInPieces { get; private init; }

    public ReadOnlyMemory<byte>? Raw { get; private init; }

    public int Status { get; init; } = 200;

    public static Reply NoContent { get; } = new() { Status = 204 };

    public static Reply Json(Action<Utf8JsonWriter> write) => new() { Write = write };

    public static Reply Text(ReadOnlyMemory<byte> raw) => new() { Raw = raw };

    /// <summary>JSON that grows with what is stored: it is made as the client takes it.</summary>
    public static Reply Pieces(Func<Utf8JsonWriter, IEnumerable<Pause>> write) => new() { WriteInPieces = write };

    public static Reply Object(Action<Utf8JsonWriter> members) => Json(output =>
    {
        output.WriteStartObject();
        members(output);
        output.WriteEndObject();
    });

    /// <summary>A list of any length, which is walked as the client takes it.</summary>
    public static Reply List<T>(IEnumerable<T> items, Action<Utf8JsonWriter, T> write) => List(items, (output, item) =>
    {
        write(output, item);
        return [];
    });

    /// <summary>The same where each item has pauses of its own.</summary>
    public static Reply List<T>(IEnumerable<T> items, Func<Utf8JsonWriter, T, IEnumerable<Pause>> write) => Pieces(output => Array(output, items, write));

    public static Reply Numbers(IEnumerable<int> numbers) => List(numbers, static (output, number) => output.WriteNumberValue(number));

    public static Reply Texts(IEnumerable<string> texts) => List(texts, static (output, text) => output.WriteStringValue(text));

    /// <summary>Items as an array, with a pause behind each.</summary>
    public static IEnumerable<Pause> Array<T>(Utf8JsonWriter output, IEnumerable<T> items, Func<Utf8JsonWriter, T, IEnumerable<Pause>> write)
    {
        output.WriteStartArray();
        foreach (var item in items)
        {
            foreach (var pause in write(output, item)) yield return pause;
            yield return default;
        }
        output.WriteEndArray();
    }

    /// <summary>An error as every door of a registry tells it.</summary>
    public static void WriteError(Utf8JsonWriter output, RegistryFault fault)
    {
        output.WriteStartObject();
        output.WriteNumber("error_code", fault.Code);
        output.WriteString("message", fault.Message);
        output.WriteEndObject();
    }
}

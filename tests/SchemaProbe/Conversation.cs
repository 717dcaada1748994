using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Gateway.Schemas;

namespace Gateway.SchemaProbe;

/// <summary>Answers requests line by line until the input ends. Nothing a request holds ends it.</summary>
internal static class Conversation
{
    public static readonly JsonDocumentOptions Lenient = new() { MaxDepth = 20_000 };

    public static readonly JsonWriterOptions Relaxed =
        new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = 20_000, SkipValidation = true };

    public static void Run(Stream input, Stream output)
    {
        using var lines = new StreamReader(input, new UTF8Encoding(false));
        while (lines.ReadLine() is { } line)
        {
            var answer = Answer(line);
            output.Write(answer);
            output.WriteByte((byte)'\n');
            output.Flush();
        }
    }

    private static ReadOnlySpan<byte> Answer(string line)
    {
        string? id = null;
        try
        {
            using var document = JsonDocument.Parse(line, Lenient);
            if (document.RootElement.TryGetProperty("id", out var given)) id = given.GetRawText();
            return Write(id, writer => Operations.Run(new Request(document.RootElement), writer));
        }
        catch (SchemaRefusedException refused)
        {
            return Write(id, writer => WriteRefusal(writer, refused.Error));
        }
        catch (SchemaDataException fault)
        {
            return WriteError(id, "data", fault.Message);
        }
        catch (SchemaBudgetException fault)
        {
            return WriteError(id, "budget", fault.Message);
        }
        catch (Exception fault) when (fault is JsonException or RequestException)
        {
            return WriteError(id, "request", fault.Message);
        }
#pragma warning disable CA1031 // Whatever else comes out is the finding that whoever asks is after.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            return WriteError(id, "fault", fault.ToString());
        }
    }

    private static void WriteRefusal(Utf8JsonWriter writer, SchemaError error)
    {
        writer.WriteString("error", error.Message);
        writer.WriteString("kind", "schema");
        writer.WriteString("path", error.Path);
        writer.WriteNumber("line", error.Line);
        writer.WriteNumber("column", error.Column);
    }

    private static ReadOnlySpan<byte> WriteError(string? id, string kind, string message) => Write(id, writer =>
    {
        writer.WriteString("error", message);
        writer.WriteString("kind", kind);
    });

    private static ReadOnlySpan<byte> Write(string? id, Action<Utf8JsonWriter> members)
    {
        var output = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(output, Relaxed);
        writer.WriteStartObject();
        if (id is not null)
        {
            writer.WritePropertyName("id");
            writer.WriteRawValue(id);
        }
        members(writer);
        writer.WriteEndObject();
        writer.Flush();
        return output.WrittenSpan;
    }
}

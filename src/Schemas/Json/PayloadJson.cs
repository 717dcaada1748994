using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Unicode;
using Gateway.Common.Json;

namespace Gateway.Schemas.Json;

/// <summary>A payload read as JSON, from a copy in borrowed memory: the framework's reader keeps what it reads.</summary>
internal sealed class PayloadJson : IDisposable
{
    private readonly byte[] _bytes;
    private readonly JsonDocument _document;

    private PayloadJson(byte[] bytes, JsonDocument document) => (_bytes, _document) = (bytes, document);

    /// <summary>The value.</summary>
    public JsonElement Root => _document.RootElement;

    /// <summary>Reads a payload.</summary>
    /// <exception cref="SchemaDataException">It is not JSON, not text, or nested too deep.</exception>
    public static PayloadJson Parse(ReadOnlySpan<byte> payload, SchemaBudget budget)
    {
        CheckText(payload);
        var bytes = ArrayPool<byte>.Shared.Rent(payload.Length);
        payload.CopyTo(bytes);
        try
        {
            return new PayloadJson(
                bytes, JsonDocument.Parse(bytes.AsMemory(0, payload.Length), new JsonDocumentOptions { MaxDepth = budget.MaxDepth }));
        }
        catch (JsonException fault)
        {
            ArrayPool<byte>.Shared.Return(bytes);
            throw new SchemaDataException(JsonDepth.Exceeds(payload, budget.MaxDepth)
                ? $"The payload is nested more than {budget.MaxDepth} levels deep, which is the limit"
                : $"The payload is not JSON: {JsonSyntax.DescribeWithPlace(fault, payload)}", fault);
        }
    }

    /// <summary>Writes the value as it stands in the payload, without the blanks between its tokens.</summary>
    public void WriteTo(Utf8JsonWriter output)
    {
        var text = JsonMarshal.GetRawUtf8Value(Root);
        var compact = ArrayPool<byte>.Shared.Rent(text.Length);
        try
        {
            output.WriteRawValue(compact.AsSpan(0, CompactJson.Copy(text, compact)), skipInputValidation: true);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(compact);
        }
    }

    /// <summary>What the framework's reader takes and then throws about when somebody asks for a string.</summary>
    public static void CheckText(ReadOnlySpan<byte> utf8)
    {
        if (!Utf8.IsValid(utf8)) throw new SchemaDataException("The payload is not JSON: it is not UTF-8");
        if (JsonEscapes.HasLoneSurrogate(utf8))
            throw new SchemaDataException("The payload is not JSON that is text: a string has half of an escaped surrogate pair");
    }

    /// <summary>Looks how deep JSON is nested that somebody else has read, by limits of his own.</summary>
    public static void CheckDepth(ReadOnlySpan<byte> utf8, SchemaBudget budget)
    {
        var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = budget.MaxDepth });
        try
        {
            while (reader.Read()) { }
        }
        catch (JsonException)
        {
            throw new SchemaBudgetException($"the value is nested more than {budget.MaxDepth} levels deep, which is the limit");
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _document.Dispose();
        ArrayPool<byte>.Shared.Return(_bytes);
    }
}

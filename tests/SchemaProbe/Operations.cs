using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Gateway.Schemas;
using Gateway.Schemas.Fingerprints;

namespace Gateway.SchemaProbe;

/// <summary>What can be asked for. Each writes the members of its answer.</summary>
internal static class Operations
{
    public static void Run(Request request, Utf8JsonWriter output)
    {
        switch (request.Operation)
        {
            case "parse":
                output.WriteString("name", request.Schema.Name);
                break;
            case "canonical":
                output.WriteString("text", request.Schema.CanonicalText);
                break;
            case "normalized":
                output.WriteString("text", request.Schema.NormalizedText);
                break;
            case "resolved":
                output.WriteString("text", request.Schema.ResolvedText);
                break;
            case "fingerprinted":
                output.WriteString("text", request.Schema.FingerprintText);
                break;
            case "fingerprints":
                Fingerprints(request.Schema, output);
                break;
            case "encode":
                output.WriteString("bytes", Convert.ToHexStringLower(Encode(request)));
                break;
            case "decode":
                Decoded(output, writer => request.Schema.DecodeToJson(request.Payload, request.Form, writer, SchemaBudget.Default));
                break;
            case "resolve":
                Decoded(output, writer =>
                    request.Schema.DecodeToJson(request.Writer, request.Payload, request.Form, writer, SchemaBudget.Default));
                break;
            case "compare":
                Compare(request, output);
                break;
            case "validate":
                request.Schema.Validate(request.Payload, SchemaBudget.Default);
                break;
            case "instances":
                Instances(request, output);
                break;
            default:
                throw new RequestException($"there is no op {request.Operation}");
        }
    }

    private static void Fingerprints(ISchema schema, Utf8JsonWriter output)
    {
        output.WriteString("crc64", SchemaFingerprint.Crc64(schema).ToString("x16", CultureInfo.InvariantCulture));
        output.WriteString("md5", Convert.ToHexStringLower(SchemaFingerprint.Md5(schema)));
        output.WriteString("sha256", Convert.ToHexStringLower(SchemaFingerprint.Sha256(schema)));
    }

    private static ReadOnlySpan<byte> Encode(Request request)
    {
        var schema = request.Schema;
        if (request.Message is { } message)
            schema = schema.ForType(message) ?? throw new RequestException($"the schema has no message {message}");
        var output = new ArrayBufferWriter<byte>();
        schema.EncodeJson(request.Value, request.Form, output, SchemaBudget.Default);
        return output.WrittenSpan;
    }

    /// <summary>Into a buffer first: data may turn out wrong after a good part of it has been written.</summary>
    private static void Decoded(Utf8JsonWriter output, Action<Utf8JsonWriter> decode)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, Conversation.Relaxed)) decode(writer);
        output.WritePropertyName("value");
        output.WriteRawValue(buffer.WrittenSpan);
    }

    private static void Compare(Request request, Utf8JsonWriter output)
    {
        var differences = request.Schema.CompareAsReaderOf(request.Writer, SchemaBudget.Default);
        output.WriteStartArray("differences");
        foreach (var difference in differences)
        {
            output.WriteStartObject();
            output.WriteString("type", difference.Type);
            output.WriteString("path", difference.Path);
            output.WriteString("description", difference.Description);
            output.WriteString("additionalInfo", difference.AdditionalInfo);
            output.WriteEndObject();
        }
        output.WriteEndArray();
    }

    private static void Instances(Request request, Utf8JsonWriter output)
    {
        var schema = request.Schema;
        var results = new List<string?>();
        foreach (var instance in request.Instances.EnumerateArray())
        {
            try
            {
                schema.Validate(Encoding.UTF8.GetBytes(instance.GetRawText()), SchemaBudget.Default);
                results.Add(null);
            }
            catch (Exception fault) when (fault is SchemaDataException or SchemaBudgetException)
            {
                results.Add(fault.Message);
            }
        }
        output.WriteStartArray("results");
        foreach (var result in results)
        {
            if (result is null) output.WriteBooleanValue(true);
            else output.WriteStringValue(result);
        }
        output.WriteEndArray();
    }
}

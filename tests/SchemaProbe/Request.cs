using System.Text;
using System.Text.Json;
using Gateway.Schemas;

namespace Gateway.SchemaProbe;

/// <summary>One request's members, read as they are asked for.</summary>
internal sealed class Request(JsonElement json)
{
    public string Operation => Text("op");

    public JsonForm Form => Optional("form") switch
    {
        null or "exact" => JsonForm.Exact,
        "plain" => JsonForm.Plain,
        var other => throw new RequestException($"form is exact or plain, not {other}"),
    };

    public JsonElement Value => Member("value");

    public JsonElement Instances => Member("instances");

    public string? Message => Optional("message");

    /// <summary>The schema the request is about; its faults end the request.</summary>
    public ISchema Schema => Parse(Text("schema"));

    /// <summary>The schema the data was written with.</summary>
    public ISchema Writer => Parse(Text("writer"));

    /// <summary>The payload: hexadecimal, or the JSON value's own text.</summary>
    public byte[] Payload
    {
        get
        {
            if (Optional("bytes") is not { } digits) return Encoding.UTF8.GetBytes(Value.GetRawText());
            try
            {
                return Convert.FromHexString(digits);
            }
            catch (FormatException fault)
            {
                throw new RequestException($"bytes: {fault.Message}");
            }
        }
    }

    private ISchema Parse(string text)
    {
        var strict = !json.TryGetProperty("strict", out var given) || given.ValueKind != JsonValueKind.False;
        var parsed = SchemaLanguages.All.Parse(
            Optional("type") ?? SchemaTypes.Avro, text, References, strict ? SchemaParseOptions.New : SchemaParseOptions.Stored);
        return parsed.Schema ?? throw new SchemaRefusedException(parsed.Error!);
    }

    private List<ResolvedReference> References
    {
        get
        {
            var references = new List<ResolvedReference>();
            if (!json.TryGetProperty("references", out var given)) return references;
            foreach (var item in given.EnumerateArray())
            {
                var reference = new Request(item);
                var name = reference.Text("name");
                references.Add(new(new SchemaReference(name, name, 1), reference.Text("text"), IsDirect: true));
            }
            return references;
        }
    }

    private JsonElement Member(string name) =>
        json.TryGetProperty(name, out var value) ? value : throw new RequestException($"{name} is missing");

    private string Text(string name) => Optional(name) ?? throw new RequestException($"{name} is missing");

    private string? Optional(string name) =>
        !json.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null ? null
        : value.ValueKind == JsonValueKind.String ? value.GetString()
        : throw new RequestException($"{name} is not text");
}

/// <summary>A line that is no request.</summary>
internal sealed class RequestException(string message) : Exception(message);

/// <summary>A schema text that was refused.</summary>
internal sealed class SchemaRefusedException(SchemaError error) : Exception(error.Message)
{
    public SchemaError Error { get; } = error;
}

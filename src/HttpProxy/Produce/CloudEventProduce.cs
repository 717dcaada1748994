using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Gateway.Client.Producing;
using Gateway.Common.Json;
using Gateway.Common.Records;
using Gateway.HttpProxy.Http;
using Gateway.HttpProxy.Records;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Gateway.HttpProxy.Produce;

/// <summary>
/// CloudEvents 1.0 as records. However an event comes (an object, a list of them, or its data with attributes in headers), it is stored in the
/// binary mode of the Kafka binding 1.0.2: its data is the value, its attributes are headers <c>ce_…</c>, and the extension
/// <c>partitionkey</c> is the key as well.
/// </summary>
internal static class CloudEventProduce
{
    private const string HttpPrefix = "ce-";
    private const string ContentType = "content-type";
    private static readonly string[] s_required = ["id", "source", "specversion", "type"];

    /// <summary>Of a string's kind, all of them; extensions may be something else.</summary>
    private static readonly string[] s_texts = [.. s_required, "datacontenttype", "dataschema", "subject", "time"];

    /// <summary>The events of a request. Dispose the set.</summary>
    /// <exception cref="ProblemException">One is none.</exception>
    internal static RecordSet Read(HttpRequest request, ReadOnlyMemory<byte> body, int partition, IReadOnlyList<RecordHeader>? trace)
    {
        var records = new RecordSet(body.Length);
        try
        {
            if (MediaTypes.OfCloudEvents(request) is { } type) AddJson(body, type == MediaTypes.CloudEventBatch, partition, trace, records);
            else AddBinary(request, body, partition, trace, records);
            return records;
        }
        catch
        {
            records.Dispose();
            throw;
        }
    }

    private static void AddBinary(HttpRequest request, ReadOnlyMemory<byte> body, int partition, IReadOnlyList<RecordHeader>? trace, RecordSet records)
    {
        var attributes = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach ((string name, StringValues values) in request.Headers)
        {
            if (!name.StartsWith(HttpPrefix, StringComparison.OrdinalIgnoreCase)) continue;
            // HTTP's names know no case, the attributes' are small.
            string attribute = name[HttpPrefix.Length..].ToLowerInvariant();
            if (values.Count > 1) throw Refused("the request", $"has {name} twice");
            attributes[attribute] = Unescape(HeaderText.Of(name, values.ToString()));
        }
        if (!string.IsNullOrEmpty(request.ContentType)) attributes["datacontenttype"] = HeaderText.Of("Content-Type", request.ContentType);
        Add(records, attributes, body.IsEmpty ? (ReadOnlyMemory<byte>?)null : body, partition, trace, "the request");
    }

    private static void AddJson(ReadOnlyMemory<byte> body, bool isBatch, int partition, IReadOnlyList<RecordHeader>? trace, RecordSet records)
    {
        if (body.IsEmpty) throw new ProblemException(Problem.EmptyBody, "The request has no body.");
        // The document would take both kinds of string that are no text, and throw when it is asked for them.
        if (!Utf8.IsValid(body.Span) || JsonEscapes.HasLoneSurrogate(body.Span))
            throw new ProblemException(Problem.Unreadable, "The request is not text in UTF-8.");
        try
        {
            using JsonDocument document = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = JsonText.MaxDepth + 2 });
            if (!isBatch)
            {
                Add(document.RootElement, partition, trace, records, "the event");
                return;
            }
            if (document.RootElement.ValueKind != JsonValueKind.Array) throw Refused("the batch", "must be an array");
            if (document.RootElement.GetArrayLength() == 0)
                throw new ProblemException(Problem.Unreadable, "Invalid batch of events: it must hold at least one.");
            int number = 0;
            foreach (JsonElement element in document.RootElement.EnumerateArray())
                Add(element, partition, trace, records, $"events[{number++}]");
        }
        catch (JsonException failure)
        {
            throw ProxyCall.Unreadable(failure);
        }
    }

    private static void Add(JsonElement element, int partition, IReadOnlyList<RecordHeader>? trace, RecordSet records, string place)
    {
        if (element.ValueKind != JsonValueKind.Object) throw Refused(place, "must be an object");
        var attributes = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var names = new HashSet<string>(StringComparer.Ordinal);
        (JsonElement? data, JsonElement? base64) = (null, null);
        foreach (JsonProperty member in element.EnumerateObject())
        {
            if (!names.Add(member.Name)) throw Refused(place, $"has {member.Name} twice");
            switch (member.Name)
            {
                case "data": data = member.Value.ValueKind == JsonValueKind.Null ? null : member.Value; break;
                case "data_base64": base64 = member.Value.ValueKind == JsonValueKind.Null ? null : member.Value; break;
                default:
                    if (member.Value.ValueKind != JsonValueKind.Null) attributes[member.Name] = TextOf(member, place);
                    break;
            }
        }
        if (data is not null && base64 is not null) throw Refused(place, "has both data and data_base64");
        // Not with null among the alternatives: that would turn null into empty memory.
        ReadOnlyMemory<byte>? value = null;
        if (base64 is { } binary) value = DecodeBase64(binary, place);
        else if (data is { } json) value = DataOf(json, attributes);
        Add(records, attributes, value, partition, trace, place);
    }

    private static void Add(
        RecordSet records, SortedDictionary<string, string> attributes, ReadOnlyMemory<byte>? data, int partition,
        IReadOnlyList<RecordHeader>? trace, string place)
    {
        foreach (string name in s_required)
            if (!attributes.TryGetValue(name, out string? text) || text.Length == 0) throw Refused(place, $"needs the attribute {name}");
        if (attributes["specversion"] != "1.0") throw Refused(place, $"has specversion '{attributes["specversion"]}'; 1.0 is served");
        if (attributes.TryGetValue("time", out string? time) && !TimeText.IsRfc3339(time))
            throw Refused(place, $"has the time '{time}', which is none of RFC 3339");
        var headers = new List<RecordHeader>(attributes.Count + 2);
        foreach ((string name, string text) in attributes)
        {
            if (name == "datacontenttype") headers.Add(new RecordHeader(ContentType, Encoding.UTF8.GetBytes(text)));
            else if (name.Length > 0 && name.All(static letter => char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter)))
                headers.Add(new RecordHeader("ce_" + name, Encoding.UTF8.GetBytes(text)));
            else throw Refused(place, $"has the attribute '{name}'; names are of small letters and digits");
        }
        ReadOnlyMemory<byte>? key = null;
        if (attributes.TryGetValue("partitionkey", out string? partitionKey)) key = Encoding.UTF8.GetBytes(partitionKey);
        records.Add(key, data, partition, -1, TraceContext.Join(headers, trace));
    }

    /// <summary>Data of a JSON type is its text; a string that is said to be something else is what it says.</summary>
    private static ReadOnlyMemory<byte> DataOf(JsonElement data, SortedDictionary<string, string> attributes)
    {
        string type = attributes.TryGetValue("datacontenttype", out string? given) ? given : attributes["datacontenttype"] = MediaTypes.Json;
        string plain = type.Split(';')[0].Trim();
        bool isJson = plain.EndsWith("/json", StringComparison.OrdinalIgnoreCase) || plain.EndsWith("+json", StringComparison.OrdinalIgnoreCase);
        if (!isJson && data.ValueKind == JsonValueKind.String) return Encoding.UTF8.GetBytes(data.GetString()!);
        ReadOnlySpan<byte> text = JsonMarshal.GetRawUtf8Value(data);
        byte[] compact = new byte[text.Length];
        return compact.AsMemory(0, CompactJson.Copy(text, compact));
    }

    private static ReadOnlyMemory<byte> DecodeBase64(JsonElement data, string place) =>
        data.ValueKind == JsonValueKind.String && data.TryGetBytesFromBase64(out byte[]? bytes)
            ? bytes
            : throw Refused(place, "has data_base64 that is not base64");

    private static string TextOf(JsonProperty member, string place) => member.Value.ValueKind switch
    {
        JsonValueKind.String => member.Value.GetString()!,
        _ when s_texts.Contains(member.Name) => throw Refused(place, $"has the attribute {member.Name}, which must be a string"),
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        JsonValueKind.Number when member.Value.TryGetInt32(out _) => member.Value.GetRawText(),
        _ => throw Refused(place, $"has the attribute {member.Name}, which must be a string, a boolean or a whole number"),
    };

    /// <summary>Attributes in headers are percent-encoded where they are not plain ASCII (HTTP binding 1.0.2, 3.1.3.2).</summary>
    private static string Unescape(string text) => text.Contains('%', StringComparison.Ordinal) ? Uri.UnescapeDataString(text) : text;

    private static ProblemException Refused(string place, string why) => new(Problem.BadRequest, $"Invalid CloudEvent: {place} {why}.");
}

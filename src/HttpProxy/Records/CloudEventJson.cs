using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Gateway.Common.Buffers;
using Gateway.Common.Records;

namespace Gateway.HttpProxy.Records;

/// <summary>
/// Writes records as CloudEvents 1.0 in their JSON form: those of the Kafka binding (1.0.2) in either of its modes as what they are, any other
/// record as an event of the type <c>gateway.record</c>, since a record that is no event must not block its reader. A cursor is the extension
/// <c>cursor</c>.
/// </summary>
/// <param name="isOneLine">Whether stored JSON loses its line ends, since a line end would end the event for its reader.</param>
/// <param name="hasBigIntegersAsText">Whether whole numbers that a browser would round stand as strings.</param>
/// <param name="memory">Has to grant what is large.</param>
internal sealed class CloudEventJson(bool isOneLine = false, bool hasBigIntegersAsText = false, IMemoryGrants? memory = null) : IRecordWriter
{
    private const string Prefix = "ce_";
    private static readonly SearchValues<char> s_letters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789");
    private static readonly string[] s_required = ["id", "source", "specversion", "type"];

    private readonly StoredJson _stored = new(isOneLine, hasBigIntegersAsText, memory);
    private readonly PageBuffer _withCursor = new(memory);

    public bool NeedsSchemas => false;

    public void StartBatch()
    {
    }

    public void Release()
    {
        _stored.Release();
        _withCursor.Reset(Array.MaxLength);
    }

    public void Dispose()
    {
        _stored.Dispose();
        _withCursor.Dispose();
    }

    public void Write(Utf8JsonWriter json, string topic, int partition, in RecordView record, ReadOnlySpan<byte> cursor)
    {
        var attributes = new SortedDictionary<string, string>(StringComparer.Ordinal);
        string? type = null;
        foreach (RecordHeaderView header in record.Headers)
        {
            string name = header.Key;
            if (IsAttribute(name)) attributes[name[Prefix.Length..]] = Encoding.UTF8.GetString(header.Value);
            else if (name == "content-type") type = Encoding.UTF8.GetString(header.Value);
        }
        bool isStructured = type is not null && type.StartsWith("application/cloudevents+json", StringComparison.OrdinalIgnoreCase);
        if (isStructured && record.Value.TrimStart(" \t\r\n"u8) is [(byte)'{', ..] && JsonText.IsValue(record.Value))
        {
            json.WriteRawValue(WithCursor(_stored.Show(record.Value), cursor), skipInputValidation: true);
            return;
        }
        json.WriteStartObject();
        if (record.IsTooLarge || !s_required.All(attributes.ContainsKey)) Describe(attributes, topic, partition, record);
        if (!cursor.IsEmpty) attributes["cursor"] = Encoding.ASCII.GetString(cursor);
        foreach ((string name, string text) in attributes) json.WriteString(name, text);
        if (type is not null) json.WriteString("datacontenttype"u8, type);
        if (record.IsTooLarge) json.WriteBoolean("toolarge"u8, true);
        else if (!record.IsValueNull) WriteData(json, type, record.Value);
        json.WriteEndObject();
    }

    /// <summary>Whether a header is an attribute, and none that would stand for another member of the object.</summary>
    private static bool IsAttribute(string name) =>
        name.StartsWith(Prefix, StringComparison.Ordinal) && name.Length > Prefix.Length && name is not ("ce_data" or "ce_datacontenttype")
        && name.AsSpan(Prefix.Length).IndexOfAnyExcept(s_letters) < 0;

    /// <summary>The attributes of a record that is no event.</summary>
    private static void Describe(SortedDictionary<string, string> attributes, string topic, int partition, in RecordView record)
    {
        attributes.Clear();
        attributes["specversion"] = "1.0";
        attributes["type"] = "gateway.record";
        attributes["source"] = $"/topics/{Uri.EscapeDataString(topic)}/partitions/{partition.ToString(CultureInfo.InvariantCulture)}";
        attributes["id"] = record.Offset.ToString(CultureInfo.InvariantCulture);
        if (record.TimestampMs is >= 0 and <= 253_402_300_799_999)
        {
            var time = DateTimeOffset.FromUnixTimeMilliseconds(record.TimestampMs);
            attributes["time"] = time.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        }
        if (!record.IsKeyNull && !record.IsTooLarge && Utf8.IsValid(record.Key)) attributes["partitionkey"] = Encoding.UTF8.GetString(record.Key);
    }

    /// <summary>An object with one member more, which stands last: readers take it before one of the same name.</summary>
    private ReadOnlySpan<byte> WithCursor(ReadOnlySpan<byte> json, ReadOnlySpan<byte> cursor)
    {
        if (cursor.IsEmpty) return json;
        ReadOnlySpan<byte> open = json.TrimEnd(" \t\r\n"u8)[..^1].TrimEnd(" \t\r\n"u8);
        _withCursor.Reset(Array.MaxLength);
        _withCursor.Write(open);
        _withCursor.Write(open.EndsWith("{"u8) ? "\"cursor\":\""u8 : ",\"cursor\":\""u8);
        _withCursor.Write(cursor);
        _withCursor.Write("\"}"u8);
        return _withCursor.Written.Span;
    }

    private void WriteData(Utf8JsonWriter json, string? type, ReadOnlySpan<byte> value)
    {
        string plain = type?.Split(';')[0].Trim() ?? "application/json";
        bool isJson = plain.EndsWith("/json", StringComparison.OrdinalIgnoreCase) || plain.EndsWith("+json", StringComparison.OrdinalIgnoreCase);
        if (isJson && JsonText.IsValue(value))
        {
            json.WritePropertyName("data"u8);
            json.WriteRawValue(_stored.Show(value), skipInputValidation: true);
        }
        else if (plain.StartsWith("text/", StringComparison.OrdinalIgnoreCase) && Utf8.IsValid(value))
        {
            json.WriteText("data"u8, value);
        }
        else
        {
            json.WriteBase64String("data_base64"u8, value);
        }
    }
}

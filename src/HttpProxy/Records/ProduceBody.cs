using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Gateway.Common.Buffers;
using Gateway.Common.Json;
using Gateway.Common.Records;
using Gateway.HttpProxy.Http;

namespace Gateway.HttpProxy.Records;

/// <summary>One record of a produce request, still as JSON.</summary>
internal struct RawRecord
{
    internal JsonSlice Key;
    internal JsonSlice Value;
    internal int Partition;
    internal long TimestampMs;
    internal List<RecordHeader>? Headers;

    internal static RawRecord Empty => new() { Partition = -1, TimestampMs = -1 };
}

/// <summary>
/// A produce request, read once from its UTF-8 bytes. Keys and values stay where they are: what they mean depends on the
/// format and on schemas that may stand after them.
/// </summary>
internal sealed class ProduceBody : IDisposable
{
    // The request, its list of records and the record stand around every key and value.
    private const int MaxDepth = JsonText.MaxDepth + 3;

    // More are taken too; for so many there is room at once where the first lets expect them.
    internal const int MaxExpected = 1024;

    private readonly PooledList<RawRecord> _records = new();

    /// <summary>The records, until it is disposed.</summary>
    internal Span<RawRecord> Records => _records.Span;

    /// <summary>Whether a record has a key.</summary>
    internal bool HasKeys { get; private set; }

    /// <summary>Whether a record has a value.</summary>
    internal bool HasValues { get; private set; }

    internal string? KeySchema { get; private set; }

    internal string? ValueSchema { get; private set; }

    internal int? KeySchemaId { get; private set; }

    internal int? ValueSchemaId { get; private set; }

    /// <inheritdoc/>
    public void Dispose() => _records.Dispose();

    /// <summary>Reads the body. Dispose what comes of it.</summary>
    /// <exception cref="ProblemException">It is empty, not JSON, or not a produce request.</exception>
    internal static ProduceBody Read(ReadOnlySpan<byte> body)
    {
        if (body.IsEmpty) throw new ProblemException(Problem.EmptyBody, "The request has no body.");
        // The reader checks strings only where it copies them; records take the bytes as they are.
        if (!Utf8.IsValid(body)) throw Refused("the request is not UTF-8");
        var read = new ProduceBody();
        var json = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = MaxDepth });
        try
        {
            read.ReadRoot(ref json, body.Length);
            if (json.Read()) throw Refused("text after the request's end");
        }
        catch (JsonException failure)
        {
            throw JsonDepth.Exceeds(body, MaxDepth)
                ? ProxyCall.TooDeep(failure, "a key or value", JsonText.MaxDepth)
                : ProxyCall.Unreadable(failure);
        }
        catch (InvalidOperationException)
        {
            // The reader's way to say that a string we asked for has half a surrogate pair in it.
            throw Refused("a name or a setting is no text");
        }
        if (read.Records.IsEmpty) throw Refused("records must hold at least one record");
        return read;
    }

    /// <summary>Reads a body with one record on each line; empty lines are none. Dispose what comes of it.</summary>
    /// <exception cref="ProblemException">It is empty, or a line is not a record.</exception>
    internal static ProduceBody ReadLines(ReadOnlySpan<byte> body)
    {
        if (body.IsEmpty) throw new ProblemException(Problem.EmptyBody, "The request has no body.");
        if (!Utf8.IsValid(body)) throw Refused("the request is not UTF-8");
        var read = new ProduceBody();
        int number = 0;
        foreach (Range range in body.Split((byte)'\n'))
        {
            number++;
            int start = range.Start.GetOffset(body.Length);
            ReadOnlySpan<byte> line = body[range];
            if (line.Trim(" \t\r"u8).IsEmpty) continue;
            read.Add(ReadLine(line, start, number));
        }
        if (read.Records.IsEmpty) throw new ProblemException(Problem.EmptyBody, "The request has no record in it.");
        return read;
    }

    private void Add(in RawRecord record)
    {
        HasKeys |= !record.Key.IsNull;
        HasValues |= !record.Value.IsNull;
        _records.Add(record);
    }

    private static RawRecord ReadLine(ReadOnlySpan<byte> line, int start, int number)
    {
        // The record stands around a key or value.
        var json = new Utf8JsonReader(line, new JsonReaderOptions { MaxDepth = JsonText.MaxDepth + 1 });
        try
        {
            if (!json.Read() || json.TokenType != JsonTokenType.StartObject) throw Refused("it must be a JSON object");
            RawRecord record = ReadRecord(ref json);
            if (json.Read()) throw Refused("text after the record's end");
            record.Key = record.Key with { Start = record.Key.Start + start };
            record.Value = record.Value with { Start = record.Value.Start + start };
            return record;
        }
        catch (JsonException failure)
        {
            throw new ProblemException(Problem.Unreadable, $"parse error at line {number}, byte {failure.BytePositionInLine}: the line is not one JSON object within {JsonText.MaxDepth} levels.");
        }
        catch (InvalidOperationException)
        {
            throw Refused($"a name or a setting on line {number} is no text");
        }
    }

    private static ProblemException Refused(string why) => new(Problem.Unreadable, $"Invalid produce request: {why}.");

    private void ReadRoot(ref Utf8JsonReader json, int length)
    {
        if (!json.Read() || json.TokenType != JsonTokenType.StartObject) throw Refused("it must be a JSON object");
        int seen = 0;
        while (NextProperty(ref json))
        {
            if (IsMember(ref json, "records"u8, 1, ref seen)) ReadRecords(ref json, length);
            else if (IsMember(ref json, "key_schema"u8, 2, ref seen)) KeySchema = ReadText(ref json, "key_schema");
            else if (IsMember(ref json, "value_schema"u8, 4, ref seen)) ValueSchema = ReadText(ref json, "value_schema");
            else if (IsMember(ref json, "key_schema_id"u8, 8, ref seen)) KeySchemaId = (int?)ReadNumber(ref json, "key_schema_id", 0, int.MaxValue);
            else if (IsMember(ref json, "value_schema_id"u8, 16, ref seen))
                ValueSchemaId = (int?)ReadNumber(ref json, "value_schema_id", 0, int.MaxValue);
            else throw Refused($"unknown field '{json.GetString()}'");
        }
    }

    private void ReadRecords(ref Utf8JsonReader json, int length)
    {
        json.Read();
        if (json.TokenType != JsonTokenType.StartArray) throw Refused("records must be an array");
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            if (json.TokenType != JsonTokenType.StartObject) throw Refused("each record must be an object");
            long start = json.TokenStartIndex;
            Add(ReadRecord(ref json));
            if (_records.Count == 1) _records.EnsureCapacity((int)Math.Min(length / (json.BytesConsumed - start), MaxExpected));
        }
    }

    private static RawRecord ReadRecord(ref Utf8JsonReader json)
    {
        RawRecord record = RawRecord.Empty;
        int seen = 0;
        while (NextProperty(ref json))
        {
            if (IsMember(ref json, "value"u8, 1, ref seen)) record.Value = ReadSlice(ref json);
            else if (IsMember(ref json, "key"u8, 2, ref seen)) record.Key = ReadSlice(ref json);
            else if (IsMember(ref json, "partition"u8, 4, ref seen))
                record.Partition = (int)(ReadNumber(ref json, "partition", 0, int.MaxValue) ?? -1);
            else if (IsMember(ref json, "timestamp"u8, 8, ref seen)) record.TimestampMs = ReadNumber(ref json, "timestamp", 0, long.MaxValue) ?? -1;
            else if (IsMember(ref json, "headers"u8, 16, ref seen)) record.Headers = ReadHeaders(ref json);
            else throw Refused($"unknown field '{json.GetString()}' in a record");
        }
        return record;
    }

    private static JsonSlice ReadSlice(ref Utf8JsonReader json)
    {
        json.Read();
        JsonTokenType kind = json.TokenType;
        int start = (int)json.TokenStartIndex;
        bool isEscaped = kind == JsonTokenType.String && json.ValueIsEscaped;
        json.Skip();
        return new JsonSlice(kind, start, (int)json.BytesConsumed - start, isEscaped);
    }

    private static List<RecordHeader>? ReadHeaders(ref Utf8JsonReader json)
    {
        json.Read();
        if (json.TokenType == JsonTokenType.Null) return null;
        if (json.TokenType != JsonTokenType.StartArray) throw Refused("headers must be an array");
        var headers = new List<RecordHeader>();
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            if (json.TokenType != JsonTokenType.StartObject) throw Refused("each header must be an object");
            headers.Add(ReadHeader(ref json));
        }
        return headers;
    }

    private static RecordHeader ReadHeader(ref Utf8JsonReader json)
    {
        string? key = null;
        byte[]? value = null;
        int seen = 0;
        while (NextProperty(ref json))
        {
            if (IsMember(ref json, "key"u8, 1, ref seen) || IsMember(ref json, "name"u8, 1, ref seen))
            {
                key = ReadText(ref json, "a header's key");
            }
            else if (IsMember(ref json, "value"u8, 2, ref seen))
            {
                json.Read();
                if (json.TokenType == JsonTokenType.Null) continue;
                if (json.TokenType != JsonTokenType.String || !json.TryGetBytesFromBase64(out value))
                    throw new ProblemException(Problem.BadRequest, "A header's value must be a base64 string or null.");
            }
            else
            {
                throw Refused($"unknown field '{json.GetString()}' in a header");
            }
        }
        if (key is null) throw Refused("a header needs a key");
        // Not "value is null ? null : value": that would turn null into empty memory.
        return value is null ? new RecordHeader(key, null) : new RecordHeader(key, value);
    }

    private static bool NextProperty(ref Utf8JsonReader json) => json.Read() && json.TokenType == JsonTokenType.PropertyName;

    /// <summary>Whether the member has that name. It decides what is written, so it may be there once: readers differ in which counts.</summary>
    private static bool IsMember(ref Utf8JsonReader json, ReadOnlySpan<byte> name, int bit, ref int seen)
    {
        if (!json.ValueTextEquals(name)) return false;
        if ((seen & bit) != 0) throw Refused($"{Encoding.UTF8.GetString(name)} is there twice");
        seen |= bit;
        return true;
    }

    private static string? ReadText(ref Utf8JsonReader json, string name)
    {
        json.Read();
        return json.TokenType switch
        {
            JsonTokenType.Null => null,
            JsonTokenType.String => json.GetString(),
            _ => throw Refused($"{name} must be a string"),
        };
    }

    /// <summary>A number; a string of digits stands for one.</summary>
    private static long? ReadNumber(ref Utf8JsonReader json, string name, long min, long max)
    {
        json.Read();
        if (json.TokenType == JsonTokenType.Null) return null;
        long number = 0;
        bool isNumber = json.TokenType switch
        {
            JsonTokenType.Number => json.TryGetInt64(out number),
            JsonTokenType.String => long.TryParse(
                json.GetString(), System.Globalization.NumberStyles.AllowLeadingSign, System.Globalization.CultureInfo.InvariantCulture, out number),
            _ => false,
        };
        return isNumber && number >= min && number <= max ? number : throw Refused($"{name} must be a whole number from {min} to {max}");
    }
}

using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Gateway.Client.Producing;
using Gateway.Common.Errors;
using Gateway.Common.Json;
using Gateway.Common.Records;
using Gateway.HttpProxy.Http;
using Gateway.HttpProxy.Produce;
using Gateway.HttpProxy.Records;
using Gateway.Schemas;
using Gateway.Schemas.Lookup;

namespace Gateway.HttpProxy.V3.Records;

/// <summary>What became of a record: where it lies and what was written, or why it was not.</summary>
/// <param name="Problem">Why it was not written; null when it was.</param>
/// <param name="Partition">Its partition.</param>
/// <param name="Offset">Its offset.</param>
/// <param name="TimestampMs">Its timestamp, in milliseconds since 1970.</param>
/// <param name="Key">Its key as it was written; null for none.</param>
/// <param name="Value">Its value as it was written; null for none.</param>
internal sealed record RecordResult(Problem? Problem, int Partition, long Offset, long TimestampMs, WrittenPart? Key, WrittenPart? Value);

/// <summary>A key or value as it was written.</summary>
/// <param name="Type">The type's name in the dialect.</param>
/// <param name="Size">Its length in bytes.</param>
/// <param name="Schema">The schema it was written with, if any.</param>
internal sealed record WrittenPart(string Type, int Size, RegisteredSchema? Schema);

/// <summary>Records that are produced together, each with a result of its own in the order they came.</summary>
internal sealed class RecordBatch(V3Call call, string topic, ProduceSettings settings) : IDisposable
{
    private static readonly Problem s_withOthers = Problem.Of(
        Problem.PreconditionFailed, $"Not written: with {IdempotencyKey.Header} all records of a request are written or none, and another one is refused.");

    private readonly RecordSchemas _schemas = new(call.Http.Service.Schemas);
    private readonly IReadOnlyList<RecordHeader>? _trace = TraceContext.Of(call.Http.Context.Request);
    private readonly bool _isLatin1 = MediaTypes.IsLatin1(call.Http.Context.Request);
    private readonly RecordSet _set = new();
    private readonly List<RecordResult> _results = [];
    private readonly long _nowMs = call.Client.Options.Time.GetUtcNow().ToUnixTimeMilliseconds();

    internal int Count => _results.Count;

    /// <summary>What was wrong with the record that was added last; null when nothing was.</summary>
    internal Problem? LastProblem => _results.Count == 0 ? null : _results[^1].Problem;

    public void Dispose() => _set.Dispose();

    /// <summary>Reads and encodes one record, from bytes that are one JSON object. One that cannot be written fails alone.</summary>
    /// <exception cref="JsonException">The bytes are no JSON: there is no telling what follows them.</exception>
    internal async ValueTask AddAsync(ReadOnlyMemory<byte> text)
    {
        if (_isLatin1) text = MediaTypes.Utf8OfLatin1(text.Span);
        using JsonDocument? document = Parse(text, out Problem? problem);
        if (document is not null) await AddAsync(document.RootElement, text.Length).ConfigureAwait(false);
        else _results.Add(new RecordResult(problem, -1, -1, -1, null, null));
    }

    /// <summary>Encodes one record. One that cannot be written fails alone.</summary>
    /// <param name="element">The record.</param>
    /// <param name="length">How long its text is, which bounds the work it may cause.</param>
    internal async ValueTask AddAsync(JsonElement element, int length)
    {
        try
        {
            V3Record record = V3Record.Read(element);
            SchemaBudget budget = SchemaBudget.Default with { Shared = new StepAllowance(SchemaBudget.Default.MaxSteps + (long)length * RecordEncoder.StepsPerByte) };
            (Slice key, WrittenPart? keyPart) = await EncodeAsync(record.Key, isKey: true, budget).ConfigureAwait(false);
            (Slice value, WrittenPart? valuePart) = await EncodeAsync(record.Value, isKey: false, budget).ConfigureAwait(false);
            ProduceSettings.RequireSize(call.Http.Service.Options, key, value);
            long timestamp = record.TimestampMs >= 0 ? record.TimestampMs : _nowMs;
            IReadOnlyList<RecordHeader>? headers = TraceContext.Join(record.Headers, _trace);
            if (settings.SchemaInHeader)
            {
                key = SchemasInHeaders.Move(_set, key, isKey: true, keyPart?.Schema, ref headers);
                value = SchemasInHeaders.Move(_set, value, isKey: false, valuePart?.Schema, ref headers);
                (keyPart, valuePart) = (keyPart is null ? null : keyPart with { Size = key.Length }, valuePart is null ? null : valuePart with { Size = value.Length });
            }
            _set.Add(new RecordSet.Entry(record.Partition, timestamp, key, value, headers));
            _results.Add(new RecordResult(null, -1, -1, record.TimestampMs, keyPart, valuePart));
        }
        catch (ProblemException failure)
        {
            // What a key has written lies between the records then, and in none of them.
            _results.Add(new RecordResult(failure.Problem, -1, -1, -1, null, null));
        }
    }

    /// <summary>Produces what was added and gives the results, in order. The batch is empty then.</summary>
    /// <param name="body">What the records were read from; only for a request with an idempotency key.</param>
    internal async ValueTask<IReadOnlyList<RecordResult>> ProduceAsync(ReadOnlyMemory<byte> body = default)
    {
        // A request that comes again with other records than it had could not be told where those are.
        if (settings.Key is not null && _set.Count < _results.Count)
            return [.. _results.Select(static result => result.Problem is null ? result with { Problem = s_withOthers } : result)];
        return Results(_set.Count == 0 ? [] : await settings.ProduceAsync(call.Http, topic, _set, settings.KnownBy(call.Http, body.Span)).ConfigureAwait(false));
    }

    /// <summary>Produces what was added as part of a producer's transaction.</summary>
    internal async ValueTask<IReadOnlyList<RecordResult>> ProduceAsync(TransactionalProducer producer) =>
        Results(await producer.ProduceAsync(topic, _set).ConfigureAwait(false));

    private RecordResult[] Results(ProducedRecord[] produced)
    {
        int next = 0;
        var results = new RecordResult[_results.Count];
        for (int i = 0; i < results.Length; i++)
            results[i] = _results[i].Problem is null ? With(_results[i], produced[next++]) : _results[i];
        return results;
    }

    private RecordResult With(RecordResult record, ProducedRecord produced)
    {
        if (produced.Error == ErrorCode.None)
        {
            return record with { Partition = produced.Partition, Offset = produced.Offset, TimestampMs = StoredTime(record, produced) };
        }
        if (produced.Error is ErrorCode.UnknownTopicOrPartition) return record with { Problem = V3Call.UnknownTopicOrPartition().Problem };
        string name = produced.Error.KafkaName();
        return record with { Problem = KafkaProblems.Of(produced.Error, produced.Message is { } why ? $"{name}: {why}" : name) };
    }

    private long StoredTime(RecordResult record, in ProducedRecord produced)
    {
        if (produced.LogAppendTimeMs >= 0) return produced.LogAppendTimeMs;
        if (record.TimestampMs >= 0) return record.TimestampMs;
        // One that was stored before has the time of then.
        return produced.TimestampMs >= 0 ? produced.TimestampMs : _nowMs;
    }

    /// <summary>The record as a document; null and why where it is JSON and cannot be taken.</summary>
    private static JsonDocument? Parse(ReadOnlyMemory<byte> text, out Problem? problem)
    {
        const int levels = JsonText.MaxDepth + V3Record.LevelsAroundData;
        problem = null;
        if (!Utf8.IsValid(text.Span)) throw new JsonException("the record is not UTF-8");
        // The document would take such strings, and throw when it is asked for them.
        if (JsonEscapes.HasLoneSurrogate(text.Span)) throw new JsonException("the record has a string that is no text");
        try
        {
            return JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = levels });
        }
        catch (JsonException failure)
        {
            ProblemException told = JsonDepth.Exceeds(text.Span, levels)
                ? ProxyCall.TooDeep(failure, "a key or value", JsonText.MaxDepth) : ProxyCall.Unreadable(failure, "the record");
            if (!JsonDepth.IsJson(text.Span)) throw new JsonException(told.Message);
            problem = Problem.Of(Problem.BadRequest, told.Message);
            return null;
        }
    }

    private async ValueTask<(Slice, WrittenPart?)> EncodeAsync(RecordData? part, bool isKey, SchemaBudget budget)
    {
        if (part is not { Data: { } data }) return (Slice.Null, null);
        RegisteredSchema? schema = part.Plain == PlainType.None ? await _schemas.FindAsync(part, topic, isKey, call.Cancel).ConfigureAwait(false) : null;
        int start = _set.Position;
        string name = isKey ? "key" : "value";
        switch (part.Plain)
        {
            case PlainType.Binary:
                if (data.ValueKind != JsonValueKind.String || !data.TryGetBytesFromBase64(out byte[]? bytes)) throw V3Call.Refused($"the data of {name} must be a base64 string");
                Write(bytes);
                break;
            case PlainType.Json:
                ReadOnlySpan<byte> json = Encoding.UTF8.GetBytes(data.GetRawText());
                _set.Advance(CompactJson.Copy(json, _set.GetSpan(json.Length)));
                break;
            case PlainType.String:
                if (data.ValueKind != JsonValueKind.String) throw V3Call.Refused($"the data of {name} must be a string");
                Write(Encoding.UTF8.GetBytes(data.GetString()!));
                break;
            default:
                EncodeWithSchema(data, schema!, name, budget);
                break;
        }
        Slice slice = _set.SliceFrom(start);
        return (slice, new WrittenPart(TypeOf(part.Plain, schema), slice.Length, schema));
    }

    private void EncodeWithSchema(JsonElement data, RegisteredSchema schema, string name, SchemaBudget budget)
    {
        SchemaIdPrefix.Write(_set.GetSpan(SchemaIdPrefix.Length), schema.Id);
        _set.Advance(SchemaIdPrefix.Length);
        try
        {
            schema.Schema.EncodeJson(data, JsonForm.Plain, _set, budget);
        }
        catch (Exception failure) when (failure is SchemaDataException or SchemaBudgetException)
        {
            throw new ProblemException(Problem.BadRequest, $"The {name} does not fit schema {schema.Id}: {failure.Message}");
        }
    }

    private void Write(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_set.GetSpan(bytes.Length));
        _set.Advance(bytes.Length);
    }

    private static string TypeOf(PlainType plain, RegisteredSchema? schema) => plain switch
    {
        PlainType.Binary => "BINARY",
        PlainType.Json => "JSON",
        PlainType.String => "STRING",
        _ => schema!.Schema.SchemaType == SchemaTypes.Json ? "JSONSCHEMA" : schema.Schema.SchemaType,
    };
}

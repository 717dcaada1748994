using System.Text;
using System.Text.Json;
using Gateway.HttpProxy.Http;
using Gateway.HttpProxy.Produce;
using Gateway.HttpProxy.Records;
using Microsoft.AspNetCore.Http;

namespace Gateway.HttpProxy.V3.Records;

/// <summary>Some records in one request, each with an id and a result of its own (http-proxy §4.4).</summary>
internal static class BatchProduce
{
    private const int MaxIdLength = 80;

    internal static async ValueTask HandleAsync(V3Call call)
    {
        string topic = call.Http.Name("topic");
        ProduceSettings settings = ProduceSettings.Read(call.Http);
        using JsonDocument body = await call.BodyAsync(2 + V3Record.LevelsAroundData).ConfigureAwait(false);
        (string Id, JsonElement Record)[] entries = Read(body.RootElement, call.Http.Service.Options.MaxBatchEntries);
        using var batch = new RecordBatch(call, topic, settings);
        foreach ((_, JsonElement record) in entries) await batch.AddAsync(record, record.GetRawText().Length).ConfigureAwait(false);
        call.Http.Passed("parse");
        byte[] known = settings.Key is null ? [] : Encoding.UTF8.GetBytes(body.RootElement.GetRawText());
        IReadOnlyList<RecordResult> results = await batch.ProduceAsync(known).ConfigureAwait(false);
        call.Http.Timed("append");
        call.Http.Context.Response.StatusCode = StatusCodes.Status207MultiStatus;
        await call.AnswerAsync((topic, entries, results), Write).ConfigureAwait(false);
    }

    private static (string Id, JsonElement Record)[] Read(JsonElement root, int maxEntries)
    {
        JsonElement[] entries;
        try
        {
            root.RequireOnce("entries");
            entries = [.. root.Items("entries")];
        }
        catch (ProblemException)
        {
            throw Refused("entries must be there once, as an array");
        }
        if (entries.Length == 0 || entries.Length > maxEntries) throw Refused($"entries must hold from 1 to {maxEntries} records, not {entries.Length}");
        var ids = new HashSet<string>(StringComparer.Ordinal);
        return [.. entries.Select(entry =>
        {
            if (entry.ValueKind != JsonValueKind.Object
                || !entry.TryGetProperty("id", out JsonElement given)
                || given.ValueKind != JsonValueKind.String
                || given.GetString() is not { Length: > 0 and <= MaxIdLength } id)
                throw Refused($"each entry needs an id of 1 to {MaxIdLength} characters");
            return ids.Add(id) ? (id, entry) : throw Refused($"the id '{id}' is there twice");
        })];
    }

    private static ProblemException Refused(string why) => new(Problem.InvalidBatch, $"Invalid batch: {why}.");

    private static void Write(Utf8JsonWriter json, V3Call call, (string Topic, (string Id, JsonElement)[] Entries, IReadOnlyList<RecordResult> Results) batch)
    {
        json.WriteStartObject();
        json.WriteStartArray("successes");
        for (int i = 0; i < batch.Entries.Length; i++)
        {
            if (batch.Results[i].Problem is not null) continue;
            json.WriteStartObject();
            json.WriteString("id", batch.Entries[i].Id);
            ResultJson.WriteStored(json, call, batch.Topic, batch.Results[i]);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteStartArray("failures");
        for (int i = 0; i < batch.Entries.Length; i++)
        {
            if (batch.Results[i].Problem is not { } problem) continue;
            json.WriteStartObject();
            json.WriteString("id", batch.Entries[i].Id);
            json.WriteNumber("error_code", problem.Code);
            json.WriteString("message", problem.Message);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }
}

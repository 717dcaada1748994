using System.Text.Json;
using Gateway.Client;
using Gateway.Client.Producing;
using Gateway.Common.Errors;
using Gateway.HttpProxy.Http;
using Gateway.HttpProxy.Produce;
using Gateway.HttpProxy.Records;

namespace Gateway.HttpProxy.V3.Records;

/// <summary>Records of any topics in one transaction: all of them are stored for readers of committed records, or none (http-proxy §9.0).</summary>
internal static class TransactionProduce
{
    private const int MaxRecords = 1_000;

    internal static async ValueTask HandleAsync(V3Call call)
    {
        ProduceSettings settings = ProduceSettings.Read(call.Http);
        if (settings.Key is not null) throw V3Call.Refused($"a transaction takes no {IdempotencyKey.Header}");
        using JsonDocument body = await call.BodyAsync(2 + V3Record.LevelsAroundData).ConfigureAwait(false);
        JsonElement[] records = Read(body.RootElement);
        string[] topics = [.. records.Select(TopicOf)];
        foreach (string topic in topics) ProduceSettings.RequireForeign(call.Http.Service.Options, topic);
        var batches = new Dictionary<string, RecordBatch>(StringComparer.Ordinal);
        try
        {
            for (int i = 0; i < records.Length; i++)
            {
                if (!batches.TryGetValue(topics[i], out RecordBatch? batch)) batches[topics[i]] = batch = new RecordBatch(call, topics[i], settings);
                await batch.AddAsync(records[i], records[i].GetRawText().Length).ConfigureAwait(false);
                if (batch.LastProblem is { } problem) throw new ProblemException(problem.Code, $"Record {i}: {problem.Message}");
            }
            call.Http.Passed("parse");
            Dictionary<string, IReadOnlyList<RecordResult>> results = await ProduceAsync(call, batches).ConfigureAwait(false);
            call.Http.Timed("append");
            await call.AnswerAsync((topics, results), Write).ConfigureAwait(false);
        }
        finally
        {
            foreach (RecordBatch batch in batches.Values) batch.Dispose();
        }
    }

    private static JsonElement[] Read(JsonElement root)
    {
        root.RequireOnce("records");
        JsonElement[] records = [.. root.Items("records")];
        return records.Length > 0 && records.Length <= MaxRecords
            ? records
            : throw V3Call.Refused($"records must hold from 1 to {MaxRecords} records, not {records.Length}");
    }

    private static string TopicOf(JsonElement record, int index) =>
        record.ValueKind == JsonValueKind.Object && record.Text("topic") is { Length: > 0 } topic ? topic : throw V3Call.Refused($"record {index} names no topic");

    private static async ValueTask<Dictionary<string, IReadOnlyList<RecordResult>>> ProduceAsync(V3Call call, Dictionary<string, RecordBatch> batches)
    {
        try
        {
            // Whoever goes away need not wait for a turn; a transaction that has begun cannot be taken back.
            return await call.Http.Service.Transactions.RunAsync(
                async producer =>
                {
                    var results = new Dictionary<string, IReadOnlyList<RecordResult>>(StringComparer.Ordinal);
                    foreach ((string topic, RecordBatch batch) in batches)
                    {
                        IReadOnlyList<RecordResult> stored = await batch.ProduceAsync(producer).ConfigureAwait(false);
                        if (stored.FirstOrDefault(static result => result.Problem is not null)?.Problem is { } problem)
                            throw new ProblemException(problem.Code, $"Nothing was stored. Topic '{topic}': {problem.Message}");
                        results[topic] = stored;
                    }
                    return results;
                },
                call.Cancel).ConfigureAwait(false);
        }
        catch (KafkaErrorException failure) when (failure.Code == ErrorCode.UnsupportedVersion)
        {
            throw new ProblemException(Problem.NotImplemented, "Transactions need the brokers of this process.");
        }
    }

    private static void Write(Utf8JsonWriter json, V3Call call, (string[] Topics, Dictionary<string, IReadOnlyList<RecordResult>> Results) stored)
    {
        var next = new Dictionary<string, int>(StringComparer.Ordinal);
        json.WriteStartObject();
        json.WriteStartArray("records");
        foreach (string topic in stored.Topics)
        {
            int index = next.GetValueOrDefault(topic);
            next[topic] = index + 1;
            json.WriteStartObject();
            ResultJson.WriteStored(json, call, topic, stored.Results[topic][index]);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }
}

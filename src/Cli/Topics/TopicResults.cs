using System.Text.Json.Nodes;
using Gateway.Cli.Output;
using Gateway.Client;

namespace Gateway.Cli.Topics;

/// <summary>Does something to each topic in turn and reports one line per topic; one failure among many makes the command fail.</summary>
internal static class TopicResults
{
    private const int Done = 0, Failed = 1;

    public static async Task<int> ForEachAsync(IEnumerable<string> topics, Func<string, Task<string>> action, OutputFormat format, TextWriter output)
    {
        var table = new TextTable("TOPIC", "STATUS");
        var json = new JsonArray();
        int code = Done;
        foreach (string topic in topics)
        {
            string status;
            string? message = null;
            try
            {
                status = await action(topic);
            }
            catch (KafkaErrorException e)
            {
                status = KafkaErrorName.Of(e.Code);
                message = e.Message;
                code = Failed;
            }
            table.Add(topic, message is null ? status : $"{status}: {message}");
            var entry = new JsonObject { ["topic"] = topic, ["status"] = status };
            if (message is not null) entry["message"] = message;
            json.Add((JsonNode)entry);
        }
        if (format == OutputFormat.Json) JsonOutput.WriteDocument(output, json);
        else table.WriteTo(output);
        return code;
    }
}

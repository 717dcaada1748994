using System.Text.Json;
using Gateway.Client.Consuming;
using Gateway.HttpProxy.Http;
using Gateway.HttpProxy.Records;

namespace Gateway.HttpProxy.Consumers;

/// <summary>Consumer instances: made, read from, deleted.</summary>
internal static class ConsumerEndpoints
{
    internal static async ValueTask CreateAsync(ProxyCall call)
    {
        call.RequireAcceptable();
        string group = call.Name("group");
        using JsonDocument? body = await call.CommandAsync().ConfigureAwait(false);
        ConsumerInstance instance = call.Service.Consumers.Create(group, ConsumerConfig.Read(body));
        string uri = $"{call.BaseUrl()}/consumers/{Uri.EscapeDataString(group)}/instances/{Uri.EscapeDataString(instance.Name)}";
        await call.AnswerAsync((instance.Name, uri), static (json, made) =>
        {
            json.WriteStartObject();
            json.WriteString("instance_id", made.Name);
            json.WriteString("base_uri", made.uri);
            json.WriteEndObject();
        }).ConfigureAwait(false);
    }

    internal static async ValueTask DeleteAsync(ProxyCall call)
    {
        await call.Service.Consumers.DeleteAsync(call.Name("group"), call.Name("instance")).ConfigureAwait(false);
        call.AnswerNothing();
    }

    internal static ValueTask RecordsAsync(ProxyCall call) => InstanceCall.WithAsync(call, async (instance, cancel) =>
    {
        (string type, EmbeddedFormat format) = MediaTypes.ForRecords(call.Context.Request, instance.Format, call.Service.Options.StrictMediaTypes);
        TimeSpan wait = call.Wait(instance.RequestTimeout ?? call.Service.Options.ConsumerRequestTimeout);
        int maxBytes = call.MaxBytes();
        if (!instance.Consumer.IsSubscribed && !instance.Consumer.IsAssignedByHand)
            throw new ProblemException(Problem.IllegalState, "The consumer is neither subscribed nor assigned any partitions.");
        using ConsumedRecords records = await instance.Consumer.PollAsync(maxBytes, wait, cancel).ConfigureAwait(false);
        RecordRange[] ranges = [.. records.Parts.Select(static part =>
            new RecordRange(part.Partition.Topic, part.Partition.Partition, part.Batches, part.From, part.To))];
        await RecordAnswer.WriteAsync(call, type, format, ranges).ConfigureAwait(false);
    });
}

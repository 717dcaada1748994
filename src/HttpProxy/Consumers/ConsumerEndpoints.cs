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
        ConsumerInstance instance = await call.Service.Consumers.CreateAsync(
            group, ClientAddress.Of(call.Context), ConsumerConfig.Read(body), call.Cancel).ConfigureAwait(false);
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
        await call.Service.Consumers.DeleteAsync(call.Name("group"), call.Name("instance"), call.Cancel).ConfigureAwait(false);
        call.AnswerNothing();
    }

    internal static ValueTask RecordsAsync(ProxyCall call) => call.Context.Request.Query["ack"].ToString() switch
    {
        "" => InstanceCall.WithAsync(call, (instance, cancel) => ReadAsync(call, instance, cancel)),
        "explicit" => InstanceCall.WithAsync(call, (instance, cancel) => AckEndpoints.ReadAsync(call, instance, cancel)),
        { } other => throw new ProblemException(Problem.InvalidParameter, $"Parameter ack must be explicit or absent, not '{other}'."),
    };

    /// <summary>Polls as the request asks. Dispose what comes.</summary>
    internal static async ValueTask<ConsumedRecords> PollAsync(ProxyCall call, ConsumerInstance instance, CancellationToken cancel)
    {
        TimeSpan wait = call.Wait(instance.RequestTimeout ?? call.Service.Options.ConsumerRequestTimeout);
        int maxBytes = call.MaxBytes();
        if (!instance.Consumer.IsSubscribed && !instance.Consumer.IsAssignedByHand)
            throw new ProblemException(Problem.IllegalState, "The consumer is neither subscribed nor assigned any partitions.");
        ConsumedRecords records = await instance.Consumer.PollAsync(maxBytes, wait, cancel).ConfigureAwait(false);
        await call.Service.Consumers.KeepFoundEndsAsync(instance).ConfigureAwait(false);
        return records;
    }

    private static async ValueTask ReadAsync(ProxyCall call, ConsumerInstance instance, CancellationToken cancel)
    {
        // What cannot be answered is refused before it is taken.
        _ = call.HasBigIntegersAsText();
        RecordForm form = MediaTypes.ForRecords(call.Context.Request, instance.Format, call.Service.Options.StrictMediaTypes);
        using ConsumedRecords records = await PollAsync(call, instance, cancel).ConfigureAwait(false);
        call.Timed("read");
        RecordRange[] ranges = [.. records.Parts.Select(static part =>
            new RecordRange(part.Partition.Topic, part.Partition.Partition, part.Batches, part.From, part.To))];
        await RecordAnswer.WriteAsync(call, form, ranges).ConfigureAwait(false);
    }
}

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
        ReachableName.Require("group", group);
        using JsonDocument? body = await call.CommandAsync().ConfigureAwait(false);
        ConsumerConfig config = ConsumerConfig.Read(body);
        if (config.Name is { } name) ReachableName.Require("name", name);
        ConsumerInstance instance = await call.Service.Consumers.CreateAsync(
            group, ClientAddress.Of(call.Context), config, call.Cancel).ConfigureAwait(false);
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
    /// <param name="call">The request.</param>
    /// <param name="instance">Whose records.</param>
    /// <param name="stays">Whether the positions stay in front of the records, so that nothing commits them.</param>
    /// <param name="cancel">Stops the wait.</param>
    internal static async ValueTask<ConsumedRecords> PollAsync(ProxyCall call, ConsumerInstance instance, bool stays, CancellationToken cancel)
    {
        TimeSpan wait = call.Wait(instance.RequestTimeout ?? call.Service.Options.ConsumerRequestTimeout);
        int maxBytes = call.MaxBytes();
        if (!instance.Consumer.IsSubscribed && !instance.Consumer.IsAssignedByHand)
            throw new ProblemException(Problem.IllegalState, "The consumer is neither subscribed nor assigned any partitions.");
        ConsumedRecords records = await call.AwaitAsync(
            either => instance.Consumer.PollAsync(maxBytes, wait, either, stays), static () => new(new ConsumedRecords()), cancel).ConfigureAwait(false);
        await call.Service.Consumers.Keeping.KeepFoundEndsAsync(instance).ConfigureAwait(false);
        return records;
    }

    /// <summary>Polls and moves on. Not past a batch that waits to be acknowledged: its records would be committed with the others.</summary>
    private static async ValueTask<ConsumedRecords> PollPastAsync(ProxyCall call, ConsumerInstance instance, CancellationToken cancel)
    {
        await instance.Acknowledging.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            if (AckEndpoints.Held(instance) is { } batch)
                throw new ProblemException(Problem.IllegalState, $"Batch '{batch.Id}' waits to be acknowledged: acknowledge it, read with ack=explicit, or seek.");
            // One whose partitions have gone must not come back with them.
            instance.Unacknowledged = null;
            return await PollAsync(call, instance, stays: false, cancel).ConfigureAwait(false);
        }
        finally
        {
            instance.Acknowledging.Release();
        }
    }

    private static async ValueTask ReadAsync(ProxyCall call, ConsumerInstance instance, CancellationToken cancel)
    {
        // What cannot be answered is refused before it is taken.
        _ = call.HasBigIntegersAsText();
        RecordForm form = MediaTypes.ForRecords(call.Context.Request, instance.Format, call.Service.Options.StrictMediaTypes);
        using ConsumedRecords records = await PollPastAsync(call, instance, cancel).ConfigureAwait(false);
        call.Timed("read");
        RecordRange[] ranges = [.. records.Parts.Select(static part =>
            new RecordRange(part.Partition.Topic, part.Partition.Partition, part.Batches, part.From, part.To))];
        await RecordAnswer.WriteAsync(call, form, ranges, isTaken: true).ConfigureAwait(false);
    }
}

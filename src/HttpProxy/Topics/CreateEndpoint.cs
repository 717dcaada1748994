using System.Text.Json;
using Gateway.Client;
using Gateway.Client.Admin;
using Gateway.Common.Errors;
using Gateway.HttpProxy.Http;
using Gateway.HttpProxy.V3;
using Microsoft.AspNetCore.Http;

namespace Gateway.HttpProxy.Topics;

/// <summary>Making a topic as clients of Strimzi's bridge do.</summary>
internal static class CreateEndpoint
{
    private const int Conflict = 409;

    internal static async ValueTask CreateAsync(ProxyCall call)
    {
        call.RequireAcceptable();
        using JsonDocument body = await call.CommandAsync().ConfigureAwait(false) ?? throw V3Call.Refused("the body is missing; send a JSON object");
        if (body.RootElement.Text("topic_name") is not { Length: > 0 } name) throw V3Call.Refused("topic_name is missing");
        int partitions = body.RootElement.Number("partitions_count") ?? -1;
        int replicas = body.RootElement.Number("replication_factor") ?? -1;
        if (partitions is 0 or < -1) throw V3Call.Refused("partitions_count must be above 0");
        if (replicas is 0 or < -1 or > short.MaxValue) throw V3Call.Refused("replication_factor must be above 0");
        try
        {
            var topic = new NewTopic(name, partitions, (short)replicas);
            await call.Service.Client.Admin.CreateTopicAsync(topic, validateOnly: false, call.Cancel).ConfigureAwait(false);
        }
        catch (KafkaErrorException failure) when (failure.Code == ErrorCode.TopicAlreadyExists)
        {
            throw new ProblemException(Conflict, failure.Message);
        }
        call.Context.Response.StatusCode = StatusCodes.Status201Created;
    }
}

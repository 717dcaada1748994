using System.Globalization;
using System.Text.Json;
using Gateway.HttpProxy.Http;

namespace Gateway.HttpProxy.V3;

/// <summary>The cluster: there is one.</summary>
internal static class ClusterEndpoints
{
    internal static async ValueTask ListAsync(ProxyCall http)
    {
        V3Call call = await V3Call.OpenAsync(http).ConfigureAwait(false);
        string self = call.Url();
        await call.AnswerListAsync("KafkaClusterList", self[..self.LastIndexOf('/')], [0], static (json, call, _) => Write(json, call)).ConfigureAwait(false);
    }

    internal static ValueTask GetAsync(V3Call call) => call.AnswerAsync(0, static (json, call, _) => Write(json, call));

    private static void Write(Utf8JsonWriter json, V3Call call)
    {
        json.WriteHead("KafkaCluster", call.Url(), call.ResourceName(), call.ClusterId);
        if (call.Cluster.ControllerId >= 0)
            json.WriteRelated("controller", call.Url("brokers", call.Cluster.ControllerId.ToString(CultureInfo.InvariantCulture)));
        json.WriteRelated("acls", call.Url("acls"));
        json.WriteRelated("brokers", call.Url("brokers"));
        json.WriteRelated("broker_configs", call.Url("broker-configs"));
        json.WriteRelated("consumer_groups", call.Url("consumer-groups"));
        json.WriteRelated("topics", call.Url("topics"));
        json.WriteRelated("partition_reassignments", call.Url("topics", "-", "partitions", "-", "reassignment"));
        json.WriteEndObject();
    }
}

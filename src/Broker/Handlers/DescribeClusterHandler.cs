using Gateway.Broker.Cluster;
using Gateway.Broker.Configs;
using Gateway.Broker.Network;
using Gateway.Common.Errors;
using Gateway.Protocol.Messages;

namespace Gateway.Broker.Handlers;

/// <summary>The cluster's id and its brokers.</summary>
internal sealed class DescribeClusterHandler(BrokerShard shard) : Handler<DescribeClusterRequest, DescribeClusterResponse>
{
    private const sbyte Brokers = 1;
    private const sbyte Controllers = 2;

    public override ValueTask<DescribeClusterResponse?> HandleAsync(RequestContext context, DescribeClusterRequest request)
    {
        if (request.EndpointType != Brokers)
        {
            bool known = request.EndpointType == Controllers;
            return new(new DescribeClusterResponse
            {
                EndpointType = request.EndpointType,
                ErrorCode = known ? ErrorCode.MismatchedEndpointType : ErrorCode.UnsupportedEndpointType,
                ErrorMessage = known ? "This is a broker endpoint" : $"Unknown endpoint type {request.EndpointType}",
            });
        }
        ClusterImage image = shard.Image;
        return new(new DescribeClusterResponse
        {
            ClusterId = image.ClusterId,
            ControllerId = image.NodeId,
            Brokers = [new() { BrokerId = image.NodeId, Host = context.AdvertisedAddress.Host, Port = context.AdvertisedAddress.Port, Rack = image.Configs.Broker(BrokerConfigs.BrokerRack) }],
            ClusterAuthorizedOperations = request.IncludeClusterAuthorizedOperations ? AuthorizedOperations.OnCluster : AuthorizedOperations.NotAsked,
        });
    }
}

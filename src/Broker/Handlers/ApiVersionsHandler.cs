using System.Text.RegularExpressions;
using Gateway.Broker.Cluster;
using Gateway.Broker.Network;
using Gateway.Common.Errors;
using Gateway.Protocol.Messages;

namespace Gateway.Broker.Handlers;

/// <summary>
/// Lists what is served: exactly the handler table (AV-6). Of Kafka's feature levels transaction.version is true here, at which newer clients raise
/// their epoch with every transaction (AV-7, AV-8). A version we do not know is answered by the connection (AV-2).
/// </summary>
internal sealed partial class ApiVersionsHandler(BrokerShard shard, HandlerTable table) : Handler<ApiVersionsRequest, ApiVersionsResponse>
{
    private const string TransactionVersion = "transaction.version";
    private const short EpochsRise = 2;

    // Before, clients do not take a lowest level of 0.
    private const short FirstWithLevelZero = 4;

    public override ValueTask<ApiVersionsResponse?> HandleAsync(RequestContext context, ApiVersionsRequest request)
    {
        ErrorCode error = Judge(context, request);
        var response = new ApiVersionsResponse { ErrorCode = error };
        if (error == ErrorCode.None)
        {
            foreach (ApiRange range in table.Ranges)
            {
                response.ApiKeys.Add(new ApiVersionsResponse.ApiVersion
                {
                    ApiKey = (short)range.ApiKey,
                    MinVersion = range.MinVersion,
                    MaxVersion = range.MaxVersion,
                });
            }
            if (context.ApiVersion >= FirstWithLevelZero) response.SupportedFeatures.Add(new() { Name = TransactionVersion, MinVersion = 0, MaxVersion = EpochsRise });
            response.FinalizedFeaturesEpoch = 0;
            response.FinalizedFeatures.Add(new() { Name = TransactionVersion, MinVersionLevel = EpochsRise, MaxVersionLevel = EpochsRise });
        }
        return new(response);
    }

    private ErrorCode Judge(RequestContext context, ApiVersionsRequest request)
    {
        if (context.ApiVersion >= 3 && !(SoftwareName().IsMatch(request.ClientSoftwareName) && SoftwareName().IsMatch(request.ClientSoftwareVersion)))
            return ErrorCode.InvalidRequest;
        // AV-4: a client says where it believes it is, wholly or not at all.
        if (request.ClusterId is null != (request.NodeId == -1)) return ErrorCode.InvalidRequest;
        if (request.ClusterId is null) return ErrorCode.None;
        return request.ClusterId == shard.Image.ClusterId && request.NodeId == shard.Image.NodeId ? ErrorCode.None : ErrorCode.RebootstrapRequired;
    }

    [GeneratedRegex(@"\A[a-zA-Z0-9](?:[a-zA-Z0-9\-.]*[a-zA-Z0-9])?\z", RegexOptions.CultureInvariant)]
    private static partial Regex SoftwareName();
}

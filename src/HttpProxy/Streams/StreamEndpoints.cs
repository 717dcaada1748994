using Gateway.Client;
using Gateway.Client.Topology;
using Gateway.Common.Errors;
using Gateway.HttpProxy.Handover;
using Gateway.HttpProxy.Http;
using Gateway.HttpProxy.V3;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Gateway.HttpProxy.Streams;

/// <summary>Records as they are committed, as lines of JSON or as server-sent events (http-proxy §9.1).</summary>
internal static class StreamEndpoints
{
    private static readonly string[] s_types = [StreamFrames.Lines, StreamFrames.Events];

    internal static ValueTask OfTopicAsync(ProxyCall call) => RunAsync(call, () => FindTopicAsync(call));

    internal static ValueTask OfTopicAsync(V3Call call) => RunAsync(call.Http, call.TopicAsync);

    /// <summary>The topic in the path, fresh: what is remembered may be a topic of that name that is no more.</summary>
    /// <exception cref="ProblemException">There is none: 40401.</exception>
    internal static async ValueTask<TopicView> FindTopicAsync(ProxyCall call)
    {
        try
        {
            return await call.Service.Client.Admin.DescribeTopicAsync(call.Name("topic"), call.Cancel).ConfigureAwait(false);
        }
        catch (KafkaErrorException failure) when (failure.Code is ErrorCode.UnknownTopicOrPartition or ErrorCode.InvalidTopicException)
        {
            throw new ProblemException(Problem.TopicNotFound, "Topic not found.");
        }
    }

    private static async ValueTask RunAsync(ProxyCall call, Func<ValueTask<TopicView>> findTopic)
    {
        HttpContext context = call.Context;
        string type = MediaTypes.Choose(context.Request, s_types);
        StreamQuery query = StreamQuery.Read(call);
        var signal = new StreamSignal();
        // Taken before anything is looked up, which is the dearer part of a stream that is refused.
        OpenStream place = call.Service.Streams.Enter(signal, ClientAddress.Of(context), query.Heartbeat, query.LagInterval);
        StreamFraming framing = type == StreamFrames.Events ? StreamFraming.Events : StreamFraming.Lines;
        // Events are small, and browsers, which would ask for it always, have the least to gain.
        bool isPacked = framing == StreamFraming.Lines && AnswerEncoding.ChooseGzip(context);
        var stream = new StreamAnswer(call.Service, place, query, framing, isPacked);
        bool isHandedOver = false;
        try
        {
            await stream.FindAsync(call, await findTopic().ConfigureAwait(false)).ConfigureAwait(false);
            Begin(context, type);
            // What ends soon does not rest, and the connection can be used again afterwards.
            if (!query.EndsSoon && HandoverTransport.Of(context) is { } transport)
            {
                await transport.HandOverAsync(context, stream).ConfigureAwait(false);
                isHandedOver = true;
                return;
            }
            await stream.RunAsync(call, new AnswerOutput(context.Response.BodyWriter, framing)).ConfigureAwait(false);
        }
        finally
        {
            if (!isHandedOver) await stream.DisposeAsync().ConfigureAwait(false);
        }
    }

    private static void Begin(HttpContext context, string type)
    {
        // Rest is not slowness: whether a client takes what it is sent is looked after here.
        if (context.Features.Get<IHttpMinResponseDataRateFeature>() is { } rate) rate.MinDataRate = null;
        HttpResponse response = context.Response;
        response.ContentType = type;
        response.Headers.CacheControl = "no-store";
        // Some proxies in between collect answers unless they are told.
        response.Headers["X-Accel-Buffering"] = "no";
    }
}

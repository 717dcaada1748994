using Gateway.Common.Bodies;

namespace Gateway.HttpProxy.Streams;

/// <summary>The other end of a stream, for as long as there is one: a request under way, or the connection that its request has left it.</summary>
internal interface IStreamPeer : IAnswerReader
{
    ProxyService Service { get; }

    /// <summary>The client has gone.</summary>
    CancellationToken Cancel { get; }
}

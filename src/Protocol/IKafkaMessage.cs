using Gateway.Protocol.Wire;

namespace Gateway.Protocol;

/// <summary>
/// A message of Kafka's wire or of its internal topics. The generator writes the members from the class's <c>[Field]</c> properties.
/// </summary>
public interface IKafkaMessage
{
    /// <summary>Appends the body in <paramref name="version"/>.</summary>
    /// <exception cref="ProtocolException">The version is unknown, or a value cannot be said in it.</exception>
    void Write(KafkaWriter writer, short version);

    /// <summary>Fills a fresh message from the reader. What the version lacks keeps its default.</summary>
    /// <exception cref="ProtocolException">The bytes are not such a message.</exception>
    void Read(ref KafkaReader reader, short version);

    /// <summary>Disposes every records lease the message still holds. A message without records does nothing.</summary>
    void ReleaseRecords();
}

/// <summary>A message that can be read into, or filled, again and again without making its objects anew.</summary>
public interface IReusableMessage : IKafkaMessage
{
    /// <summary>How many objects it keeps for its next use, so that nobody stores a message that was once huge.</summary>
    int SpareCount { get; }

    /// <summary>
    /// Puts every field back to its default and gives up its records; the objects of its lists are kept. The caller has the only references
    /// to the message and to everything in it.
    /// </summary>
    void Reset();
}

/// <summary>A request's body.</summary>
public interface IRequest : IKafkaMessage
{
    /// <summary>Which request this is.</summary>
    ApiKey ApiKey { get; }
}

/// <summary>A request whose answer is a <typeparamref name="TResponse"/>.</summary>
/// <typeparam name="TResponse">The answer's class.</typeparam>
public interface IRequest<TResponse> : IRequest
    where TResponse : class, IResponse, new();

/// <summary>A response's body.</summary>
public interface IResponse : IKafkaMessage
{
    /// <summary>The request this answers.</summary>
    ApiKey ApiKey { get; }
}

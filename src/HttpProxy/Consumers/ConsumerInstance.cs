using Gateway.Client.Consuming;
using Gateway.HttpProxy.Http;

namespace Gateway.HttpProxy.Consumers;

/// <summary>A consumer that lives between requests, until it is deleted or nobody has used it for too long.</summary>
/// <remarks>The registry's lock guards <see cref="Users"/> and <see cref="LastUsed"/>.</remarks>
internal sealed class ConsumerInstance(string group, string name, ConsumerConfig config, GroupConsumer consumer)
{
    internal string Group { get; } = group;

    internal string Name { get; } = name;

    internal EmbeddedFormat Format { get; } = config.Format;

    internal TimeSpan? RequestTimeout { get; } = config.RequestTimeout;

    internal CommitMeaning CommitMeaning { get; } = config.CommitMeaning;

    internal GroupConsumer Consumer { get; } = consumer;

    /// <summary>Ends when the instance is deleted, for requests that wait on it.</summary>
    internal CancellationTokenSource Deleted { get; } = new();

    internal int Users { get; set; }

    internal long LastUsed { get; set; }
}

using System.Net;
using Gateway.Client.Consuming;
using Gateway.Client.Fetching;
using Gateway.HttpProxy.Http;

namespace Gateway.HttpProxy.Consumers;

/// <summary>A consumer that lives between requests, until it is deleted or nobody has used it for too long.</summary>
/// <remarks>The registry's lock guards <see cref="Users"/> and <see cref="LastUsed"/>.</remarks>
internal sealed class ConsumerInstance(string group, string name, IPAddress client, ConsumerConfig config, GroupConsumer consumer)
{
    internal string Group { get; } = group;

    internal string Name { get; } = name;

    /// <summary>Whose it is, where each client's are limited.</summary>
    internal IPAddress Client { get; } = client;

    internal EmbeddedFormat Format { get; } = config.Format;

    internal IsolationLevel Isolation { get; } = config.Isolation;

    internal TimeSpan? RequestTimeout { get; } = config.RequestTimeout;

    internal CommitMeaning CommitMeaning { get; } = config.CommitMeaning;

    internal GroupConsumer Consumer { get; } = consumer;

    /// <summary>Ends when the instance is deleted, for requests that wait on it.</summary>
    internal CancellationTokenSource Deleted { get; } = new();

    /// <summary>Held by whoever reads with explicit acknowledgement, or acknowledges.</summary>
    internal SemaphoreSlim Acknowledging { get; } = new(1);

    /// <summary>What was handed out and is to be acknowledged before anything else is.</summary>
    internal UnacknowledgedBatch? Unacknowledged { get; set; }

    /// <summary>The batch acknowledged last: its client may not have heard of it.</summary>
    internal string? LastAcknowledged { get; set; }

    internal int Users { get; set; }

    internal long LastUsed { get; set; }
}

using System.Net;
using Gateway.Client;
using Gateway.Client.Consuming;
using Gateway.Client.Fetching;
using Gateway.Common.Ids;
using Gateway.HttpProxy.Consumers.Keeping;
using Gateway.HttpProxy.Http;

namespace Gateway.HttpProxy.Consumers;

/// <summary>A consumer that lives between requests, until it is deleted or nobody has used it for too long.</summary>
/// <remarks>The registry's lock guards <see cref="Users"/> and <see cref="LastUsed"/>.</remarks>
internal sealed class ConsumerInstance(string group, string name, InstanceState state, GroupConsumer consumer)
{
    internal string Group { get; } = group;

    internal string Name { get; } = name;

    /// <summary>Whose it is, where each client's are limited.</summary>
    internal IPAddress Client => State.Client;

    internal EmbeddedFormat Format => State.Config.Format;

    internal IsolationLevel Isolation => State.Config.Isolation;

    internal TimeSpan? RequestTimeout => State.Config.RequestTimeout;

    internal CommitMeaning CommitMeaning => State.Config.CommitMeaning;

    internal GroupConsumer Consumer { get; } = consumer;

    /// <summary>What of it is kept. Changed only by who holds <see cref="Keeping"/>.</summary>
    internal InstanceState State { get; set; } = state;

    /// <summary>Held by whoever changes or keeps the state, so that what is kept last is what it is.</summary>
    internal SemaphoreSlim Keeping { get; } = new(1);

    /// <summary>False while <see cref="State"/> may differ from what is kept of it.</summary>
    internal bool IsKept { get; set; }

    /// <summary>True from the moment it is taken out: nothing may be kept of it after its end is.</summary>
    internal bool IsGone { get; set; }

    /// <summary>Ends when the instance is deleted, for requests that wait on it.</summary>
    internal CancellationTokenSource Deleted { get; } = new();

    /// <summary>Held by whoever reads with explicit acknowledgement, or acknowledges.</summary>
    internal SemaphoreSlim Acknowledging { get; } = new(1);

    /// <summary>Held by whoever commits, so that an acknowledgement sees what it must not take back.</summary>
    internal SemaphoreSlim Committing { get; } = new(1);

    /// <summary>What was handed out and is to be acknowledged before anything else is.</summary>
    internal UnacknowledgedBatch? Unacknowledged { get; set; }

    /// <summary>The batch acknowledged last: its client may not have heard of it.</summary>
    internal string? LastAcknowledged { get; set; }

    internal int Users { get; set; }

    internal long LastUsed { get; set; }

    /// <summary>The offsets it reads next, of the partitions where that is known.</summary>
    internal IReadOnlyDictionary<TopicPartition, long> Positions()
    {
        try
        {
            return Consumer.Assignment
                .Select(partition => (Partition: partition, Offset: Consumer.Position(partition)))
                .Where(static at => at.Offset is not null)
                .ToDictionary(static at => at.Partition, static at => at.Offset!.Value);
        }
        catch (KafkaErrorException)
        {
            // Its group has put it out: whatever it read is others' by now.
            return new Dictionary<TopicPartition, long>();
        }
    }

    /// <summary>
    /// What its group has committed; nothing when that cannot be told. A place beside nothing counts only where nothing is committed, so at worst
    /// records are read again.
    /// </summary>
    internal async ValueTask<IReadOnlyDictionary<TopicPartition, CommittedOffset>> CommittedAsync(
        IReadOnlyCollection<TopicPartition> partitions, CancellationToken cancel)
    {
        try
        {
            return await Consumer.CommittedAsync(partitions, cancel).ConfigureAwait(false);
        }
        catch (KafkaErrorException)
        {
            return new Dictionary<TopicPartition, CommittedOffset>();
        }
    }

    /// <summary>Ends what waits on it, leaves its group and gives up what it holds.</summary>
    internal async ValueTask CloseAsync()
    {
        await Deleted.CancelAsync().ConfigureAwait(false);
        await Consumer.UnsubscribeAsync().ConfigureAwait(false);
        await Consumer.DisposeAsync().ConfigureAwait(false);
    }
}

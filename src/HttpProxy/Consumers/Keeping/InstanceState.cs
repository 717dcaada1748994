using System.Collections.Immutable;
using System.Net;
using Gateway.Client.Consuming;
using Gateway.Common.Ids;

namespace Gateway.HttpProxy.Consumers.Keeping;

/// <summary>What of an instance outlives the process: what its client has asked for, and where it reads if its group has committed nothing since.</summary>
/// <param name="Client">Whose it is, where each client's are limited.</param>
/// <param name="Config">What it was made with.</param>
internal sealed record InstanceState(IPAddress Client, ConsumerConfig Config)
{
    /// <summary>The topics subscribed to by name.</summary>
    internal ImmutableArray<string> Topics { get; init; } = [];

    /// <summary>The pattern subscribed to; null for none.</summary>
    internal string? Pattern { get; init; }

    /// <summary>The partitions assigned by hand.</summary>
    internal ImmutableArray<TopicPartition> Partitions { get; init; } = [];

    /// <summary>Where it reads partitions, as long as the group has committed what it had then.</summary>
    internal ImmutableDictionary<TopicPartition, StartPlace> Places { get; init; } = ImmutableDictionary<TopicPartition, StartPlace>.Empty;

    /// <summary>Without subscription and assignment; places go with what they are places in.</summary>
    internal InstanceState WithNothing() => new(Client, Config);

    internal InstanceState WithTopics(IEnumerable<string> topics)
    {
        ImmutableArray<string> names = [.. topics];
        return WithNothing() with { Topics = names, Places = Kept(partition => names.Contains(partition.Topic)) };
    }

    internal InstanceState WithPattern(string pattern) => WithNothing() with { Pattern = pattern, Places = Places };

    internal InstanceState WithPartitions(IEnumerable<TopicPartition> partitions)
    {
        var assigned = partitions.ToHashSet();
        return WithNothing() with { Partitions = [.. assigned], Places = Kept(assigned.Contains) };
    }

    /// <summary>With these places instead of those its partitions had.</summary>
    /// <param name="places">Offsets.</param>
    /// <param name="committed">What its group has committed for them.</param>
    internal InstanceState WithPlaces(
        IEnumerable<KeyValuePair<TopicPartition, long>> places, IReadOnlyDictionary<TopicPartition, CommittedOffset> committed) => this with
        {
            Places = Places.SetItems(places.Select(place => KeyValuePair.Create(
                place.Key, new StartPlace(place.Value, committed.TryGetValue(place.Key, out CommittedOffset then) ? then.Offset : null)))),
        };

    private ImmutableDictionary<TopicPartition, StartPlace> Kept(Func<TopicPartition, bool> isKept) => Places.RemoveRange(Places.Keys.Where(partition => !isKept(partition)));
}

using System.Collections.Immutable;
using Gateway.Broker.Cluster;
using Gateway.Broker.Cluster.Decisions;

namespace Gateway.Broker.Tests.Cluster;

/// <summary>Small images for tests of decisions.</summary>
internal static class Images
{
    public static Guid Id(int number) => new(number, 7, 7, 1, 2, 3, 4, 5, 6, 7, 8);

    public static ClusterImage Empty(params (string Name, string Value)[] settings) => ClusterImage.Empty(
        "abcdefghijklmnopqrstuv", 1, settings.ToImmutableSortedDictionary(s => s.Name, s => s.Value, StringComparer.Ordinal));

    public static ClusterImage With(string topic, int partitions = 1, Guid? id = null) =>
        Empty().Apply(new TopicCreated(id ?? Id(1), topic, partitions, 1, new Dictionary<string, string>()));

    public static WantedTopic Wanted(string name, int partitions = 1, short replicationFactor = 1, params (string Name, string? Value)[] configs) =>
        new(name, partitions, replicationFactor, [], [.. configs.Select(c => KeyValuePair.Create(c.Name, c.Value))]);

    public static CreateTopics Creation(bool dropsRetired = true, KeptTopics? kept = null)
    {
        int next = 100;
        return new CreateTopics(() => Id(next++), dropsRetired, kept ?? new KeptTopics(ImmutableDictionary<string, int>.Empty));
    }

    public static CreatePartitions Growth(KeptTopics? kept = null) => new(kept ?? new KeptTopics(ImmutableDictionary<string, int>.Empty));

    public static AlterConfigs Alteration(KeptTopics? kept = null) => new(true, kept ?? new KeptTopics(ImmutableDictionary<string, int>.Empty));

    public static ClusterImage ApplyAll(this ClusterImage image, IEnumerable<MetadataRecord> records) => records.Aggregate(image, (i, r) => i.Apply(r));
}

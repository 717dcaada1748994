using Gateway.Client.Topology;

namespace Gateway.Client.Producing;

/// <summary>Finds the topic that records are written to.</summary>
internal static class ProduceTopic
{
    /// <summary>The topic as far as it is known; asked for again when a record names a partition it is not known to have.</summary>
    internal static async ValueTask<TopicAnswer> FindAsync(
        MetadataCache metadata, string name, RecordSet records, bool allowCreate, TimeSpan wait, CancellationToken cancel)
    {
        TopicAnswer answer = await metadata.TopicOrNewAsync(name, allowCreate, wait, cancel).ConfigureAwait(false);
        for (int i = 0; answer.Topic is { } topic && i < records.Count; i++)
        {
            if (records[i].Partition < topic.Partitions.Length) continue;
            // Partitions may have been added since metadata was asked for.
            metadata.Forget(name);
            return await metadata.TopicAsync(name, allowCreate: false, cancel).ConfigureAwait(false);
        }
        return answer;
    }
}

using Gateway.Common.Buffers;
using Gateway.Common.Ids;
using Gateway.Common.Records;

namespace Gateway.Client.Consuming;

/// <summary>What a poll brought. Owns the memory; dispose it.</summary>
public sealed class ConsumedRecords : IDisposable
{
    private readonly List<ConsumedPart> _parts = [];

    /// <summary>By partition, in the order in which they came.</summary>
    public IReadOnlyList<ConsumedPart> Parts => _parts;

    /// <summary>True when nothing came.</summary>
    public bool IsEmpty => _parts.Count == 0;

    /// <summary>All records as objects. Their bytes end with <see cref="Dispose"/>.</summary>
    public IEnumerable<(TopicPartition Partition, Record Record)> ReadRecords()
    {
        foreach (ConsumedPart part in _parts)
        {
            foreach (Record record in RecordReader.ReadAll(part.Batches, part.From))
            {
                if (record.Offset < part.To) yield return (part.Partition, record);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (ConsumedPart part in _parts) part.Lease.Dispose();
    }

    internal void Add(ConsumedPart part) => _parts.Add(part);
}

/// <summary>Records of one partition within a <see cref="ConsumedRecords"/>.</summary>
public sealed class ConsumedPart
{
    internal ConsumedPart(TopicPartition partition, RecordsLease lease, long from, long to)
    {
        Partition = partition;
        Lease = lease;
        From = from;
        To = to;
    }

    /// <summary>Where they come from.</summary>
    public TopicPartition Partition { get; }

    /// <summary>The first offset that counts; the first batch may start before it.</summary>
    public long From { get; }

    /// <summary>Behind the last offset that counts; the last batch may go on after it.</summary>
    public long To { get; }

    /// <summary>The batches as the broker stores them.</summary>
    public ReadOnlyMemory<byte> Batches => Lease.Memory;

    internal RecordsLease Lease { get; }
}

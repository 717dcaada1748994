using Gateway.Broker.Partitions;
using Gateway.Common.Buffers;
using Gateway.Common.Errors;
using Gateway.Common.Ids;
using Gateway.Common.Records;

namespace Gateway.Simulation.BrokerCut;

/// <summary>What the clients of one partition know: what they sent, what was acknowledged, what they read. All of it must stay so.</summary>
internal sealed class PartitionLedger(TopicIdPartition id, IReadOnlyList<IdempotentProducer> producers, KeyedClient keyed, SteppedBroker broker)
{
    private readonly Dictionary<long, StoredBatch> _read = [];

    internal TopicIdPartition Id { get; } = id;

    internal IReadOnlyList<IdempotentProducer> Producers { get; } = producers;

    internal KeyedClient Keyed { get; } = keyed;

    internal int RecordsChecked { get; private set; }

    /// <summary>One behind the last record anybody read.</summary>
    internal long ReadEnd { get; private set; }

    private IEnumerable<SentBatch> Acked => Producers.SelectMany(static producer => producer.Sent).Concat(Keyed.Sent).Where(static batch => batch.IsAcked);

    /// <summary>A consumer reads; what goes wrong surfaces on the shard, and so in the step that ran it.</summary>
    internal async void Read(Partition partition, long offset, int maxBytes) => _ = await ReadAsync(partition, offset, maxBytes);

    /// <summary>
    /// Reads the whole log and holds it against everything known: no gap, no byte changed, of each producer every batch once and in order,
    /// of each key its batch once, nothing acknowledged or read missing.
    /// </summary>
    internal async Task AuditAsync(Partition partition)
    {
        // What is appended or read while this goes on is for the next time.
        long end = partition.HighWatermark;
        long known = Acked.Select(static batch => batch.AckedOffset + batch.Records).Append(ReadEnd).Max();
        Broken.Unless(end >= known, $"{this}: the high watermark is {end}, what was read or acknowledged ends at {known}");
        SentBatch[] acked = [.. Acked];
        StoredBatch[] read = [.. _read.Values];

        var stored = new List<StoredBatch>();
        for (long offset = 0; offset < end;)
        {
            List<StoredBatch>? found = await ReadAsync(partition, offset, 4_000);
            if (found is null) return;
            stored.AddRange(found);
            offset = found[^1].Next;
        }

        Dictionary<SentBatch, long> offsets = MatchToSent(stored);
        foreach (SentBatch batch in acked)
        {
            bool isThere = offsets.TryGetValue(batch, out long offset) && offset == batch.AckedOffset;
            Broken.Unless(isThere, $"{this}: {batch} was acknowledged at {batch.AckedOffset} and is not there");
        }

        HashSet<long> bases = [.. stored.Select(static batch => batch.Base)];
        foreach (StoredBatch batch in read) Broken.Unless(bases.Contains(batch.Base), $"{this}: the batch read at {batch.Base} is gone");
        RecordsChecked += stored.Sum(static batch => batch.Header.RecordsCount);
    }

    public override string ToString() => $"partition {Id.Partition}";

    /// <summary>Finds for each stored batch the one that was sent; of each key there is one, and of each producer they must be the beginning of what it sent, in order.</summary>
    private Dictionary<SentBatch, long> MatchToSent(List<StoredBatch> stored)
    {
        var offsets = new Dictionary<SentBatch, long>();
        Dictionary<long, int> next = Producers.ToDictionary(static producer => producer.ProducerId, static _ => 0);
        int leaderEpoch = 0;
        foreach (StoredBatch batch in stored)
        {
            Broken.Unless(batch.Header.PartitionLeaderEpoch >= leaderEpoch, $"{this}: the leader epoch falls at {batch.Base}");
            leaderEpoch = batch.Header.PartitionLeaderEpoch;
            if (BatchKey.IsKey(batch.Header.ProducerId))
            {
                SentBatch? request = Keyed.Find(batch.Header.ProducerId);
                Broken.Unless(request is not null && batch.IsAsSent(request.Bytes), $"{this}: a batch at {batch.Base} with a key that nobody sent it with");
                Broken.Unless(offsets.TryAdd(request, batch.Base), $"{this}: {request} lies at {offsets[request]} and at {batch.Base}");
                continue;
            }
            IdempotentProducer? producer = Producers.FirstOrDefault(producer => producer.ProducerId == batch.Header.ProducerId);
            Broken.Unless(producer is not null, $"{this}: a batch at {batch.Base} that nobody sent");
            int index = next[producer.ProducerId]++;
            Broken.Unless(index < producer.Sent.Count, $"{this}: more batches of {producer.ProducerId} than it sent, the first at {batch.Base}");
            SentBatch expected = producer.Sent[index];
            Broken.Unless(
                batch.IsAsSent(expected.Bytes),
                $"{this}: at {batch.Base} lies epoch {batch.Header.ProducerEpoch} sequence {batch.Header.BaseSequence}, due is {expected}");
            offsets.Add(expected, batch.Base);
        }

        return offsets;
    }

    /// <summary>Reads below the high watermark; null when the broker is down or on its way.</summary>
    private async Task<List<StoredBatch>?> ReadAsync(Partition partition, long offset, int maxBytes)
    {
        long readable = partition.HighWatermark;
        var request = new PartitionRead { FetchOffset = offset, CurrentLeaderEpoch = -1, LastFetchedEpoch = -1 };
        PartitionReadResult result = await partition.ReadAsync(request, maxBytes, atLeastOneBatch: true);
        using RecordsLease? records = result.Records;
        if (broker.IsPowerGone) return null;
        if (result.Error is ErrorCode.KafkaStorageError or ErrorCode.NotLeaderOrFollower && broker.MayRefuse) return null;
        Broken.Unless(result.Error == ErrorCode.None, $"{this}: reading {offset} gave {result.Error}");
        Broken.Unless(result.HighWatermark >= readable, $"{this}: the high watermark fell from {readable} to {result.HighWatermark}");
        Broken.Unless(records is not null || offset >= readable, $"{this}: nothing at {offset} below the high watermark {readable}");
        List<StoredBatch> found = records is null ? [] : StoredBatch.AllOf(records.Span);
        foreach (StoredBatch batch in found)
        {
            bool follows = batch == found[0] ? batch.Base <= offset && batch.Next > offset : batch.Base == offset;
            Broken.Unless(follows, $"{this}: a gap, batch {batch.Base} where {offset} was due");
            offset = batch.Next;
            Remember(batch);
        }

        Broken.Unless(offset <= result.HighWatermark || found.Count == 0, $"{this}: read up to {offset}, the high watermark is {result.HighWatermark}");
        return found;
    }

    private void Remember(StoredBatch batch)
    {
        if (!_read.TryAdd(batch.Base, batch))
            Broken.Unless(batch.Bytes.AsSpan().SequenceEqual(_read[batch.Base].Bytes), $"{this}: the batch at {batch.Base} came back changed");
        ReadEnd = Math.Max(ReadEnd, batch.Next);
    }
}

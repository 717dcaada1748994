using Gateway.Broker.Partitions;
using Gateway.Common.Buffers;
using Gateway.Common.Errors;
using Gateway.Common.Ids;
using Gateway.Common.Records;

namespace Gateway.Simulation.BrokerCut;

/// <summary>
/// A client that writes with idempotency keys: what was not answered it sends again, now and then also what was, and now and then it takes a key for
/// another request. However often a key comes, its records must be in the log once.
/// </summary>
internal sealed class KeyedClient(TopicIdPartition partition, Random random)
{
    /// <summary>What a partition has to remember for this client, with room to spare; beyond it keys are forgotten.</summary>
    internal const int KeysRemembered = 24;

    private const int MaxInFlight = 3;
    private const int LatestRepeated = 8;

    private readonly List<SentBatch> _sent = [];

    /// <summary>What was never acknowledged, in order.</summary>
    internal IEnumerable<SentBatch> InFlight => _sent.Where(static batch => !batch.IsAcked);

    /// <summary>Everything it ever sent.</summary>
    internal IReadOnlyList<SentBatch> Sent => _sent;

    /// <summary>Answers that told of records which were there already.</summary>
    internal int Repetitions => _sent.Sum(static batch => batch.Repetitions);

    /// <summary>Refusals of a key that another request had.</summary>
    internal int Refusals { get; private set; }

    /// <summary>The request of a key; null when this client never sent it.</summary>
    internal SentBatch? Find(long id) => id > BatchKey.FirstId && id - BatchKey.FirstId <= _sent.Count ? _sent[(int)(id - BatchKey.FirstId) - 1] : null;

    /// <summary>Sends a new request, an old one again, or another one with an old one's key.</summary>
    internal void Send(SteppedBroker broker, long nowMs)
    {
        int latest = Math.Min(LatestRepeated, _sent.Count);
        if (latest > 0 && random.Next(3) == 0)
        {
            int index = _sent.Count - 1 - random.Next(latest);
            if (_sent[index].IsAcked && random.Next(3) == 0) SendAnother(index, broker, nowMs);
            else broker.Post(partition, owner => _sent[index].Send(owner, broker));
            return;
        }
        int oldest = _sent.FindIndex(static batch => !batch.IsAcked);
        // One whose answer is missing must still be known when it comes again.
        if (oldest >= 0 && (InFlight.Count() >= MaxInFlight || _sent.Count - oldest >= LatestRepeated)) return;
        SentBatch sent = NewBatch(_sent.Count + 1, random.Next(1 << 15), random.Next(), nowMs);
        _sent.Add(sent);
        broker.Post(partition, owner => sent.Send(owner, broker));
    }

    /// <summary>Sends what was not answered again.</summary>
    internal void Resend(SteppedBroker broker)
    {
        foreach (SentBatch batch in InFlight.ToArray()) broker.Post(partition, owner => batch.Send(owner, broker));
    }

    private void SendAnother(int index, SteppedBroker broker, long nowMs)
    {
        SentBatch known = _sent[index];
        SentBatch other = NewBatch(index + 1, known.Epoch ^ 1, known.BaseSequence, nowMs);
        broker.Post(partition, owner => owner.Append(other.Produced(new Refusal(this, other, broker))));
    }

    private SentBatch NewBatch(int key, int epoch, int sequence, long nowMs)
    {
        long id = BatchKey.IdOf((ulong)key);
        using var builder = new RecordBatchBuilder(new RecordBatchOptions { ProducerId = id, ProducerEpoch = (short)epoch, BaseSequence = sequence });
        int records = random.Next(1, 4);
        for (int i = 0; i < records; i++)
        {
            byte[] value = new byte[random.Next(120)];
            random.NextBytes(value);
            builder.Append(nowMs, (byte[]?)null, value);
        }
        using RecordsLease lease = builder.Build();
        return new SentBatch(null, lease.Span.ToArray(), id, (short)epoch, sequence, records);
    }

    private sealed class Refusal(KeyedClient client, SentBatch batch, SteppedBroker broker) : IAppendReply
    {
        public void Complete(in AppendOutcome outcome)
        {
            if (broker.IsPowerGone) return;
            if (outcome.Error is ErrorCode.KafkaStorageError or ErrorCode.NotLeaderOrFollower && broker.MayRefuse) return;
            Broken.Unless(outcome.Error == ErrorCode.DuplicateSequenceNumber, $"{batch} with a key that another had was answered {outcome.Error}");
            client.Refusals++;
        }
    }
}

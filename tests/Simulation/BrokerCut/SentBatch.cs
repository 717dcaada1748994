using Gateway.Broker.Partitions;
using Gateway.Common.Buffers;
using Gateway.Common.Errors;
using Gateway.Common.Records;

namespace Gateway.Simulation.BrokerCut;

/// <summary>A batch as its producer keeps it until it is answered, and what was answered.</summary>
internal sealed class SentBatch(SentBatch? before, byte[] bytes, long producerId, short epoch, int baseSequence, int records)
{
    private int _refusedInLife;

    internal byte[] Bytes { get; } = bytes;

    internal int Records { get; } = records;

    internal short Epoch { get; } = epoch;

    internal int BaseSequence { get; } = baseSequence;

    /// <summary>How often it was answered that it had been there already.</summary>
    internal int Repetitions { get; private set; }

    /// <summary>Its base offset as acknowledged; −1 before.</summary>
    internal long AckedOffset { get; private set; } = -1;

    internal bool IsAcked => AckedOffset >= 0;

    internal bool HasKey => BatchKey.IsKey(producerId);

    /// <summary>Its first answer told that it was there: an attempt nobody heard of had stored it.</summary>
    internal bool WasThere { get; private set; }

    /// <summary>Sends it, for the first time or again. Each attempt has a lease of its own, since the log patches it.</summary>
    internal void Send(Partition partition, SteppedBroker broker) => partition.Append(Produced(new Attempt(this, partition, broker)));

    /// <summary>It as a broker gets it.</summary>
    internal ProducedBatch Produced(IAppendReply reply) => new(RecordsLease.Copy(Bytes), AppendOrigin.Client, AckAt.Commit, reply)
    {
        MayHaveKey = HasKey,
    };

    public override string ToString() => $"producer {producerId} epoch {Epoch} sequence {BaseSequence}";

    private void Answered(in AppendOutcome outcome, Partition partition, SteppedBroker broker)
    {
        if (outcome.Error != ErrorCode.None)
        {
            // The client tries again what failed with the broker. Out of order is only what follows a batch that failed so (IDM-7): there the
            // client starts over from that one, but to the oldest in flight it would be the end.
            bool isRetriable = outcome.Error is ErrorCode.KafkaStorageError or ErrorCode.NotLeaderOrFollower
                || (outcome.Error == ErrorCode.OutOfOrderSequenceNumber && before?._refusedInLife == broker.Life);
            _refusedInLife = broker.Life;
            Broken.Unless(isRetriable && broker.MayRefuse, $"{this} was answered {outcome.Error}: {outcome.Message}");
            return;
        }

        Broken.Unless(!IsAcked || AckedOffset == outcome.BaseOffset, $"{this} was stored at {AckedOffset} and, sent again, at {outcome.BaseOffset}");
        Broken.Unless(
            partition.HighWatermark >= outcome.BaseOffset + Records,
            $"{this} was acknowledged at {outcome.BaseOffset} above the high watermark {partition.HighWatermark}");
        if (!IsAcked) WasThere = outcome.IsRepetition;
        AckedOffset = outcome.BaseOffset;
        if (outcome.IsRepetition) Repetitions++;
    }

    private sealed class Attempt(SentBatch batch, Partition partition, SteppedBroker broker) : IAppendReply
    {
        private bool _isAnswered;

        public void Complete(in AppendOutcome outcome)
        {
            if (broker.IsPowerGone) return;
            Broken.Unless(!_isAnswered, $"{batch} was answered twice");
            _isAnswered = true;
            batch.Answered(outcome, partition, broker);
        }
    }
}

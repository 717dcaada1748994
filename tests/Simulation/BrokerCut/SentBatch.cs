using Gateway.Broker.Partitions;
using Gateway.Common.Buffers;
using Gateway.Common.Errors;

namespace Gateway.Simulation.BrokerCut;

/// <summary>A batch as its producer keeps it until it is answered, and what was answered.</summary>
internal sealed class SentBatch(SentBatch? before, byte[] bytes, long producerId, short epoch, int baseSequence, int records)
{
    private int _refusedInLife;

    internal byte[] Bytes { get; } = bytes;

    internal int Records { get; } = records;

    /// <summary>Its base offset as acknowledged; −1 before.</summary>
    internal long AckedOffset { get; private set; } = -1;

    internal bool IsAcked => AckedOffset >= 0;

    /// <summary>Sends it, for the first time or again. Each attempt has a lease of its own, since the log patches it.</summary>
    internal void Send(Partition partition, SteppedBroker broker) => partition.Append(new ProducedBatch(
        RecordsLease.Copy(Bytes), AppendOrigin.Client, AckAt.Commit, new Attempt(this, partition, broker)));

    public override string ToString() => $"producer {producerId} epoch {epoch} sequence {baseSequence}";

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
        AckedOffset = outcome.BaseOffset;
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

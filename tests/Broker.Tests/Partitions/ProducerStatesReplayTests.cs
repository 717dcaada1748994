using Gateway.Broker.Partitions;
using Gateway.Common.Errors;
using Gateway.Common.Records;

namespace Gateway.Broker.Tests.Partitions;

/// <summary>The table is a function of the log: replayed, or restored from a snapshot and replayed from there, it is the same (IDM-9).</summary>
public sealed class ProducerStatesReplayTests
{
    private const long Now = 1_700_000_000_000;

    public static TheoryData<int> Seeds => new(Enumerable.Range(0, 50));

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Live_replayed_and_restored_tables_are_the_same(int seed)
    {
        var log = new List<(RecordBatchHeader Header, EndTransactionMarker? Marker)>();
        ProducerStates live = Run(new Random(seed), log);
        byte[] expected = live.WriteSnapshot();
        // What a start finds is committed.
        live.Transactions.CommitTo(long.MaxValue);

        Assert.Equal(Convert.ToHexString(expected), Convert.ToHexString(Replay(new ProducerStates(maxProducers: 6), log, 0).WriteSnapshot()));
        for (int cut = 0; cut <= log.Count; cut += 7)
        {
            byte[] snapshot = Replay(new ProducerStates(maxProducers: 6), log[..cut], 0).WriteSnapshot();
            ProducerStates restored = ProducerStates.ReadSnapshot(snapshot, maxProducers: 6)!;
            Replay(restored, log[cut..], cut);
            restored.Transactions.CommitTo(long.MaxValue);
            Assert.Equal(Convert.ToHexString(expected), Convert.ToHexString(restored.WriteSnapshot()));
            Assert.Equal((live.Count, live.FirstUndecidedOffset), (restored.Count, restored.FirstUndecidedOffset));
        }
    }

    [Fact]
    public void What_was_appended_twice_is_never_accepted_twice()
    {
        // A producer that resends at random, up to five batches in flight: every sequence gets into the log exactly once, in order.
        for (int seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            var states = new ProducerStates();
            var stored = new List<int>();
            int next = 0;
            for (int round = 0; stored.Count < 100; round++)
            {
                Assert.True(round < 10_000, "no progress");
                int from = Math.Max(0, stored.Count - random.Next(5));
                for (int sequence = from; sequence < Math.Min(from + 5, 100); sequence++)
                {
                    // Lost on the way. Not the first of all, since of an unknown producer any sequence is taken (IDM-4).
                    if (stored.Count > 0 && random.Next(4) == 0) continue;
                    RecordBatchHeader batch = Data(1, 0, sequence, 1, false);
                    ProducerCheck check = states.Check(batch);
                    if (check.Verdict == ProducerVerdict.Append)
                    {
                        states.Apply(batch with { BaseOffset = next }, Now);
                        stored.Add(sequence);
                        next++;
                    }
                    else if (check.Verdict == ProducerVerdict.Duplicate)
                    {
                        Assert.Equal(stored.IndexOf(sequence), check.BaseOffset);
                    }
                    else
                    {
                        Assert.Equal(ErrorCode.OutOfOrderSequenceNumber, check.Error);
                    }
                }
            }

            Assert.Equal(Enumerable.Range(0, 100), stored);
        }
    }

    [Fact]
    public void A_damaged_snapshot_is_none()
    {
        var log = new List<(RecordBatchHeader, EndTransactionMarker?)>();
        byte[] snapshot = Run(new Random(1), log).WriteSnapshot();
        Assert.NotNull(ProducerStates.ReadSnapshot(snapshot));
        for (int i = 0; i < snapshot.Length; i++)
        {
            byte[] flipped = [.. snapshot];
            flipped[i] ^= (byte)(1 << (i % 8));
            Assert.Null(ProducerStates.ReadSnapshot(flipped));
            Assert.Null(ProducerStates.ReadSnapshot(snapshot.AsSpan(0, i)));
        }

        Assert.Null(ProducerStates.ReadSnapshot([.. snapshot, 0]));
    }

    [Fact]
    public void A_snapshot_with_a_right_checksum_and_nonsense_inside_is_none()
    {
        var random = new Random(4);
        byte[] snapshot = Run(new Random(1), []).WriteSnapshot();
        for (int round = 0; round < 5_000; round++)
        {
            byte[] bytes = [.. snapshot[..random.Next(10, snapshot.Length + 1)]];
            bytes[random.Next(6, bytes.Length)] = (byte)random.Next(256);
            System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(2), Crc32C.Compute(bytes.AsSpan(6)));
            // Whatever it makes of it, it does not throw, and what it takes it can write.
            ProducerStates.ReadSnapshot(bytes)?.WriteSnapshot();
        }
    }

    private static ProducerStates Run(Random random, List<(RecordBatchHeader Header, EndTransactionMarker? Marker)> log)
    {
        var states = new ProducerStates(maxProducers: 6);
        var sequences = new Dictionary<(long, short), int>();
        long offset = 0;
        for (int i = 0; i < 120; i++)
        {
            long producer = random.Next(1, 9);
            short epoch = (short)(i / 40);
            bool ends = random.Next(6) == 0;
            int count = random.Next(1, 20);
            RecordBatchHeader header = ends
                ? Data(producer, epoch, -1, 1, true) with { Attributes = 0x30 }
                : Data(producer, epoch, sequences.GetValueOrDefault((producer, epoch)), count, producer % 2 == 0);
            header = header with { BaseOffset = offset };
            if (!ends && states.Check(header).Verdict != ProducerVerdict.Append) continue;
            if (!ends) sequences[(producer, epoch)] = header.LastSequence + 1;
            EndTransactionMarker? marker = ends ? new EndTransactionMarker((ControlRecordType)random.Next(2), i) : null;
            states.Apply(header, Now + log.Count, marker);
            log.Add((header, marker));
            offset += header.RecordsCount;
        }

        return states;
    }

    private static ProducerStates Replay(ProducerStates states, List<(RecordBatchHeader Header, EndTransactionMarker? Marker)> log, int start)
    {
        for (int i = 0; i < log.Count; i++) states.Apply(log[i].Header, Now + start + i, log[i].Marker);
        return states;
    }

    private static RecordBatchHeader Data(long producer, short epoch, int sequence, int count, bool isTransactional) => new()
    {
        Magic = 2,
        ProducerId = producer,
        ProducerEpoch = epoch,
        BaseSequence = sequence,
        LastOffsetDelta = count - 1,
        RecordsCount = count,
        Attributes = (short)(isTransactional ? 0x10 : 0),
        MaxTimestamp = Now,
    };
}

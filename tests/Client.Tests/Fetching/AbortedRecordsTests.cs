using Gateway.Client.Fetching;
using Gateway.Common.Buffers;
using Gateway.Common.Records;
using Gateway.Protocol.Messages;

namespace Gateway.Client.Tests.Fetching;

/// <summary>FET-5: a broker sends the records of aborted transactions along and says which they are.</summary>
public class AbortedRecordsTests
{
    [Fact]
    public void Nothing_aborted_is_handed_on_as_it_came()
    {
        using RecordsLease batches = Join(Batch(0, producer: 1, "a"), Marker(1, producer: 1, ControlRecordType.Commit));
        Assert.Same(batches, AbortedRecords.TakeOut(batches, null));
        Assert.Same(batches, AbortedRecords.TakeOut(batches, []));
    }

    [Fact]
    public void Batches_of_aborted_transactions_are_emptied_and_keep_their_offsets()
    {
        using RecordsLease rest = AbortedRecords.TakeOut(
            Join(
                Batch(0, producer: 1, "a", "b"), Batch(2, producer: 2, "kept"), Marker(3, producer: 1, ControlRecordType.Abort),
                // The next transaction of the producer, between the markers of others.
                Batch(4, producer: 1, "next"), Marker(5, producer: 2, ControlRecordType.Commit), Marker(6, producer: 1, ControlRecordType.Commit)),
            [new() { ProducerId = 1, FirstOffset = 0 }]);
        Assert.Equal(["2 kept", "4 next"], Read(rest));
        Assert.Equal([(0, 1, 0), (2, 2, 1), (3, 3, 1), (4, 4, 1), (5, 5, 1), (6, 6, 1)], Shape(rest));
    }

    [Fact]
    public void A_producer_may_abort_twice_and_others_in_between()
    {
        using RecordsLease rest = AbortedRecords.TakeOut(
            Join(
                Batch(0, producer: 1, "a"), Marker(1, producer: 1, ControlRecordType.Abort), Batch(2, producer: 1, "kept"),
                Marker(3, producer: 1, ControlRecordType.Commit), Batch(4, producer: 1, "b"), Batch(5, producer: 2, "c"),
                Marker(6, producer: 2, ControlRecordType.Abort), Batch(7, producer: 1, "d"), Marker(8, producer: 1, ControlRecordType.Abort)),
            // In the order of their markers, as a broker has them.
            [new() { ProducerId = 1, FirstOffset = 0 }, new() { ProducerId = 2, FirstOffset = 5 }, new() { ProducerId = 1, FirstOffset = 4 }]);
        Assert.Equal(["2 kept"], Read(rest));
    }

    [Fact]
    public void A_read_from_the_middle_of_a_transaction_knows_of_its_beginning()
    {
        using RecordsLease rest = AbortedRecords.TakeOut(
            Join(Batch(10, producer: 1, "a"), Plain(11, "kept"), Marker(12, producer: 1, ControlRecordType.Abort)),
            [new() { ProducerId = 1, FirstOffset = 3 }]);
        Assert.Equal(["11 kept"], Read(rest));
    }

    [Fact]
    public void What_the_producer_wrote_outside_of_transactions_stays()
    {
        using RecordsLease rest = AbortedRecords.TakeOut(
            Join(Plain(0, "kept", producer: 1), Batch(1, producer: 1, "a"), Marker(2, producer: 1, ControlRecordType.Abort)),
            [new() { ProducerId = 1, FirstOffset = 0 }]);
        Assert.Equal(["0 kept"], Read(rest));
    }

    [Fact]
    public void A_cut_batch_at_the_end_stays_cut()
    {
        RecordsLease whole = Join(Batch(0, producer: 1, "a"), Batch(1, producer: 1, "b"));
        int cut = whole.Length - 3;
        whole.Shorten(cut);
        using RecordsLease rest = AbortedRecords.TakeOut(whole, [new() { ProducerId = 1, FirstOffset = 0 }]);
        Assert.Equal([(0, 0, 0)], Shape(rest));
        Assert.Equal(BatchWalkEnd.Partial, EndOf(rest));
    }

    [Fact]
    public void A_rotten_batch_is_left_for_its_reader_to_find()
    {
        RecordsLease batches = Join(Batch(0, producer: 1, "a"));
        batches.WritableMemory.Span[^1] ^= 1;
        using RecordsLease rest = AbortedRecords.TakeOut(batches, [new() { ProducerId = 1, FirstOffset = 0 }]);
        Assert.Throws<CorruptRecordException>(() => RecordReader.ReadAll(rest.Memory, 0));
    }

    private static RecordsLease Batch(long offset, long producer, params string[] values) => Build(offset, producer, isTransactional: true, values);

    private static RecordsLease Plain(long offset, string value, long producer = -1) => Build(offset, producer, isTransactional: false, value);

    private static RecordsLease Build(long offset, long producer, bool isTransactional, params string[] values)
    {
        using var builder = new RecordBatchBuilder(new RecordBatchOptions
        {
            BaseOffset = offset,
            ProducerId = producer,
            ProducerEpoch = (short)(producer < 0 ? -1 : 0),
            BaseSequence = producer < 0 ? -1 : 0,
            IsTransactional = isTransactional,
        });
        foreach (string value in values)
            builder.Append(0, default, isKeyNull: true, System.Text.Encoding.UTF8.GetBytes(value), isValueNull: false);
        return builder.Build();
    }

    private static RecordsLease Marker(long offset, long producer, ControlRecordType type) =>
        new EndTransactionMarker(type, 0).ToBatch(producer, 0, 0, offset);

    private static RecordsLease Join(params RecordsLease[] batches)
    {
        RecordsLease joined = RecordsLease.Rent(batches.Sum(static batch => batch.Length));
        int end = 0;
        foreach (RecordsLease batch in batches)
        {
            batch.Span.CopyTo(joined.WritableMemory.Span[end..]);
            end += batch.Length;
            batch.Dispose();
        }
        return joined;
    }

    private static IEnumerable<string> Read(RecordsLease batches) =>
        RecordReader.ReadAll(batches.Memory, 0).Select(static record => $"{record.Offset} {System.Text.Encoding.UTF8.GetString(record.Value!.Value.Span)}");

    /// <summary>First offset, last offset and number of records of each batch, all of which have a right checksum.</summary>
    private static List<(long First, long Last, int Count)> Shape(RecordsLease batches)
    {
        var shape = new List<(long, long, int)>();
        foreach (RecordBatchSpan batch in RecordBatches.Enumerate(batches.Span))
        {
            Assert.True(RecordBatchBytes.HasValidCrc(batch.Bytes));
            shape.Add((batch.Header.BaseOffset, batch.Header.LastOffset, batch.Header.RecordsCount));
        }
        return shape;
    }

    private static BatchWalkEnd EndOf(RecordsLease batches)
    {
        RecordBatchEnumerator walk = RecordBatches.Enumerate(batches.Span);
        while (walk.MoveNext())
        {
        }
        return walk.End;
    }
}

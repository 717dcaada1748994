using Gateway.Common.Buffers;
using Gateway.Common.Records;
using Record = Gateway.Common.Records.Record;

namespace Gateway.Common.Tests.Records;

/// <summary>Walking batches and records where they lie.</summary>
public sealed class BatchWalkTests
{
    [Fact]
    public void A_walk_stops_at_the_last_whole_batch_and_says_why()
    {
        byte[] one = Golden.Read("librdkafka-gzip");
        byte[] two = Golden.Read("librdkafka-lz4");
        byte[] both = [.. one, .. two];
        Assert.Equal((2, both.Length, BatchWalkEnd.Complete), Walk(both));
        for (int length = one.Length + 1; length < both.Length; length++)
            Assert.Equal((1, one.Length, BatchWalkEnd.Partial), Walk(both[..length]));
        Assert.Equal((0, 0, BatchWalkEnd.Complete), Walk([]));

        byte[] otherFormat = [.. both];
        otherFormat[one.Length + 16] = 1;
        Assert.Equal((1, one.Length, BatchWalkEnd.NotABatch), Walk(otherFormat));
        byte[] negativeLength = [.. both];
        negativeLength[one.Length + 8] = 0x80;
        Assert.Equal((1, one.Length, BatchWalkEnd.NotABatch), Walk(negativeLength));
        // Zeros, as a preallocated file has them behind its data.
        Assert.Equal((1, one.Length, BatchWalkEnd.NotABatch), Walk([.. one, .. new byte[100]]));

        static (int Count, int Position, BatchWalkEnd End) Walk(byte[] bytes)
        {
            int count = 0;
            RecordBatchEnumerator walk = RecordBatches.Enumerate(bytes);
            while (walk.MoveNext()) count++;
            return (count, walk.Position, walk.End);
        }
    }

    [Fact]
    public void ReadAll_starts_at_an_offset_and_leaves_a_cut_batch_out()
    {
        byte[] one = Golden.Read("librdkafka-gzip");
        byte[] two = Golden.Read("kafka-python-lz4");
        byte[] three = Golden.Read("librdkafka-none");
        RecordBatchBytes.SetBaseOffset(one, 10);
        RecordBatchBytes.SetBaseOffset(two, 15);
        RecordBatchBytes.SetBaseOffset(three, 20);
        byte[] fetched = [.. one, .. two, .. three[..^1]];
        Assert.Equal([13L, 14, 15, 16, 17, 18, 19], RecordReader.ReadAll(fetched, fromOffset: 13).Select(record => record.Offset));
        Assert.Equal([17L, 18, 19], RecordReader.ReadAll(fetched, fromOffset: 17).Select(record => record.Offset));
    }

    [Fact]
    public void ReadAll_refuses_a_wrong_checksum_and_what_is_no_batch()
    {
        byte[] batch = Golden.Read("librdkafka-none");
        byte[] flipped = [.. batch];
        flipped[^1] ^= 1;
        Assert.Throws<CorruptRecordException>(() => RecordReader.ReadAll(flipped));
        Assert.Throws<CorruptRecordException>(() => RecordReader.ReadAll(batch.Concat(new byte[61]).ToArray()));
    }

    [Fact]
    public void A_compacted_batch_keeps_its_gaps()
    {
        var options = new RecordBatchOptions { BaseOffset = 100, Compression = CompressionType.Lz4, PartitionLeaderEpoch = 4 };
        using var builder = new RecordBatchBuilder(options);
        builder.AppendAt(103, 5, "a"u8, false, "1"u8, false);
        builder.AppendAt(107, 6, "b"u8, false, [], true);
        using RecordsLease batch = builder.Build();
        using BatchRecords records = BatchRecords.Open(batch.Span);
        Assert.Equal((100L, 107L), (records.Header.BaseOffset, records.Header.LastOffset));
        Assert.Equal((2, 4), (records.Header.RecordsCount, records.Header.PartitionLeaderEpoch));
        Assert.Equal([103L, 107], RecordReader.ReadAll(batch.Memory).Select(record => record.Offset));
        Assert.Null(RecordReader.ReadAll(batch.Memory)[1].Value);
    }

    [Fact]
    public void A_builder_can_be_filled_again()
    {
        using var builder = new RecordBatchBuilder(new RecordBatchOptions { Compression = CompressionType.Snappy });
        builder.Append(1, "first"u8.ToArray(), null);
        using RecordsLease first = builder.Build();
        Assert.Equal(0, builder.Count);
        Assert.Equal(RecordBatchHeader.Size, builder.EstimatedSize);
        builder.Append(2, "second"u8.ToArray(), null);
        using RecordsLease second = builder.Build();
        Record record = Assert.Single(RecordReader.ReadAll(second.Memory));
        Assert.Equal((0L, 2L), (record.Offset, record.TimestampMs));
        Assert.True(record.Key!.Value.Span.SequenceEqual("second"u8));
    }

    [Fact]
    public void Patches_outside_the_checksum_leave_it_valid()
    {
        byte[] batch = Golden.Read("librdkafka-zstd");
        RecordBatchBytes.SetBaseOffset(batch, long.MaxValue - 10);
        RecordBatchBytes.SetPartitionLeaderEpoch(batch, 12345);
        Assert.True(RecordBatchBytes.HasValidCrc(batch));
        Assert.True(RecordBatchHeader.TryRead(batch, out RecordBatchHeader header));
        Assert.Equal((long.MaxValue - 10, 12345), (header.BaseOffset, header.PartitionLeaderEpoch));
        byte[] written = [.. batch];
        header.Write(written);
        Assert.Equal(Convert.ToHexString(batch), Convert.ToHexString(written));
    }

    [Theory]
    [InlineData(0, 4, 4)]
    [InlineData(int.MaxValue - 2, 2, int.MaxValue)]
    [InlineData(int.MaxValue - 2, 4, 1)]
    [InlineData(int.MaxValue, 0, int.MaxValue)]
    [InlineData(-1, 4, -1)]
    public void IDM_3_the_last_sequence_wraps(int baseSequence, int lastOffsetDelta, int last) =>
        Assert.Equal(last, new RecordBatchHeader { BaseSequence = baseSequence, LastOffsetDelta = lastOffsetDelta }.LastSequence);

    [Theory]
    [InlineData(0, "00")]
    [InlineData(-1, "01")]
    [InlineData(1, "02")]
    [InlineData(63, "7E")]
    [InlineData(-64, "7F")]
    [InlineData(64, "8001")]
    [InlineData(int.MaxValue, "FEFFFFFF0F")]
    [InlineData(int.MinValue, "FFFFFFFF0F")]
    [InlineData(long.MaxValue, "FEFFFFFFFFFFFFFFFF01")]
    [InlineData(long.MinValue, "FFFFFFFFFFFFFFFFFF01")]
    public void Varints_have_their_published_bytes(long value, string hex)
    {
        Span<byte> bytes = stackalloc byte[Varint.MaxSize64];
        bytes = bytes[..Varint.Write(bytes, value)];
        Assert.Equal(hex, Convert.ToHexString(bytes));
        Assert.Equal(bytes.Length, Varint.SizeOf(value));
        int position = 0;
        Assert.True(Varint.TryRead64(bytes, ref position, out long read));
        Assert.Equal((value, bytes.Length), (read, position));
        position = 0;
        Assert.Equal(value is >= int.MinValue and <= int.MaxValue, Varint.TryRead32(bytes, ref position, out int small));
        if (position > 0) Assert.Equal(value, small);
        position = 0;
        Assert.False(Varint.TryRead64(bytes[..^1], ref position, out _));
        Assert.Equal(0, position);
    }

    [Theory]
    [InlineData("FFFFFFFF10", "FFFFFFFFFF01")]
    [InlineData("8080808080", "80808080808080808000")]
    public void Varints_that_are_too_long_are_none(string tooLong32, string other)
    {
        int position = 0;
        Assert.False(Varint.TryRead32(Convert.FromHexString(tooLong32), ref position, out _));
        Assert.False(Varint.TryRead32(Convert.FromHexString(other), ref position, out _));
        Assert.False(Varint.TryRead64(Convert.FromHexString("FFFFFFFFFFFFFFFFFF02"), ref position, out _));
    }
}

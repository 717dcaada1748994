using System.Buffers.Binary;
using Gateway.Common.Buffers;
using Gateway.Common.Errors;
using Gateway.Common.Records;

namespace Gateway.Common.Tests.Records;

/// <summary>One test per rule of PRD-6, PRD-12 to PRD-15 and the record checks.</summary>
public sealed class ValidatorTests
{
    private const long Now = 1_700_000_000_000;
    private static readonly ValidationRules Rules = new();

    public static TheoryData<CompressionType> Codecs => new(Enum.GetValues<CompressionType>());

    [Fact]
    public void PRD_6_no_batch_is_invalid() => Refused([], ErrorCode.InvalidRecord);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public void PRD_6_other_formats_are_invalid(byte magic) => Refused(Patched(Batch(), b => b[16] = magic), ErrorCode.InvalidRecord);

    [Fact]
    public void PRD_6_two_batches_are_invalid() => Refused([.. Batch(), .. Batch()], ErrorCode.InvalidRecord);

    [Fact]
    public void PRD_6_an_empty_batch_is_invalid() =>
        Refused(Patched(Batch()[..61], b => { Length(b, 49); Count(b, 0); LastDelta(b, -1); }), ErrorCode.InvalidRecord);

    [Theory]
    [InlineData(-1)]
    [InlineData(0)]
    [InlineData(48)]
    [InlineData(int.MaxValue)]
    [InlineData(int.MinValue)]
    public void PRD_6_a_length_that_lies_is_corrupt(int length) => Refused(Patched(Batch(), b => Length(b, length)), ErrorCode.CorruptMessage);

    [Fact]
    public void PRD_6_a_batch_cut_off_anywhere_is_corrupt()
    {
        byte[] batch = Batch();
        for (int length = 17; length < batch.Length; length++) Refused(batch[..length], ErrorCode.CorruptMessage);
        Refused([.. batch, 0], ErrorCode.CorruptMessage);
    }

    [Fact]
    public void PRD_6_zstd_needs_a_new_produce_version()
    {
        byte[] batch = Batch(new RecordBatchOptions { Compression = CompressionType.Zstd });
        Assert.Equal(ErrorCode.UnsupportedCompressionType, RecordBatchValidator.Validate(batch, Rules, Now, allowsZstd: false).Error);
        Assert.True(RecordBatchValidator.Validate(batch, Rules, Now).IsValid);
    }

    [Fact]
    public void Codecs_5_to_7_are_nobodys()
    {
        for (byte codec = 5; codec < 8; codec++) Refused(Patched(Batch(), b => b[22] = codec), ErrorCode.UnsupportedCompressionType);
    }

    [Fact]
    public void PRD_12_counts_the_whole_batch()
    {
        byte[] batch = Batch();
        Assert.True(RecordBatchValidator.Validate(batch, Rules with { MaxMessageBytes = batch.Length }, Now).IsValid);
        Refused(batch, ErrorCode.MessageTooLarge, Rules with { MaxMessageBytes = batch.Length - 1 });
    }

    [Fact]
    public void PRD_13_every_flipped_bit_under_the_checksum_is_seen()
    {
        byte[] batch = Batch();
        for (int i = 17; i < batch.Length; i++)
        {
            byte[] flipped = [.. batch];
            flipped[i] ^= (byte)(1 << (i % 8));
            Assert.Equal(ErrorCode.CorruptMessage, RecordBatchValidator.Validate(flipped, Rules, Now).Error);
        }
    }

    [Fact]
    public void PRD_15_what_fits_no_segment_is_refused()
    {
        byte[] batch = Batch();
        Assert.True(RecordBatchValidator.Validate(batch, Rules with { SegmentBytes = batch.Length }, Now).IsValid);
        Refused(batch, ErrorCode.RecordListTooLarge, Rules with { SegmentBytes = batch.Length - 1 });
    }

    [Fact]
    public void The_base_offset_is_0() => Refused(Patched(Batch(), b => b[7] = 1), ErrorCode.InvalidRecord);

    [Theory]
    [InlineData(2, 2)]
    [InlineData(4, 3)]
    [InlineData(-1, 2)]
    [InlineData(int.MaxValue, int.MaxValue - 1)]
    [InlineData(int.MinValue, int.MaxValue)]
    [InlineData(3, 3)]
    public void Counts_that_lie_are_invalid(int count, int lastOffsetDelta) =>
        Refused(Patched(Batch(), b => { Count(b, count); LastDelta(b, lastOffsetDelta); }), ErrorCode.InvalidRecord);

    [Theory]
    [MemberData(nameof(Codecs))]
    public void Counts_that_lie_together_are_found_by_the_walk(CompressionType codec)
    {
        byte[] batch = Batch(new RecordBatchOptions { Compression = codec });
        Refused(Patched(batch, b => { Count(b, 4); LastDelta(b, 3); }), ErrorCode.InvalidRecord);
        Refused(Patched(batch, b => { Count(b, 2); LastDelta(b, 1); }), ErrorCode.InvalidRecord);
    }

    [Fact]
    public void Offset_deltas_are_0_1_2()
    {
        using var builder = new RecordBatchBuilder(new RecordBatchOptions());
        builder.AppendAt(0, Now, [], true, [], true);
        builder.AppendAt(2, Now, [], true, [], true);
        using RecordsLease batch = builder.Build();
        Refused(Patched(batch.Span.ToArray(), b => LastDelta(b, 1)), ErrorCode.InvalidRecord);
    }

    [Fact]
    public void Control_batches_are_the_brokers()
    {
        using RecordsLease marker = new EndTransactionMarker(ControlRecordType.Abort, 0).ToBatch(1, 0, Now);
        Refused(marker.Span.ToArray(), ErrorCode.InvalidRecord);
        // Nothing else is wrong with this one.
        Refused(Batch(new RecordBatchOptions { ProducerId = 1, ProducerEpoch = 0, BaseSequence = 0, IsControl = true }), ErrorCode.InvalidRecord);
    }

    [Theory]
    [MemberData(nameof(Codecs))]
    public void A_record_is_exactly_as_long_as_its_fields(CompressionType codec)
    {
        // Within the walk's window and beyond it; one byte too long, exact, and one too short.
        foreach (int value in new[] { 3, 100_000 })
        {
            for (int slack = -1; slack <= 1; slack++)
            {
                byte[] records = OneRecord(value, slack);
                using RecordsLease compressed = Compression.Compress(codec, null, records);
                byte[] batch = Wrapped(codec, compressed.Span, 1);
                Assert.Equal(slack == 0, RecordBatchValidator.Validate(batch, Rules, Now).IsValid);
                if (slack == 0) Assert.Single(RecordReader.ReadAll(batch));
                else Assert.Throws<CorruptRecordException>(() => RecordReader.ReadAll(batch));
            }
        }

        static byte[] OneRecord(int valueLength, int slack)
        {
            byte[] number = new byte[Varint.MaxSize32];
            byte[] body = [0, 0, 0, 1, .. number[..Varint.Write(number, valueLength)], .. new byte[valueLength], 0];
            int length = body.Length + slack;
            // Too short says only the length: the bytes are all there.
            if (slack > 0) Array.Resize(ref body, length);
            return [.. number[..Varint.Write(number, length)], .. body];
        }
    }

    [Theory]
    [InlineData(0x40)]
    [InlineData(0x80)]
    public void Attribute_bits_from_6_on_are_invalid(byte bit) => Refused(Patched(Batch(), b => b[22] |= bit), ErrorCode.InvalidRecord);

    [Fact]
    public void A_producer_id_needs_epoch_and_sequence_and_a_transaction_needs_a_producer_id()
    {
        var complete = new RecordBatchOptions { ProducerId = 5, ProducerEpoch = 0, BaseSequence = 0, IsTransactional = true };
        Assert.True(RecordBatchValidator.Validate(Batch(complete), Rules, Now).IsValid);
        Refused(Batch(complete with { BaseSequence = -1 }), ErrorCode.InvalidRecord);
        Refused(Batch(complete with { ProducerEpoch = -1 }), ErrorCode.InvalidRecord);
        Refused(Batch(complete with { ProducerId = -1 }), ErrorCode.InvalidRecord);
        Refused(Batch(complete with { ProducerId = -2, IsTransactional = false }), ErrorCode.InvalidRecord);
    }

    [Fact]
    public void The_log_append_time_bit_is_the_brokers() =>
        Refused(Batch(new RecordBatchOptions { TimestampType = TimestampType.LogAppendTime }), ErrorCode.InvalidTimestamp);

    [Theory]
    [MemberData(nameof(Codecs))]
    public void Times_out_of_range_name_their_records(CompressionType codec)
    {
        ValidationRules rules = Rules with { TimestampBeforeMaxMs = 1000, TimestampAfterMaxMs = 500 };
        byte[] batch = Build(new RecordBatchOptions { Compression = codec }, [Now, Now - 1000, Now - 1001, Now + 500, Now + 501, -1, -2, long.MaxValue, long.MinValue]);
        ValidationResult result = RecordBatchValidator.Validate(batch, rules, Now);
        Assert.Equal(ErrorCode.InvalidTimestamp, result.Error);
        Assert.Equal([2, 4, 6, 7, 8], result.RecordErrors.Select(error => error.BatchIndex));
        Assert.All(result.RecordErrors, error => Assert.Contains("not within", error.Message, StringComparison.Ordinal));
        // The broker's clock overwrites them all.
        Assert.True(RecordBatchValidator.Validate(batch, rules with { TimestampType = TimestampType.LogAppendTime }, Now).IsValid);
    }

    [Fact]
    public void Unlimited_times_do_not_overflow()
    {
        ValidationRules rules = Rules with { TimestampBeforeMaxMs = long.MaxValue, TimestampAfterMaxMs = long.MaxValue };
        Assert.True(RecordBatchValidator.Validate(Build(new RecordBatchOptions(), [0, long.MaxValue]), rules, Now).IsValid);
    }

    [Theory]
    [MemberData(nameof(Codecs))]
    public void A_compacted_topic_names_the_records_without_key(CompressionType codec)
    {
        using var builder = new RecordBatchBuilder(new RecordBatchOptions { Compression = codec });
        foreach (byte[]? key in new byte[]?[] { "a"u8.ToArray(), null, [], null }) builder.Append(Now, key, "v"u8.ToArray());
        using RecordsLease batch = builder.Build();
        ValidationResult result = RecordBatchValidator.Validate(batch.Span, Rules with { IsCompacted = true }, Now);
        Assert.Equal(ErrorCode.InvalidRecord, result.Error);
        Assert.Equal([1, 3], result.RecordErrors.Select(error => error.BatchIndex));
        Assert.True(RecordBatchValidator.Validate(batch.Span, Rules, Now).IsValid);
    }

    [Fact]
    public void A_thousand_faults_are_listed_and_all_are_counted()
    {
        byte[] batch = Build(new RecordBatchOptions(), Enumerable.Repeat(Now + 7_200_000, 1500));
        ValidationResult result = RecordBatchValidator.Validate(batch, Rules, Now);
        Assert.Equal(1000, result.RecordErrors.Count);
        Assert.StartsWith("1500 of 1500 records", result.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Linked_lz4_blocks_are_not_Kafkas()
    {
        byte[] frame = Golden.Read("lz4-linked-checksums");
        ValidationResult result = RecordBatchValidator.Validate(Wrapped(CompressionType.Lz4, frame, 1), Rules, Now);
        Assert.Equal(ErrorCode.InvalidRecord, result.Error);
        Assert.Contains("linked", result.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Validation_of_the_header_alone_does_not_look_inside()
    {
        ValidationRules header = Rules with { Validation = RecordValidation.Header };
        byte[] nonsense = Wrapped(CompressionType.Zstd, "not zstd"u8, 3);
        Assert.True(RecordBatchValidator.Validate(nonsense, header, Now).IsValid);
        Refused(nonsense, ErrorCode.InvalidRecord);
        Refused(Patched(Batch(), b => BinaryPrimitives.WriteInt64BigEndian(b.AsSpan(35), Now + 3_600_001)), ErrorCode.InvalidTimestamp, header);
    }

    [Fact]
    public void Nothing_is_allocated_for_a_record()
    {
        foreach (CompressionType codec in Enum.GetValues<CompressionType>())
        {
            byte[] few = Build(new RecordBatchOptions { Compression = codec }, Enumerable.Repeat(Now, 10));
            byte[] many = Build(new RecordBatchOptions { Compression = codec }, Enumerable.Repeat(Now, 20_000));
            Allocated(few);
            Allocated(many);
            Assert.InRange(Allocated(many) - Allocated(few), -1000, 1000);
        }

        static long Allocated(byte[] batch)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            Assert.True(RecordBatchValidator.Validate(batch, Rules, Now).IsValid);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
    }

    internal static byte[] Wrapped(CompressionType codec, ReadOnlySpan<byte> records, int count)
    {
        byte[] batch = new byte[RecordBatchHeader.Size + records.Length];
        records.CopyTo(batch.AsSpan(RecordBatchHeader.Size));
        new RecordBatchHeader
        {
            BatchLength = batch.Length - 12,
            Magic = 2,
            Attributes = (short)codec,
            LastOffsetDelta = count - 1,
            BaseTimestamp = Now,
            MaxTimestamp = Now,
            ProducerId = -1,
            ProducerEpoch = -1,
            BaseSequence = -1,
            RecordsCount = count,
        }.Write(batch);
        RecordBatchBytes.SetCrc(batch);
        return batch;
    }

    private static byte[] Batch(RecordBatchOptions? options = null) => Build(options ?? new RecordBatchOptions(), [Now, Now, Now]);

    private static byte[] Build(RecordBatchOptions options, IEnumerable<long> times)
    {
        using var builder = new RecordBatchBuilder(options);
        foreach (long time in times) builder.Append(time, "key"u8.ToArray(), "value"u8.ToArray());
        using RecordsLease batch = builder.Build();
        return batch.Span.ToArray();
    }

    private static void Refused(byte[] records, ErrorCode error, ValidationRules? rules = null)
    {
        ValidationResult result = RecordBatchValidator.Validate(records, rules ?? Rules, Now);
        Assert.Equal(error, result.Error);
        Assert.NotNull(result.Message);
        Assert.Empty(result.RecordErrors);
    }

    /// <summary>Changes bytes and puts the checksum right, so that it is not the checksum that is found.</summary>
    private static byte[] Patched(byte[] batch, Action<byte[]> patch)
    {
        patch(batch);
        RecordBatchBytes.SetCrc(batch);
        return batch;
    }

    private static int Length(byte[] batch, int value) => Set(batch, 8, value);

    private static int LastDelta(byte[] batch, int value) => Set(batch, 23, value);

    private static int Count(byte[] batch, int value) => Set(batch, 57, value);

    private static int Set(byte[] batch, int position, int value)
    {
        BinaryPrimitives.WriteInt32BigEndian(batch.AsSpan(position), value);
        return value;
    }
}

using System.Buffers.Binary;
using Gateway.Common.Buffers;
using Gateway.Common.Errors;
using Gateway.Common.Records;
using static Gateway.Common.Tests.Records.Batches;

namespace Gateway.Common.Tests.Records;

/// <summary>What the validator finds when it walks the records of a batch (PRD-14).</summary>
public sealed class RecordChecksTests
{
    public static TheoryData<CompressionType> Codecs => new(Enum.GetValues<CompressionType>());

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

    [Fact]
    public void The_log_append_time_bit_is_the_brokers() =>
        Refused(Batch(new RecordBatchOptions { TimestampType = TimestampType.LogAppendTime }), ErrorCode.InvalidTimestamp);

    [Theory]
    [MemberData(nameof(Codecs))]
    public void Times_out_of_range_name_their_records(CompressionType codec)
    {
        ValidationRules rules = Rules with { TimestampBeforeMaxMs = 1000, TimestampAfterMaxMs = 500 };
        long[] times = [Now, Now - 1000, Now - 1001, Now + 500, Now + 501, -1, -2, long.MaxValue, long.MinValue];
        byte[] batch = Build(new RecordBatchOptions { Compression = codec }, times);
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
        Assert.Contains("Linked LZ4", result.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Validation_of_the_header_alone_does_not_look_inside()
    {
        ValidationRules header = Rules with { Validation = RecordValidation.Header };
        byte[] nonsense = Wrapped(CompressionType.Zstd, "not zstd"u8, 3);
        Assert.True(RecordBatchValidator.Validate(nonsense, header, Now).IsValid);
        Refused(nonsense, ErrorCode.InvalidRecord);
        byte[] future = Patched(Batch(), b => BinaryPrimitives.WriteInt64BigEndian(b.AsSpan(35), Now + 3_600_001));
        Refused(future, ErrorCode.InvalidTimestamp, header);
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
}

using System.Buffers.Binary;
using Gateway.Common.Buffers;
using Gateway.Common.Errors;
using Gateway.Common.Records;
using Record = Gateway.Common.Records.Record;

namespace Gateway.Common.Tests.Records;

/// <summary>What a topic makes of a batch it accepts: PRD-12 (after recompression), PRD-20, PRD-21.</summary>
public sealed class IntakeTests
{
    private const long Now = 1_700_000_000_000;

    public static TheoryData<CompressionType, CompressionType> Pairs
    {
        get
        {
            var pairs = new TheoryData<CompressionType, CompressionType>();
            foreach (CompressionType from in Enum.GetValues<CompressionType>())
            {
                foreach (CompressionType to in Enum.GetValues<CompressionType>()) pairs.Add(from, to);
            }

            return pairs;
        }
    }

    [Fact]
    public void PRD_20_create_time_stores_the_very_bytes_that_were_sent()
    {
        byte[] sent = Golden.Read("librdkafka-zstd");
        AcceptedBatch accepted = RecordBatchIntake.Accept(RecordsLease.Copy(sent), new ValidationRules(), Now);
        using RecordsLease stored = accepted.Records!;
        Assert.Equal(Convert.ToHexString(sent), Convert.ToHexString(stored.Span));
        Assert.Equal(-1, accepted.LogAppendTimeMs);
    }

    [Theory]
    [InlineData(TimestampType.CreateTime, CompressionType.None, null)]
    [InlineData(TimestampType.CreateTime, CompressionType.Zstd, null)]
    [InlineData(TimestampType.CreateTime, CompressionType.None, CompressionType.Lz4)]
    [InlineData(TimestampType.LogAppendTime, CompressionType.None, null)]
    [InlineData(TimestampType.LogAppendTime, CompressionType.Gzip, CompressionType.None)]
    public void A_checksum_that_is_still_to_be_made_is_made_over_what_is_stored(TimestampType time, CompressionType from, CompressionType? to)
    {
        byte[] sent = Golden.Read("librdkafka-" + from.ToString().ToLowerInvariant());
        var rules = new ValidationRules { TimestampType = time, Compression = to };
        using RecordsLease expected = RecordBatchIntake.Accept(RecordsLease.Copy(sent), rules, Now).Records!;
        sent.AsSpan(17, 4).Clear();
        Assert.Equal(ErrorCode.CorruptMessage, RecordBatchIntake.Accept(RecordsLease.Copy(sent), rules, Now).Result.Error);
        using RecordsLease stored = RecordBatchIntake.Accept(RecordsLease.Copy(sent), rules, Now, lacksChecksum: true).Records!;
        Assert.Equal(Convert.ToHexString(expected.Span), Convert.ToHexString(stored.Span));
    }

    [Fact]
    public void What_lacks_a_checksum_is_looked_at_like_all_else()
    {
        byte[] sent = Golden.Read("librdkafka-none");
        sent[^1] ^= 1;
        Assert.Equal(ErrorCode.InvalidRecord, RecordBatchIntake.Accept(RecordsLease.Copy(sent), new ValidationRules(), Now, lacksChecksum: true).Result.Error);
    }

    [Fact]
    public void PRD_20_log_append_time_changes_bit_3_the_maximum_and_the_checksum_only()
    {
        byte[] sent = Golden.Read("librdkafka-none");
        var rules = new ValidationRules { TimestampType = TimestampType.LogAppendTime };
        AcceptedBatch accepted = RecordBatchIntake.Accept(RecordsLease.Copy(sent), rules, Now + 99);
        using RecordsLease stored = accepted.Records!;
        Assert.Equal(Now + 99, accepted.LogAppendTimeMs);

        byte[] expected = [.. sent];
        expected[22] |= 0x08;
        BinaryPrimitives.WriteInt64BigEndian(expected.AsSpan(35), Now + 99);
        BinaryPrimitives.WriteUInt32BigEndian(expected.AsSpan(17), Crc32C.Compute(expected.AsSpan(21)));
        Assert.Equal(Convert.ToHexString(expected), Convert.ToHexString(stored.Span));
        Assert.All(RecordReader.ReadAll(stored.Memory), record => Assert.Equal(Now + 99, record.TimestampMs));
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void PRD_21_another_codec_keeps_records_offsets_and_producer(CompressionType from, CompressionType to)
    {
        byte[] sent = Golden.Read("librdkafka-" + from.ToString().ToLowerInvariant());
        RecordBatchBytes.SetProducer(sent, 77, 3, 1000);
        RecordBatchBytes.SetCrc(sent);
        AcceptedBatch accepted = RecordBatchIntake.Accept(RecordsLease.Copy(sent), new ValidationRules { Compression = to }, Now);
        using RecordsLease stored = accepted.Records!;
        if (from == to) Assert.Equal(Convert.ToHexString(sent), Convert.ToHexString(stored.Span));

        Assert.True(RecordBatchHeader.TryRead(stored.Span, out RecordBatchHeader header));
        Assert.Equal(header, accepted.Result.Header with { Crc = header.Crc });
        Assert.Equal((77, (short)3, 1000), (header.ProducerId, header.ProducerEpoch, header.BaseSequence));
        Assert.Equal((to, 5, stored.Length), (header.Compression, header.RecordsCount, header.SizeInBytes));
        Assert.True(RecordBatchValidator.Validate(stored.Span, new ValidationRules(), Now).IsValid);
        Assert.Equal(Texts(sent), Texts(stored.Memory));
    }

    [Fact]
    public void PRD_12_counts_again_after_recompression()
    {
        using var builder = new RecordBatchBuilder(new RecordBatchOptions { Compression = CompressionType.Zstd });
        builder.Append(Now, null, new byte[100_000]);
        var rules = new ValidationRules { MaxMessageBytes = 50_000, Compression = CompressionType.None };
        AcceptedBatch accepted = RecordBatchIntake.Accept(builder.Build(), rules, Now);
        Assert.Equal(ErrorCode.MessageTooLarge, accepted.Result.Error);
        Assert.Null(accepted.Records);
    }

    [Fact]
    public void A_maximum_timestamp_that_lies_is_put_right()
    {
        byte[] sent = Golden.Read("librdkafka-gzip");
        RecordBatchBytes.SetMaxTimestamp(sent, Now + 1_000_000);
        AcceptedBatch accepted = RecordBatchIntake.Accept(RecordsLease.Copy(sent), new ValidationRules(), Now);
        using RecordsLease stored = accepted.Records!;
        Assert.Equal(Convert.ToHexString(Golden.Read("librdkafka-gzip")), Convert.ToHexString(stored.Span));
    }

    [Fact]
    public void With_header_validation_damage_inside_is_found_when_it_must_be_inflated()
    {
        byte[] sent = Batches.Wrapped(CompressionType.Gzip, "no gzip"u8, 1);
        var rules = new ValidationRules { Validation = RecordValidation.Header };
        using (RecordsLease stored = RecordBatchIntake.Accept(RecordsLease.Copy(sent), rules, Now).Records!)
            Assert.Equal(Convert.ToHexString(sent), Convert.ToHexString(stored.Span));
        AcceptedBatch refused = RecordBatchIntake.Accept(RecordsLease.Copy(sent), rules with { Compression = CompressionType.Lz4 }, Now);
        Assert.Equal((ErrorCode.InvalidRecord, null), (refused.Result.Error, refused.Records));
    }

    private static string Texts(ReadOnlyMemory<byte> batch) => string.Join('\n', RecordReader.ReadAll(batch).Select(Text));

    private static string Text(Record record)
    {
        string headers = string.Join(',', record.Headers.Select(header => $"{header.Key}={Hex(header.Value)}"));
        return $"{record.Offset} {record.TimestampMs} {Hex(record.Key)} {Hex(record.Value)} {headers}";
    }

    private static string Hex(ReadOnlyMemory<byte>? bytes) => bytes is { } some ? Convert.ToHexString(some.Span) : "null";

    [Theory]
    [InlineData(CompressionType.Gzip)]
    [InlineData(CompressionType.Snappy)]
    [InlineData(CompressionType.Lz4)]
    [InlineData(CompressionType.Zstd)]
    public void What_inflates_beyond_the_callers_bound_is_left_as_it_was(CompressionType codec)
    {
        using var builder = new RecordBatchBuilder(new RecordBatchOptions { Compression = codec });
        builder.Append(Batches.Now, "key"u8.ToArray(), new byte[200_000]);
        using RecordsLease batch = builder.Build();
        byte[] sent = batch.Span.ToArray();
        foreach (CompressionType? stored in new CompressionType?[] { null, CompressionType.None })
        {
            foreach (RecordValidation validation in stored is null ? [RecordValidation.Full] : Enum.GetValues<RecordValidation>())
            {
                var rules = new ValidationRules { TimestampType = TimestampType.LogAppendTime, Compression = stored, Validation = validation };
                Assert.False(RecordBatchIntake.TryAccept(batch, rules, Batches.Now, true, false, 199_999, out _));
                Assert.Equal(sent, batch.Span.ToArray());
            }
        }

        // The rules' own bound is an answer, not a reason to look again elsewhere.
        var strict = new ValidationRules { MaxInflatedBytes = 100_000 };
        Assert.True(RecordBatchIntake.TryAccept(RecordsLease.Copy(sent), strict, Batches.Now, true, false, 199_999, out AcceptedBatch refused));
        Assert.Equal(ErrorCode.MessageTooLarge, refused.Result.Error);
        Assert.True(RecordBatchIntake.TryAccept(RecordsLease.Copy(sent), Batches.Rules, Batches.Now, true, false, 300_000, out AcceptedBatch accepted));
        using RecordsLease records = accepted.Records!;
        Assert.Equal(ErrorCode.None, accepted.Result.Error);
    }
}

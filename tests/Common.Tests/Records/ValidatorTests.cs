using Gateway.Common.Buffers;
using Gateway.Common.Errors;
using Gateway.Common.Records;
using static Gateway.Common.Tests.Records.Batches;

namespace Gateway.Common.Tests.Records;

/// <summary>What the validator sees without looking at records: one test per rule of PRD-6, PRD-12 to PRD-15, and the header.</summary>
public sealed class ValidatorTests
{
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
}

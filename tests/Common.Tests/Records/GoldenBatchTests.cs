using System.Text;
using Gateway.Common.Buffers;
using Gateway.Common.Errors;
using Gateway.Common.Records;
using Record = Gateway.Common.Records.Record;

namespace Gateway.Common.Tests.Records;

/// <summary>Batches as librdkafka and kafka-python write them: five records, in every codec.</summary>
public sealed class GoldenBatchTests
{
    private const long Start = 1_700_000_000_000;

    public static TheoryData<string, CompressionType> Batches
    {
        get
        {
            var data = new TheoryData<string, CompressionType>();
            foreach (string client in new[] { "librdkafka", "kafka-python" })
            {
                foreach (CompressionType codec in Enum.GetValues<CompressionType>()) data.Add(client, codec);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Batches))]
    public void A_foreign_batch_is_valid_and_reads_as_it_was_meant(string client, CompressionType codec)
    {
        byte[] batch = Golden.Read($"{client}-{codec.ToString().ToLowerInvariant()}");
        ValidationResult result = RecordBatchValidator.Validate(batch, new ValidationRules(), Start);
        Assert.Equal((ErrorCode.None, null), (result.Error, result.Message));
        Assert.Equal(codec, result.Header.Compression);
        Assert.Equal(Start + 28, result.MaxTimestampMs);
        Assert.Equal(Start + 28, result.Header.MaxTimestamp);

        IReadOnlyList<Record> records = RecordReader.ReadAll(batch);
        Assert.Equal([0L, 1, 2, 3, 4], records.Select(record => record.Offset));
        Assert.Equal([Start, Start + 7, Start - 6, Start + 21, Start + 28], records.Select(record => record.TimestampMs));
        for (int i = 0; i < 5; i++)
        {
            Assert.Equal(KeyOf(i), records[i].Key?.ToArray());
            Assert.Equal(ValueOf(i), records[i].Value?.ToArray());
            Assert.Equal(HeadersOf(i).Select(h => (h.Key, h.Value is null)), records[i].Headers.Select(h => (h.Key, h.Value is null)));
            if (i != 4) Assert.Equal($"x{i}", Encoding.ASCII.GetString(records[i].Headers[0].Value!.Value.Span));
        }
    }

    [Fact]
    public void The_header_of_an_idempotent_producer_reads_field_by_field()
    {
        Assert.True(RecordBatchHeader.TryRead(Golden.Read("librdkafka-lz4"), out RecordBatchHeader header));
        var expected = new RecordBatchHeader
        {
            BaseOffset = 0,
            BatchLength = 0xC1,
            PartitionLeaderEpoch = 0,
            Magic = 2,
            Crc = 0xE8A34211,
            Attributes = 3,
            LastOffsetDelta = 4,
            BaseTimestamp = Start,
            MaxTimestamp = Start + 28,
            ProducerId = 0x3143A220,
            ProducerEpoch = 0,
            BaseSequence = 0,
            RecordsCount = 5,
        };
        Assert.Equal(expected, header);
        Assert.Equal((205, 4, 4), (header.SizeInBytes, header.LastOffset, header.LastSequence));
        Assert.Equal((true, CompressionType.Lz4), (header.HasProducerId, header.Compression));
    }

    [Fact]
    public void The_builder_writes_the_very_bytes_the_other_clients_write()
    {
        using var builder = new RecordBatchBuilder(new RecordBatchOptions { PartitionLeaderEpoch = 0 });
        for (int i = 0; i < 5; i++) builder.Append(Start + (i * 7) - (i == 2 ? 20 : 0), KeyOf(i), ValueOf(i), HeadersOf(i));
        using RecordsLease batch = builder.Build();
        Assert.Equal(Convert.ToHexString(Golden.Read("librdkafka-none")), Convert.ToHexString(batch.Span));
        Assert.Equal(Convert.ToHexString(Golden.Read("kafka-python-none")), Convert.ToHexString(batch.Span));
    }

    [Fact]
    public void A_commit_marker_has_the_bytes_of_the_layout()
    {
        using RecordsLease batch = new EndTransactionMarker(ControlRecordType.Commit, 7).ToBatch(producerId: 42, producerEpoch: 3, Start);
        // attributes 0x30; one record: length 16, attributes, deltas, key 4 bytes (0, 1), value 6 bytes (0, 7), no headers
        Assert.Equal("0030", Convert.ToHexString(batch.Span[21..23]));
        Assert.Equal("2000" + "0000" + "08" + "00000001" + "0C" + "000000000007" + "00", Convert.ToHexString(batch.Span[61..]));
        Assert.True(RecordBatchBytes.HasValidCrc(batch.Span));

        Assert.Empty(RecordReader.ReadAll(batch.Memory));
        Record record = Assert.Single(RecordReader.ReadAll(batch.Memory, includeControl: true));
        Assert.True(EndTransactionMarker.TryRead(record.Key!.Value.Span, record.Value!.Value.Span, out EndTransactionMarker marker));
        Assert.Equal(new EndTransactionMarker(ControlRecordType.Commit, 7), marker);
        Assert.False(EndTransactionMarker.TryRead([0, 0, 0, 2], record.Value!.Value.Span, out _));
        Assert.False(EndTransactionMarker.TryRead([0, 0, 0], record.Value!.Value.Span, out _));
        Assert.False(EndTransactionMarker.TryRead(record.Key!.Value.Span, [0, 0, 0, 0, 0], out _));
    }

    private static byte[]? KeyOf(int i) => i == 1 ? null : Encoding.ASCII.GetBytes($"key-{i}");

    private static byte[]? ValueOf(int i) =>
        i == 3 ? null : Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat($"value-{i}-", 20)));

    private static RecordHeader[] HeadersOf(int i) =>
        i == 4 ? [] : [new RecordHeader("h", Encoding.ASCII.GetBytes($"x{i}")), new RecordHeader("n", null)];
}

using System.Text;
using Gateway.Common.Buffers;
using Gateway.Common.Records;
using Record = Gateway.Common.Records.Record;

namespace Gateway.Common.Tests.Records;

/// <summary>What the builder writes, the readers read back and the validator accepts, in every codec.</summary>
public sealed class RoundTripTests
{
    public static TheoryData<CompressionType> Codecs => new(Enum.GetValues<CompressionType>());

    [Theory]
    [MemberData(nameof(Codecs))]
    public void Keys_values_nulls_headers_and_times_come_back(CompressionType codec)
    {
        var records = new (long Time, byte[]? Key, byte[]? Value, RecordHeader[] Headers)[]
        {
            (1_700_000_000_000, "k"u8.ToArray(), "v"u8.ToArray(), []),
            (1_700_000_000_005, null, "no key"u8.ToArray(), [new RecordHeader("h", "x"u8.ToArray()), new RecordHeader("h", null)]),
            (1_699_999_999_000, "tombstone"u8.ToArray(), null, [new RecordHeader("", ReadOnlyMemory<byte>.Empty)]),
            (1_700_000_000_001, [], [], [new RecordHeader("schlüssel", Encoding.UTF8.GetBytes(new string('ü', 300)))]),
            (1_700_000_000_002, "big"u8.ToArray(), Enumerable.Range(0, 900 * 1024).Select(i => (byte)(i * 31 / 7)).ToArray(), []),
        };
        using var builder = new RecordBatchBuilder(new RecordBatchOptions { Compression = codec });
        foreach (var record in records) builder.Append(record.Time, record.Key, record.Value, record.Headers);
        using RecordsLease batch = builder.Build();

        ValidationResult result = RecordBatchValidator.Validate(batch.Span, new ValidationRules(), 1_700_000_000_000);
        Assert.Equal((Errors.ErrorCode.None, null), (result.Error, result.Message));
        Assert.Equal(1_700_000_000_005, result.MaxTimestampMs);
        Assert.Equal(codec, result.Header.Compression);
        Assert.Equal(4, result.Header.LastOffset);

        RecordBatchBytes.SetBaseOffset(batch.WritableMemory.Span, 1000);
        IReadOnlyList<Record> read = RecordReader.ReadAll(batch.Memory);
        Assert.Equal(records.Length, read.Count);
        for (int i = 0; i < records.Length; i++)
        {
            Assert.Equal(1000 + i, read[i].Offset);
            Assert.Equal(records[i].Time, read[i].TimestampMs);
            Assert.Equal(records[i].Key, read[i].Key?.ToArray());
            Assert.Equal(records[i].Value, read[i].Value?.ToArray());
            Assert.Equal(records[i].Headers.Select(h => (h.Key, Hex(h.Value))), read[i].Headers.Select(h => (h.Key, Hex(h.Value))));
        }
    }

    private static string? Hex(ReadOnlyMemory<byte>? bytes) => bytes is { } some ? Convert.ToHexString(some.Span) : null;
}

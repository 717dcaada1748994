using Gateway.Common.Buffers;
using Gateway.Common.Records;

namespace Gateway.Common.Tests.Records;

/// <summary>Looking for times in a stored batch.</summary>
public sealed class RecordTimesTests
{
    public static TheoryData<CompressionType> Codecs => new(Enum.GetValues<CompressionType>());

    [Theory]
    [MemberData(nameof(Codecs))]
    public void The_answer_is_that_of_reading_all_records(CompressionType codec)
    {
        long[] times = [30, 10, 50, 20, 50, 5];
        byte[] batch = Of(codec, times, 40_000); // larger than the window
        for (int from = 0; from <= times.Length; from++)
        {
            Assert.Equal(times[from..].DefaultIfEmpty(-1).Max(), RecordTimes.Max(batch, from));
            for (int wanted = 0; wanted < 60; wanted += 5)
            {
                int first = Array.FindIndex(times, from, time => time >= wanted);
                RecordTime? expected = first < 0 ? null : new RecordTime(first, times[first]);
                Assert.Equal(expected, RecordTimes.FirstAtOrAfter(batch, wanted, from));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Codecs))]
    public void The_bound_holds_for_what_lies_in_front_of_the_answer_only(CompressionType codec)
    {
        if (codec == CompressionType.None) return;
        byte[] batch = Of(codec, [1, 2], 1 << 20);
        Assert.Equal(new RecordTime(0, 1), RecordTimes.FirstAtOrAfter(batch, 1, 0, 64 << 10));
        Assert.Throws<InflatedTooLargeException>(() => RecordTimes.FirstAtOrAfter(batch, 2, 0, 64 << 10));
    }

    [Fact]
    public void Damage_in_front_of_the_answer_is_reported()
    {
        byte[] batch = Of(CompressionType.None, [1, 2], 10);
        Assert.Throws<CorruptRecordException>(() => RecordTimes.FirstAtOrAfter(batch.AsSpan(0, batch.Length - 1), 1, 0));
        byte[] negative = Batches.Patched([.. batch], static bytes => bytes[RecordBatchHeader.Size] = 1); // the length -1
        Assert.Throws<CorruptRecordException>(() => RecordTimes.FirstAtOrAfter(negative, 1, 0));
        byte[] tooFew = Batches.Patched([.. batch], static bytes => Batches.Count(bytes, 3));
        Assert.Throws<CorruptRecordException>(() => RecordTimes.FirstAtOrAfter(tooFew, 3, 0));
    }

    private static byte[] Of(CompressionType codec, long[] times, int valueBytes)
    {
        using var builder = new RecordBatchBuilder(new RecordBatchOptions { Compression = codec });
        foreach (long time in times) builder.Append(time, (byte[]?)null, new byte[valueBytes]);
        using RecordsLease batch = builder.Build();
        return batch.Span.ToArray();
    }
}

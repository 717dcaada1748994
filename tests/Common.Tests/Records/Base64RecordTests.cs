using System.Text;
using Gateway.Common.Buffers;
using Gateway.Common.Records;

namespace Gateway.Common.Tests.Records;

/// <summary>Records that come as base64 become the bytes that they become when they are decoded first, and are taken back without a trace.</summary>
public sealed class Base64RecordTests
{
    private static readonly RecordBatchOptions Plain = new();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Batches_are_those_of_the_decoded_bytes_to_the_last_bit(int seed)
    {
        var random = new Random(seed);
        for (int round = 0; round < 200; round++)
        {
            using var expected = new RecordBatchBuilder(Plain, random.Next(1, 4096));
            using var actual = new RecordBatchBuilder(Plain, random.Next(1, 4096));
            // Times that go back and far on, too: a delta of theirs takes up to ten bytes.
            long time = random.NextInt64(1L << 42);
            for (int i = random.Next(1, 200); i > 0; i--)
            {
                if (random.Next(4) == 0) time = random.Next(2) == 0 ? time + random.Next(100) : random.NextInt64(1L << 42);
                (byte[]? key, byte[]? value) = (Bytes(random), Bytes(random));
                expected.Append(time, key, value);
                Assert.True(actual.TryAppendBase64(time, Text(key), key is null, Text(value), value is null));
                Assert.Equal(expected.EstimatedSize, actual.EstimatedSize);
            }
            Assert.Equal(expected.Count, actual.Count);
            Assert.Equal(Built(expected), Built(actual));
        }
    }

    [Theory]
    [InlineData("a")]
    [InlineData("aGk")]
    [InlineData("aGk=aGk=")]
    [InlineData("aG=k")]
    [InlineData("a===")]
    [InlineData("====")]
    [InlineData("=aGk")]
    [InlineData("aGk aGk=")]
    [InlineData("aGkh\n   ")]
    [InlineData("    ")]
    [InlineData("aGk_")]
    [InlineData("aG-k")]
    [InlineData("aGkä")]
    [InlineData("aGk\0")]
    public void What_is_no_base64_from_end_to_end_adds_nothing(string text)
    {
        byte[] wrong = Encoding.UTF8.GetBytes(text);
        using var before = Started();
        using var batch = Started();
        Assert.False(batch.TryAppendBase64(5, default, true, wrong, false));
        Assert.False(batch.TryAppendBase64(5, wrong, false, "aGk="u8, false));
        Assert.Equal(1, batch.Count);
        Assert.Equal(before.EstimatedSize, batch.EstimatedSize);
        Assert.Equal(Built(before), Built(batch));

        static RecordBatchBuilder Started()
        {
            var batch = new RecordBatchBuilder(Plain);
            batch.Append(7, "k"u8.ToArray(), "v"u8.ToArray());
            return batch;
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(70)]
    public void What_is_taken_back_leaves_no_trace(int before)
    {
        using var expected = new RecordBatchBuilder(Plain, 64);
        using var actual = new RecordBatchBuilder(Plain, 64);
        for (int i = 0; i < before; i++) Both(100 + i);
        RecordBatchBuilder.Mark mark = actual.Here();
        // Far more than there was room for, and newer than all that stays.
        for (int i = 0; i < 500; i++) Assert.True(actual.TryAppendBase64(1_000_000 + i, default, true, "aGVsbG8gd29ybGQ="u8, false));
        actual.TakeBackTo(mark);
        Assert.Equal((expected.Count, expected.EstimatedSize), (actual.Count, actual.EstimatedSize));
        for (int i = 0; i < 3; i++) Both(50 + i);
        Assert.Equal(Built(expected), Built(actual));

        void Both(long time)
        {
            expected.Append(time, null, "hi"u8.ToArray());
            Assert.True(actual.TryAppendBase64(time, default, true, "aGk="u8, false));
        }
    }

    private static byte[] Built(RecordBatchBuilder builder)
    {
        using RecordsLease batch = builder.Build();
        return batch.Span.ToArray();
    }

    private static byte[]? Bytes(Random random)
    {
        if (random.Next(5) == 0) return null;
        byte[] bytes = new byte[random.Next(10) == 0 ? random.Next(20_000) : random.Next(200)];
        random.NextBytes(bytes);
        return bytes;
    }

    private static byte[] Text(byte[]? bytes) => bytes is null ? [] : Encoding.ASCII.GetBytes(Convert.ToBase64String(bytes));
}

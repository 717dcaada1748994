using System.Text;
using Gateway.Client.Topology;
using Gateway.Common.Buffers;
using Gateway.Common.Records;
using Gateway.HttpProxy.Records;
using Gateway.HttpProxy.Streams;

namespace Gateway.HttpProxy.Tests.Memory;

/// <summary>Records whose JSON ends where all the memory that readers can ever have does: they come whole, or as too large, whatever byte it is.</summary>
public sealed class SliceEndTests
{
    private const int Most = 896 << 10;

    private readonly ReaderMemory _memory = new(1 << 20);

    [Theory]
    [InlineData(nameof(StreamFraming.Lines))]
    [InlineData(nameof(StreamFraming.Events))]
    public void A_stream_gets_past_each_of_them(string framing)
    {
        Assert.Equal(Most, _memory.Most);
        StreamFraming frames = Enum.Parse<StreamFraming>(framing);
        // What still fits, in units of four letters; one more does not.
        (int fits, int fitsNot) = (0, 30_000);
        while (fitsNot - fits > 1)
        {
            int middle = (fits + fitsNot) / 2;
            if (IsWhole(frames, middle, 0)) fits = middle;
            else fitsNot = middle;
        }
        var seen = new HashSet<bool>();
        for (int units = fits - 3; units <= fits + 3; units++)
            for (int letters = 0; letters < 8; letters++) seen.Add(IsWhole(frames, units, letters));
        Assert.Equal(2, seen.Count);
    }

    /// <summary>Renders a record that fills a page up to that.</summary>
    private bool IsWhole(StreamFraming framing, int units, int letters)
    {
        using var builder = new RecordBatchBuilder(new RecordBatchOptions());
        // No text: it stands as base64, for which room is asked once.
        builder.Append(0, null, Enumerable.Repeat((byte)0xFF, 300_000).ToArray(), [new RecordHeader(new string('h', letters), new byte[3 * units])]);
        using RecordsLease batch = builder.Build();
        var position = new StreamPosition(0, 0, long.MaxValue);
        using var reading = new RecordReading(_memory);
        using var slices = new RecordSlices(new TopicView("t", Guid.Empty, false, []), [position], new StreamQuery(), framing, reading);
        long left = 10;
        Assert.True(slices.Render(batch.Memory, position, 32 * 1024, ref left));
        Assert.Equal((1, 9), (position.Offset, left));
        string shown = Encoding.UTF8.GetString(slices.Page.Written.Span);
        Assert.EndsWith(framing == StreamFraming.Lines ? "}\n" : "}\n\n", shown, StringComparison.Ordinal);
        bool isTooLarge = shown.Contains("\"too_large\"", StringComparison.Ordinal);
        Assert.Equal(isTooLarge, shown.Length < 400_000);
        return !isTooLarge;
    }
}

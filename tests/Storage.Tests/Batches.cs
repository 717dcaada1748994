using Gateway.Common.Buffers;
using Gateway.Common.Records;

namespace Gateway.Storage.Tests;

/// <summary>Batches as clients send them.</summary>
internal static class Batches
{
    internal static RecordsLease Of(long timestampMs, params string[] values) => Of(CompressionType.None, [.. values.Select(value => (timestampMs, value))]);

    internal static RecordsLease Of(CompressionType compression, params (long TimestampMs, string Value)[] records)
    {
        using var builder = new RecordBatchBuilder(new RecordBatchOptions { Compression = compression });
        foreach ((long timestampMs, string value) in records) builder.Append(timestampMs, null, System.Text.Encoding.UTF8.GetBytes(value));
        return builder.Build();
    }

    /// <summary>One batch behind the other, to be appended together.</summary>
    internal static RecordsLease Together(RecordsLease first, RecordsLease second)
    {
        using (first)
        using (second)
        {
            return RecordsLease.Copy([.. first.Span, .. second.Span]);
        }
    }

    internal static RecordsLease OfSize(int valueBytes, int seed, long timestampMs = 0)
    {
        byte[] value = new byte[valueBytes];
        new Random(seed).NextBytes(value);
        using var builder = new RecordBatchBuilder(new RecordBatchOptions());
        builder.Append(timestampMs, (byte[]?)null, value);
        return builder.Build();
    }

    internal static IReadOnlyList<(long Offset, string Value)> Decode(RecordsLease lease) =>
    [
        .. RecordReader.ReadAll(lease.Memory).Select(static record => (record.Offset, System.Text.Encoding.UTF8.GetString(record.Value!.Value.Span))),
    ];
}

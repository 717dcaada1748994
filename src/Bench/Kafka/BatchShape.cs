using System.Text;
using Gateway.Common.Buffers;
using Gateway.Common.Records;

namespace Gateway.Bench.Kafka;

/// <summary>What one batch looks like.</summary>
/// <param name="RecordBytes">Size of each value.</param>
/// <param name="Records">Records in a batch.</param>
/// <param name="Shape">What values are made of.</param>
/// <param name="Codec">How the batch is compressed.</param>
internal sealed record BatchShape(int RecordBytes, int Records, RecordShape Shape, CompressionType Codec)
{
    /// <summary>How many different keys there are; 0 for records without a key.</summary>
    public int Keys { get; init; }

    /// <summary>Builds a batch. Different seeds give different bytes of the same size, but for what the codec makes of them.</summary>
    public RecordsLease Build(int seed, long nowMs)
    {
        var random = new Random(seed);
        using var builder = new RecordBatchBuilder(new RecordBatchOptions { Compression = Codec });
        for (int i = 0; i < Records; i++) builder.Append(nowMs, KeyOf(random), RecordValues.Make(Shape, RecordBytes, random));
        return builder.Build();
    }

    // All keys have the same length, so that every request has.
    private byte[]? KeyOf(Random random) => Keys == 0 ? null : Encoding.ASCII.GetBytes($"key-{random.Next(Keys):D10}");
}

using System.Buffers.Binary;
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
    /// <summary>What a schema's id takes of a value.</summary>
    public const int SchemaIdBytes = 1 + sizeof(int);

    /// <summary>How many different keys there are; 0 for records without a key.</summary>
    public int Keys { get; init; }

    /// <summary>The id of the schema that values begin with, as serialisers write it; null for none.</summary>
    public int? SchemaId { get; init; }

    /// <summary>Builds a batch. Different seeds give different bytes of the same size, but for what the codec makes of them.</summary>
    public RecordsLease Build(int seed, long nowMs)
    {
        var random = new Random(seed);
        using var builder = new RecordBatchBuilder(new RecordBatchOptions { Compression = Codec });
        for (int i = 0; i < Records; i++) builder.Append(nowMs, KeyOf(random), ValueOf(random));
        return builder.Build();
    }

    private byte[] ValueOf(Random random)
    {
        byte[] value = RecordValues.Make(Shape, RecordBytes, random);
        if (SchemaId is not { } id) return value;
        value[0] = 0;
        BinaryPrimitives.WriteInt32BigEndian(value.AsSpan(1), id);
        return value;
    }

    // All keys have the same length, so that every request has.
    private byte[]? KeyOf(Random random) => Keys == 0 ? null : Encoding.ASCII.GetBytes($"key-{random.Next(Keys):D10}");
}

using System.Buffers.Binary;
using Gateway.Common.Buffers;
using Gateway.Common.Errors;
using Gateway.Common.Records;

namespace Gateway.Common.Tests.Records;

/// <summary>Batches for the validator, and what is done to them.</summary>
internal static class Batches
{
    internal const long Now = 1_700_000_000_000;

    internal static readonly ValidationRules Rules = new();

    internal static byte[] Wrapped(CompressionType codec, ReadOnlySpan<byte> records, int count)
    {
        byte[] batch = new byte[RecordBatchHeader.Size + records.Length];
        records.CopyTo(batch.AsSpan(RecordBatchHeader.Size));
        new RecordBatchHeader
        {
            BatchLength = batch.Length - 12,
            Magic = 2,
            Attributes = (short)codec,
            LastOffsetDelta = count - 1,
            BaseTimestamp = Now,
            MaxTimestamp = Now,
            ProducerId = -1,
            ProducerEpoch = -1,
            BaseSequence = -1,
            RecordsCount = count,
        }.Write(batch);
        RecordBatchBytes.SetCrc(batch);
        return batch;
    }

    internal static byte[] Batch(RecordBatchOptions? options = null) => Build(options ?? new RecordBatchOptions(), [Now, Now, Now]);

    internal static byte[] Build(RecordBatchOptions options, IEnumerable<long> times)
    {
        using var builder = new RecordBatchBuilder(options);
        foreach (long time in times) builder.Append(time, "key"u8.ToArray(), "value"u8.ToArray());
        using RecordsLease batch = builder.Build();
        return batch.Span.ToArray();
    }

    internal static void Refused(byte[] records, ErrorCode error, ValidationRules? rules = null)
    {
        ValidationResult result = RecordBatchValidator.Validate(records, rules ?? Rules, Now);
        Assert.Equal(error, result.Error);
        Assert.NotNull(result.Message);
        Assert.Empty(result.RecordErrors);
    }

    /// <summary>Changes bytes and puts the checksum right, so that it is not the checksum that is found.</summary>
    internal static byte[] Patched(byte[] batch, Action<byte[]> patch)
    {
        patch(batch);
        RecordBatchBytes.SetCrc(batch);
        return batch;
    }

    internal static int Length(byte[] batch, int value) => Set(batch, 8, value);

    internal static int LastDelta(byte[] batch, int value) => Set(batch, 23, value);

    internal static int Count(byte[] batch, int value) => Set(batch, 57, value);

    internal static int Set(byte[] batch, int position, int value)
    {
        BinaryPrimitives.WriteInt32BigEndian(batch.AsSpan(position), value);
        return value;
    }
}

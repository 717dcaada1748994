using System.Buffers.Binary;
using Gateway.Common.Buffers;

namespace Gateway.Common.Records;

/// <summary>What a control record says: the type in its key.</summary>
public enum ControlRecordType : short
{
    /// <summary>The producer's transaction is aborted.</summary>
    Abort = 0,
    /// <summary>The producer's transaction is committed.</summary>
    Commit = 1,
}

/// <summary>The markers that end a transaction in a partition.</summary>
/// <param name="Type">Commit or abort; other types pass through as numbers.</param>
/// <param name="CoordinatorEpoch">The epoch of the transaction coordinator that wrote it.</param>
public readonly record struct EndTransactionMarker(ControlRecordType Type, int CoordinatorEpoch)
{
    /// <summary>Reads key and value of a control record; false when it is none that ends a transaction.</summary>
    public static bool TryRead(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, out EndTransactionMarker marker)
    {
        marker = default;
        // Readers accept higher versions: later ones only add fields.
        if (key.Length < 4 || BinaryPrimitives.ReadInt16BigEndian(key) < 0) return false;
        var type = (ControlRecordType)BinaryPrimitives.ReadInt16BigEndian(key[2..]);
        if (type is not (ControlRecordType.Abort or ControlRecordType.Commit)) return false;
        if (value.Length < 6 || BinaryPrimitives.ReadInt16BigEndian(value) < 0) return false;
        marker = new EndTransactionMarker(type, BinaryPrimitives.ReadInt32BigEndian(value[2..]));
        return true;
    }

    /// <summary>Reads the marker out of a whole control batch; false when it holds none that ends a transaction.</summary>
    /// <exception cref="CorruptRecordException">Its bytes are no records.</exception>
    public static bool TryReadBatch(ReadOnlySpan<byte> batch, out EndTransactionMarker marker)
    {
        marker = default;
        if (!RecordBatchHeader.TryRead(batch, out RecordBatchHeader header) || !header.IsControl || header.RecordsCount == 0) return false;
        var walk = new RecordEnumerator(header, batch[RecordBatchHeader.Size..]);
        return header.Compression == CompressionType.None && walk.MoveNext() && TryRead(walk.Current.Key, walk.Current.Value, out marker);
    }

    /// <summary>A control batch with this marker as its one record.</summary>
    public RecordsLease ToBatch(long producerId, short producerEpoch, long timestampMs, long baseOffset = 0)
    {
        Span<byte> key = stackalloc byte[4];
        BinaryPrimitives.WriteInt16BigEndian(key, 0);
        BinaryPrimitives.WriteInt16BigEndian(key[2..], (short)Type);
        Span<byte> value = stackalloc byte[6];
        BinaryPrimitives.WriteInt16BigEndian(value, 0);
        BinaryPrimitives.WriteInt32BigEndian(value[2..], CoordinatorEpoch);
        using var builder = new RecordBatchBuilder(new RecordBatchOptions
        {
            BaseOffset = baseOffset,
            ProducerId = producerId,
            ProducerEpoch = producerEpoch,
            IsTransactional = true,
            IsControl = true,
        });
        builder.Append(timestampMs, key, isKeyNull: false, value, isValueNull: false);
        return builder.Build();
    }
}

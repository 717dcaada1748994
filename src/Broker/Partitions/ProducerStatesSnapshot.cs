using System.Buffers.Binary;
using Gateway.Common.Records;

namespace Gateway.Broker.Partitions;

/// <summary>
/// The bytes of a producer table: format (int16), CRC-32C of the rest (uint32), number of producers (int32), then the producers in
/// order of their last append, then the number of aborted transactions (int32, from format 2 on) and these. All big endian.
/// </summary>
internal static class ProducerStatesSnapshot
{
    private const short Format = 2;
    private const short FormatWithoutAborted = 1;
    private const int HeaderSize = 10;
    private const int CrcEnd = 6;
    private const int ProducerSize = 31;
    private const int BatchSize = 32;
    private const int AbortedSize = 32;

    internal static byte[] Write(ProducerStates states)
    {
        ReadOnlySpan<AbortedTransaction> aborted = states.Transactions.Aborted;
        int producers = states.InOrder.Sum(state => ProducerSize + (state.Count * BatchSize));
        var bytes = new byte[HeaderSize + producers + sizeof(int) + (aborted.Length * AbortedSize)];
        Span<byte> rest = bytes.AsSpan(HeaderSize);
        foreach (ProducerState state in states.InOrder) rest = WriteProducer(rest, state);
        WriteAborted(rest, aborted);
        BinaryPrimitives.WriteInt16BigEndian(bytes, Format);
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(CrcEnd), states.Count);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(2), Crc32C.Compute(bytes.AsSpan(CrcEnd)));
        return bytes;
    }

    internal static bool IsOfKnownFormat(ReadOnlySpan<byte> bytes) =>
        bytes.Length >= sizeof(short) && BinaryPrimitives.ReadInt16BigEndian(bytes) is Format or FormatWithoutAborted;

    internal static ProducerStates? TryRead(ReadOnlySpan<byte> bytes, int maxProducers)
    {
        if (bytes.Length < HeaderSize || !IsOfKnownFormat(bytes)) return null;
        short format = BinaryPrimitives.ReadInt16BigEndian(bytes);
        if (BinaryPrimitives.ReadUInt32BigEndian(bytes[2..]) != Crc32C.Compute(bytes[CrcEnd..])) return null;
        int count = BinaryPrimitives.ReadInt32BigEndian(bytes[CrcEnd..]);
        var states = new ProducerStates(maxProducers);
        ReadOnlySpan<byte> rest = bytes[HeaderSize..];
        for (int i = 0; i < count; i++)
        {
            if (TryReadProducer(ref rest) is not ProducerState state || states.Contains(state.ProducerId)) return null;
            states.Restore(state);
        }

        return format == FormatWithoutAborted ? (rest.IsEmpty ? states : null) : TryReadAborted(rest, states) ? states : null;
    }

    private static void WriteAborted(Span<byte> to, ReadOnlySpan<AbortedTransaction> aborted)
    {
        BinaryPrimitives.WriteInt32BigEndian(to, aborted.Length);
        to = to[sizeof(int)..];
        foreach (ref readonly AbortedTransaction one in aborted)
        {
            BinaryPrimitives.WriteInt64BigEndian(to, one.ProducerId);
            BinaryPrimitives.WriteInt64BigEndian(to[8..], one.FirstOffset);
            BinaryPrimitives.WriteInt64BigEndian(to[16..], one.LastOffset);
            BinaryPrimitives.WriteInt64BigEndian(to[24..], one.LastStableOffset);
            to = to[AbortedSize..];
        }
    }

    private static bool TryReadAborted(ReadOnlySpan<byte> from, ProducerStates states)
    {
        if (from.Length < sizeof(int)) return false;
        int count = BinaryPrimitives.ReadInt32BigEndian(from);
        from = from[sizeof(int)..];
        if (from.Length != (long)count * AbortedSize) return false;
        for (; !from.IsEmpty; from = from[AbortedSize..])
        {
            states.Transactions.Restore(new AbortedTransaction(
                BinaryPrimitives.ReadInt64BigEndian(from),
                BinaryPrimitives.ReadInt64BigEndian(from[8..]),
                BinaryPrimitives.ReadInt64BigEndian(from[16..]),
                BinaryPrimitives.ReadInt64BigEndian(from[24..])));
        }

        return true;
    }

    private static Span<byte> WriteProducer(Span<byte> to, ProducerState state)
    {
        BinaryPrimitives.WriteInt64BigEndian(to, state.ProducerId);
        BinaryPrimitives.WriteInt16BigEndian(to[8..], state.Epoch);
        BinaryPrimitives.WriteInt64BigEndian(to[10..], state.LastAppendMs);
        BinaryPrimitives.WriteInt32BigEndian(to[18..], state.CoordinatorEpoch);
        BinaryPrimitives.WriteInt64BigEndian(to[22..], state.OpenTransactionOffset);
        to[30] = (byte)state.Count;
        to = to[ProducerSize..];
        for (int i = 0; i < state.Count; i++)
        {
            StoredBatch batch = state[i];
            BinaryPrimitives.WriteInt32BigEndian(to, batch.FirstSequence);
            BinaryPrimitives.WriteInt32BigEndian(to[4..], batch.LastSequence);
            BinaryPrimitives.WriteInt64BigEndian(to[8..], batch.BaseOffset);
            BinaryPrimitives.WriteInt64BigEndian(to[16..], batch.LastOffset);
            BinaryPrimitives.WriteInt64BigEndian(to[24..], batch.LogAppendTimeMs);
            to = to[BatchSize..];
        }

        return to;
    }

    private static ProducerState? TryReadProducer(ref ReadOnlySpan<byte> from)
    {
        if (from.Length < ProducerSize) return null;
        var state = new ProducerState(BinaryPrimitives.ReadInt64BigEndian(from))
        {
            LastAppendMs = BinaryPrimitives.ReadInt64BigEndian(from[10..]),
            CoordinatorEpoch = BinaryPrimitives.ReadInt32BigEndian(from[18..]),
            OpenTransactionOffset = BinaryPrimitives.ReadInt64BigEndian(from[22..]),
        };
        state.Enter(BinaryPrimitives.ReadInt16BigEndian(from[8..]));
        int batches = from[30];
        from = from[ProducerSize..];
        if (batches > ProducerState.Window || from.Length < batches * BatchSize) return null;
        for (int i = 0; i < batches; i++)
        {
            state.Add(new StoredBatch(
                BinaryPrimitives.ReadInt32BigEndian(from),
                BinaryPrimitives.ReadInt32BigEndian(from[4..]),
                BinaryPrimitives.ReadInt64BigEndian(from[8..]),
                BinaryPrimitives.ReadInt64BigEndian(from[16..]),
                BinaryPrimitives.ReadInt64BigEndian(from[24..])));
            from = from[BatchSize..];
        }

        return state;
    }
}

using System.Buffers.Binary;
using Gateway.Common.Records;

namespace Gateway.Broker.Partitions;

/// <summary>How many idempotency keys a partition remembers, and for how long.</summary>
/// <param name="Max">Beyond it the oldest goes.</param>
/// <param name="RetentionMs">From a batch's append on, by the broker's clock.</param>
public readonly record struct RememberedKeyLimits(int Max, long RetentionMs);

/// <summary>A batch that was written with an idempotency key.</summary>
internal readonly record struct KeyedBatch(
    short Epoch, int Sequence, long BaseOffset, long LastOffset, long TimestampMs, bool HasLogAppendTime, long AppendedMs)
{
    /// <summary>The broker's time, where it stands in the records instead of theirs; else -1.</summary>
    internal long LogAppendTimeMs => HasLogAppendTime ? TimestampMs : RecordBatchHeader.NoTimestamp;

    /// <summary>True for a batch of the same request.</summary>
    internal bool IsOf(in BatchKey key) => key.Epoch == Epoch && key.Sequence == Sequence;
}

/// <summary>
/// The idempotency keys batches of one partition were written with (decision 20). A function of the log, as <see cref="ProducerStates"/> is, and apart
/// from it: keys come by the thousand, and must not push out producers. In order of append, which is the order in which they go.
/// </summary>
/// <remarks>Owned by the partition's shard.</remarks>
internal sealed class RememberedKeys(RememberedKeyLimits limits)
{
    private const int HeaderSize = 8;
    private const int EntrySize = 47;
    private const int TimesFlag = 46;

    // Without the flag at the entries' end, which the first snapshots did not have.
    private const int FirstEntrySize = 46;

    private readonly Dictionary<long, KeyedBatch> _byId = [];
    private readonly Queue<(long Id, long BaseOffset)> _inOrder = new();
    private long _lastMs = long.MinValue;

    internal int Count => _byId.Count;

    internal IEnumerable<long> LastOffsets => _byId.Values.Select(static batch => batch.LastOffset);

    /// <summary>Finds the batch of a key whose time is not over.</summary>
    internal bool TryFind(long id, long nowMs, out KeyedBatch batch) => _byId.TryGetValue(id, out batch) && !IsOver(batch, nowMs);

    /// <summary>Takes in a batch of the log: just appended, or replayed.</summary>
    internal void Apply(in RecordBatchHeader stored, long nowMs)
    {
        // A clock that was set back must not break the order.
        _lastMs = Math.Max(_lastMs, nowMs);
        Expire(nowMs);
        Add(stored.ProducerId, new KeyedBatch(
            stored.ProducerEpoch, stored.BaseSequence, stored.BaseOffset, stored.LastOffset, stored.MaxTimestamp, stored.HasLogAppendTime, _lastMs));
    }

    /// <summary>Forgets keys whose time is over.</summary>
    internal void Expire(long nowMs)
    {
        while (_inOrder.TryPeek(out (long Id, long BaseOffset) oldest)
            && (!IsStill(oldest, out KeyedBatch batch) || IsOver(batch, nowMs))) ForgetOldest();
    }

    /// <summary>The table as bytes: checksum, count, then the keys in order. All big endian.</summary>
    internal byte[] WriteSnapshot()
    {
        byte[] bytes = new byte[HeaderSize + (_byId.Count * EntrySize)];
        Span<byte> to = bytes.AsSpan(HeaderSize);
        foreach ((long Id, long BaseOffset) next in _inOrder)
        {
            if (!IsStill(next, out KeyedBatch batch)) continue;
            BinaryPrimitives.WriteInt64BigEndian(to, next.Id);
            BinaryPrimitives.WriteInt16BigEndian(to[8..], batch.Epoch);
            BinaryPrimitives.WriteInt32BigEndian(to[10..], batch.Sequence);
            BinaryPrimitives.WriteInt64BigEndian(to[14..], batch.BaseOffset);
            BinaryPrimitives.WriteInt64BigEndian(to[22..], batch.LastOffset);
            BinaryPrimitives.WriteInt64BigEndian(to[30..], batch.TimestampMs);
            BinaryPrimitives.WriteInt64BigEndian(to[38..], batch.AppendedMs);
            to[TimesFlag] = batch.HasLogAppendTime ? (byte)1 : (byte)0;
            to = to[EntrySize..];
        }
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(4), _byId.Count);
        BinaryPrimitives.WriteUInt32BigEndian(bytes, Crc32C.Compute(bytes.AsSpan(4)));
        return bytes;
    }

    /// <summary>Reads a snapshot; null when it is damaged.</summary>
    internal static RememberedKeys? ReadSnapshot(ReadOnlySpan<byte> bytes, RememberedKeyLimits limits)
    {
        if (bytes.Length < HeaderSize || BinaryPrimitives.ReadUInt32BigEndian(bytes) != Crc32C.Compute(bytes[4..])) return null;
        long count = BinaryPrimitives.ReadInt32BigEndian(bytes[4..]);
        int size = bytes.Length == HeaderSize + (count * FirstEntrySize) ? FirstEntrySize : EntrySize;
        if (bytes.Length != HeaderSize + (count * size)) return null;
        var keys = new RememberedKeys(limits);
        for (ReadOnlySpan<byte> from = bytes[HeaderSize..]; from.Length > 0; from = from[size..])
        {
            var batch = new KeyedBatch(
                BinaryPrimitives.ReadInt16BigEndian(from[8..]),
                BinaryPrimitives.ReadInt32BigEndian(from[10..]),
                BinaryPrimitives.ReadInt64BigEndian(from[14..]),
                BinaryPrimitives.ReadInt64BigEndian(from[22..]),
                BinaryPrimitives.ReadInt64BigEndian(from[30..]),
                size > TimesFlag && from[TimesFlag] != 0,
                BinaryPrimitives.ReadInt64BigEndian(from[38..]));
            keys.Add(BinaryPrimitives.ReadInt64BigEndian(from), batch);
            keys._lastMs = Math.Max(keys._lastMs, batch.AppendedMs);
        }
        return keys;
    }

    private bool IsOver(in KeyedBatch batch, long nowMs) => nowMs - batch.AppendedMs >= limits.RetentionMs;

    /// <summary>False for what the order still holds of a key that was used again since.</summary>
    private bool IsStill((long Id, long BaseOffset) entry, out KeyedBatch batch) =>
        _byId.TryGetValue(entry.Id, out batch) && batch.BaseOffset == entry.BaseOffset;

    private void Add(long id, in KeyedBatch batch)
    {
        _byId[id] = batch;
        _inOrder.Enqueue((id, batch.BaseOffset));
        while (_inOrder.Count > limits.Max) ForgetOldest();
    }

    private void ForgetOldest()
    {
        (long Id, long BaseOffset) oldest = _inOrder.Dequeue();
        if (IsStill(oldest, out _)) _byId.Remove(oldest.Id);
    }
}

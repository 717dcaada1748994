using System.Buffers.Binary;
using Gateway.Common.Errors;
using Gateway.Common.Records;

namespace Gateway.Broker.Partitions;

/// <summary>The batch of an idempotency key in one partition, or why that cannot be told.</summary>
internal readonly record struct FoundKey(ErrorCode Error, KeyedBatch? Batch);

/// <content>Idempotency keys that batches carry in their headers (decision 20).</content>
public sealed partial class Partition
{
    // In front of a snapshot that holds keys, in either form that they have had; else it begins with the producers' own format, a small number.
    private const short KeysMark = 0x4B31;
    private const int KeysHeader = 6;

    private RememberedKeys _keys;

    /// <summary>Finds the batch of a key, once it is committed.</summary>
    internal async ValueTask<FoundKey> FindKeyAsync(long id)
    {
        AssertOnShard();
        if (!IsOpen) return new FoundKey(_closedBecause, null);
        // Until all is read nobody knows which keys there are.
        if (_isReplaying) return new FoundKey(ErrorCode.CoordinatorLoadInProgress, null);
        if (!_keys.TryFind(id, NowMs(), out KeyedBatch batch)) return default;
        if (batch.LastOffset < _highWatermark) return new FoundKey(ErrorCode.None, batch);
        var committed = new AwaitedAppend();
        _uncommitted.AddDuplicate(batch.LastOffset + 1, committed, Stored(batch.BaseOffset, RecordBatchHeader.NoTimestamp));
        AppendOutcome outcome = await committed.Outcome;
        return outcome.Error == ErrorCode.None ? new FoundKey(ErrorCode.None, batch) : new FoundKey(outcome.Error, null);
    }

    /// <summary>Judges a batch with a key; null when nothing is known of it.</summary>
    private ProducerCheck? CheckKey(in ProducedBatch batch, in RecordBatchHeader header)
    {
        if (!batch.MayHaveKey)
            return ProducerCheck.Refused(ErrorCode.InvalidProducerIdMapping, $"Producer ids from {BatchKey.FirstId} on are nobody's.");
        if (!_keys.TryFind(header.ProducerId, NowMs(), out KeyedBatch known)) return null;
        return known.IsOf(BatchKey.Of(header))
            ? ProducerCheck.Repeated(known)
            : ProducerCheck.Refused(ErrorCode.DuplicateSequenceNumber, "The idempotency key was used by another request.");
    }

    /// <summary>Takes in a batch of the log: just appended, or replayed.</summary>
    private void Remember(in RecordBatchHeader stored, EndTransactionMarker? marker, long generation = 0)
    {
        if (BatchKey.IsKey(stored.ProducerId)) _keys.Apply(stored, NowMs());
        else _producers.Apply(stored, NowMs(), marker, generation);
    }

    /// <summary>The last offsets of all batches that compaction has to leave the header of.</summary>
    private HashSet<long> RememberedBatches()
    {
        HashSet<long> offsets = _producers.RememberedBatches();
        offsets.UnionWith(_keys.LastOffsets);
        return offsets;
    }

    /// <summary>Keys and producers as bytes: mark, length of the keys, keys, producers.</summary>
    private byte[] WriteStates()
    {
        if (_keys.Count == 0) return _producers.WriteSnapshot();
        byte[] keys = _keys.WriteSnapshot();
        byte[] producers = _producers.WriteSnapshot();
        byte[] bytes = new byte[KeysHeader + keys.Length + producers.Length];
        BinaryPrimitives.WriteInt16BigEndian(bytes, KeysMark);
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(2), keys.Length);
        keys.CopyTo(bytes, KeysHeader);
        producers.CopyTo(bytes, KeysHeader + keys.Length);
        return bytes;
    }

    /// <summary>
    /// Reads what <see cref="WriteStates"/> wrote, now or in earlier versions. Nothing is changed when it cannot: then the log has to be replayed, be it that
    /// the bytes are damaged or that another version wrote them.
    /// </summary>
    private StatesRead TryReadStates(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < KeysHeader) return StatesRead.Damaged;
        RememberedKeys? keys = new(_options.Keys);
        if (BinaryPrimitives.ReadInt16BigEndian(bytes) == KeysMark)
        {
            int length = BinaryPrimitives.ReadInt32BigEndian(bytes[2..]);
            if (length < 0 || length > bytes.Length - KeysHeader) return StatesRead.Damaged;
            keys = RememberedKeys.ReadSnapshot(bytes.Slice(KeysHeader, length), _options.Keys);
            if (keys is null) return StatesRead.Damaged;
            bytes = bytes[(KeysHeader + length)..];
        }
        if (!ProducerStates.IsOfKnownFormat(bytes)) return StatesRead.OfOtherVersion;
        if (ProducerStates.ReadSnapshot(bytes) is not { } producers) return StatesRead.Damaged;
        (_keys, _producers) = (keys, producers);
        return StatesRead.Taken;
    }

    private enum StatesRead
    {
        Taken,
        OfOtherVersion,
        Damaged,
    }
}

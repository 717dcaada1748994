using Gateway.Common.Records;

namespace Gateway.Storage.Compaction;

/// <summary>What becomes of a batch.</summary>
internal enum BatchVerdict : byte
{
    /// <summary>All of it stays, byte for byte.</summary>
    Keep,
    /// <summary>Some records go, or tombstones get their horizon.</summary>
    Prune,
    /// <summary>Every record goes.</summary>
    Empty,
}

/// <summary>Decides which records stay: the last of each key, and tombstones until their horizon (LOG-3 to LOG-5).</summary>
/// <param name="map">The last offset of each key that is in the part being cleaned.</param>
/// <param name="mapEnd">Records from here on are not in the map, and stay.</param>
/// <param name="nowMs">The clock.</param>
/// <param name="deleteRetentionMs">How long a tombstone stays from its first cleaning on.</param>
internal sealed class CompactionFilter(OffsetMap map, long mapEnd, long nowMs, long deleteRetentionMs)
{
    private readonly List<RecordRun> _kept = [];

    /// <summary>After <see cref="BatchVerdict.Prune"/>: which records stay.</summary>
    internal IReadOnlyList<RecordRun> Kept => _kept;

    /// <summary>How many they are.</summary>
    internal int KeptCount { get; private set; }

    /// <summary>Their highest timestamp.</summary>
    internal long MaxTimestamp { get; private set; }

    /// <summary>The horizon the batch gets now; null when it gets none.</summary>
    internal long? NewHorizonMs { get; private set; }

    /// <summary>The earliest time at which a tombstone that stays may go; <see cref="long.MaxValue"/> when none waits for that.</summary>
    internal long NextHorizonMs { get; private set; } = long.MaxValue;

    /// <summary>Judges a batch that starts below the map's end and holds records of clients.</summary>
    /// <exception cref="CorruptRecordException">Its bytes are no records.</exception>
    internal BatchVerdict Judge(in BatchRecords records)
    {
        RecordBatchHeader header = records.Header;
        bool tombstonesGo = header.HasDeleteHorizon && header.BaseTimestamp <= nowMs;
        bool hasTombstone = false;
        _kept.Clear();
        KeptCount = 0;
        MaxTimestamp = RecordBatchHeader.NoTimestamp;
        NewHorizonMs = null;
        int start = 0;
        RecordEnumerator walk = records.GetEnumerator();
        while (walk.MoveNext())
        {
            RecordView record = walk.Current;
            if (Stays(record, tombstonesGo))
            {
                hasTombstone |= record.IsValueNull;
                MaxTimestamp = Math.Max(MaxTimestamp, record.TimestampMs);
                KeptCount++;
                Add(start, walk.Position);
            }

            start = walk.Position;
        }

        if (KeptCount == 0) return BatchVerdict.Empty;
        // Only a batch that the map covers wholly: of another, the records that its tombstones stand for may not be gone yet.
        if (hasTombstone && header.LastOffset < mapEnd) NoteHorizon(header);
        return KeptCount == header.RecordsCount && NewHorizonMs is null ? BatchVerdict.Keep : BatchVerdict.Prune;
    }

    private bool Stays(in RecordView record, bool tombstonesGo)
    {
        if (record.Offset >= mapEnd) return true;
        if (record.IsKeyNull || map.HasLater(record.Key, record.Offset)) return false;
        return !(tombstonesGo && record.IsValueNull);
    }

    private void Add(int start, int end)
    {
        if (_kept.Count > 0 && _kept[^1].End == start) _kept[^1] = new RecordRun(_kept[^1].Start, end);
        else _kept.Add(new RecordRun(start, end));
    }

    private void NoteHorizon(in RecordBatchHeader header)
    {
        if (!header.HasDeleteHorizon) NewHorizonMs = deleteRetentionMs > long.MaxValue - nowMs ? long.MaxValue : nowMs + deleteRetentionMs;
        NextHorizonMs = Math.Min(NextHorizonMs, NewHorizonMs ?? header.BaseTimestamp);
    }
}

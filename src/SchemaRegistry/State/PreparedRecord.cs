using Gateway.SchemaRegistry.Model;
using Gateway.SchemaRegistry.Topic;

namespace Gateway.SchemaRegistry.State;

/// <summary>
/// A record and what can be read from it alone: its key and, where it is a schema, the version with its GUID. That is most of the work of a replay and
/// depends on nothing else, so all processors share it.
/// </summary>
/// <param name="Record">The record.</param>
/// <param name="Key">Its key; null when it is of no kind this registry knows.</param>
/// <param name="IsOurKey">Whether the key is in the very bytes this registry writes.</param>
/// <param name="Version">The schema version; null for anything else.</param>
internal readonly record struct PreparedRecord(TopicRecord Record, RecordKey? Key, bool IsOurKey, SchemaVersion? Version)
{
    /// <summary>What kept it from being read, though it should have been seen as no registry's; null where nothing did.</summary>
    public Exception? Fault { get; init; }

    /// <summary>Why it is no registry's record; null where it is one.</summary>
    public string? Problem { get; init; }

    private const int WorthSharing = 100;

    public static PreparedRecord Of(TopicRecord record)
    {
        try
        {
            return Read(record);
        }
        catch (Exception fault)
        {
            // A bug; it must cost this record, and no other.
            return new PreparedRecord(record, null, false, null) { Fault = fault };
        }
    }

    private static PreparedRecord Read(TopicRecord record)
    {
        if (record.Key is null) return new PreparedRecord(record, null, false, null) { Problem = RecordProblem.NoKey };
        if (RecordKey.Read(record.Key, out var problem) is not { } key) return new PreparedRecord(record, null, false, null) { Problem = problem };
        var isOurs = key.IsWrittenAs(record.Key);
        return new PreparedRecord(record, key, isOurs, key.Kind == RecordKind.Schema && record.Value is not null ? VersionOf(key, record) : null);
    }

    /// <summary>The same for many, in their order.</summary>
    public static PreparedRecord[] Of(IReadOnlyList<TopicRecord> records)
    {
        var prepared = new PreparedRecord[records.Count];
        if (records.Count < WorthSharing)
        {
            for (var i = 0; i < prepared.Length; i++) prepared[i] = Of(records[i]);
        }
        else
        {
            Parallel.For(0, prepared.Length, i => prepared[i] = Of(records[i]));
        }
        return prepared;
    }

    private static SchemaVersion? VersionOf(RecordKey key, TopicRecord record)
    {
        var version = SchemaRecord.Read(record.Value, key, record.TimestampMs);
        // Asked for here, where others can be asked at the same time.
        _ = version?.Content.Guid;
        return version;
    }
}

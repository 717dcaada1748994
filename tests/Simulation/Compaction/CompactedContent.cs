using System.Globalization;
using Gateway.Storage;

namespace Gateway.Simulation.Compaction;

/// <summary>
/// All that was appended to one compacted log and how far it was cleaned, which together say what it may hold: whatever is gone was replaced or is a
/// tombstone whose time is over, and what is there is as it was appended.
/// </summary>
internal sealed class CompactedContent(int partition)
{
    // Everything that was ever handed over for an offset that is not durable: a crash may bring back any of it that follows on.
    private readonly Dictionary<long, List<KeyedBatch>> _offered = [];
    private readonly List<(long Limit, long AtMs)> _cleanings = [];
    private List<KeyedBatch> _batches = [];

    internal int RecordsChecked { get; private set; }

    internal int RecordsGone { get; private set; }

    /// <summary>Below it batches may have lost records; from it on they are as they were appended.</summary>
    private long CleanedTo => _cleanings.Count == 0 ? 0 : _cleanings.Max(static cleaning => cleaning.Limit);

    /// <summary>A batch was handed over, and taken or not.</summary>
    internal void Offered(KeyedBatch batch, AppendStatus status)
    {
        if (!_offered.TryGetValue(batch.Base, out List<KeyedBatch>? there)) _offered.Add(batch.Base, there = []);
        there.Add(batch);
        if (status == AppendStatus.Appended) _batches.Add(batch);
    }

    /// <summary>Cuts off some of what lies behind an offset; returns where it ends now, null when there is nothing to cut.</summary>
    internal long? TruncateSomewhereBehind(long offset, Random random)
    {
        int first = _batches.FindIndex(batch => batch.Base >= offset);
        if (first < 0) return null;
        int keep = random.Next(first, _batches.Count);
        long end = _batches[keep].Base;
        _batches.RemoveRange(keep, _batches.Count - keep);
        return end;
    }

    /// <summary>A cleaning has begun that may go up to a limit.</summary>
    internal void NoteCleaning(long limit, long nowMs) => _cleanings.Add((limit, nowMs));

    /// <summary>The last offset of each producer's last batch: without it the producer's next one could not be told from a repeated one.</summary>
    internal HashSet<long> LastBatchesOfProducers() =>
    [
        .. _batches.Where(static batch => batch.Header.HasProducerId).GroupBy(static batch => batch.Header.ProducerId)
            .Select(static producer => producer.Last().Next - 1),
    ];

    /// <summary>Behind what was flushed a crash decides what there is, of what was offered; that is what was appended from now on.</summary>
    internal void TakeTail(List<KeyedBatch> stored, long flushed, long logEnd)
    {
        List<KeyedBatch> tail = stored.FindAll(batch => batch.Base >= flushed);
        long next = flushed;
        foreach (KeyedBatch batch in tail)
        {
            bool known = batch.Base == next && _offered.TryGetValue(batch.Base, out List<KeyedBatch>? offered)
                && offered.Exists(one => one.Bytes.AsSpan().SequenceEqual(batch.Bytes));
            Require(known, $"nobody appended the batch at {batch.Base}, behind {flushed} that were flushed");
            next = batch.Next;
        }

        Require(next == logEnd, $"ends at {logEnd}, the batches at {next}");
        _batches = [.. _batches.Where(batch => batch.Base < flushed), .. tail];
        _offered.Clear();
    }

    /// <summary>Holds all that is stored between two offsets against all that was appended.</summary>
    internal void Check(List<KeyedBatch> stored, long logStart, long logEnd, long deleteRetentionMs, long nowMs)
    {
        Require(logEnd == 0 || stored.Count == 0 || stored[^1].Next == logEnd, "the last batch does not end where the log does");
        var there = new HashSet<long>();
        var last = new Dictionary<string, KeyedRecord>(StringComparer.Ordinal);
        foreach (KeyedBatch batch in stored)
        {
            CheckBatch(batch);
            foreach (KeyedRecord record in batch.Records.Where(record => record.Offset >= logStart))
            {
                _ = there.Add(record.Offset);
                if (record.Key is not null) last[record.Key] = record;
            }
        }

        KeyedRecord[] expected =
            [.. _batches.SelectMany(static batch => batch.Records).Where(record => record.Offset >= logStart && record.Offset < logEnd)];
        foreach (KeyedRecord record in expected)
        {
            RecordsChecked++;
            if (there.Contains(record.Offset)) continue;
            RecordsGone++;
            Require(MayBeGone(record, expected, deleteRetentionMs, nowMs), $"{record} is gone");
        }

        // What a reader makes of all it reads is what one makes of all that was appended.
        foreach (IGrouping<string?, KeyedRecord> key in expected.Where(static record => record.Key is not null).GroupBy(static record => record.Key))
        {
            KeyedRecord wanted = key.Last();
            KeyedRecord? found = last.GetValueOrDefault(key.Key!);
            Require(found == wanted || (found is null && wanted.Value is null), $"{key.Key} reads as {found}, not as {wanted}");
        }

        foreach (long lastOffset in LastBatchesOfProducers().Where(offset => offset >= logStart && offset < logEnd))
            Require(stored.Exists(batch => batch.Next - 1 == lastOffset), $"the last batch of a producer, up to {lastOffset}, is gone");
    }

    /// <summary>A batch that was read is one that was appended, but for what cleanings may have taken out of it.</summary>
    internal void CheckBatch(KeyedBatch stored)
    {
        KeyedBatch? appended = _batches.Find(batch => batch.Base == stored.Base);
        Require(appended is not null, $"nobody appended a batch at {stored.Base}");
        bool mustBeSame = stored.Base >= CleanedTo;
        if (mustBeSame) Require(appended.Bytes.AsSpan().SequenceEqual(stored.Bytes), $"the batch at {stored.Base} changed, but only {CleanedTo} were cleaned");
        string? problem = appended.WhyNotPrunedTo(stored);
        Require(problem is null, $"the batch at {stored.Base}: {problem}");
    }

    /// <exception cref="PromiseBrokenException">It does not hold.</exception>
    internal void Require([System.Diagnostics.CodeAnalysis.DoesNotReturnIf(false)] bool holds, string message)
    {
        if (!holds) throw new PromiseBrokenException(string.Create(CultureInfo.InvariantCulture, $"Partition {partition}: {message}"));
    }

    private bool MayBeGone(KeyedRecord record, KeyedRecord[] all, long deleteRetentionMs, long nowMs)
    {
        if (record.Offset >= CleanedTo) return false;
        if (record.Key is null) return true;
        if (Array.Exists(all, later => later.Key == record.Key && later.Offset > record.Offset && later.Offset < CleanedTo)) return true;
        // A tombstone: not before its time is over, counted from the first cleaning that may have met it.
        return record.Value is null
            && _cleanings.Where(cleaning => cleaning.Limit > record.Offset).Min(static cleaning => cleaning.AtMs) + deleteRetentionMs <= nowMs;
    }
}

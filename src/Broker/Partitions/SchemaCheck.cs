using Gateway.Common.Buffers;
using Gateway.Common.Errors;
using Gateway.Common.Records;

namespace Gateway.Broker.Partitions;

/// <summary>A batch after its records' schemas were looked at.</summary>
/// <param name="Accepted">What may be appended, or why not.</param>
/// <param name="DeadLetters">Records that have to be committed elsewhere before; owned by whoever asked.</param>
/// <param name="Misfits">How many records do not fit.</param>
/// <param name="Refusal">What is answered if dead letters cannot be committed; nothing without them.</param>
internal readonly record struct CheckedBatch(
    AcceptedBatch Accepted, IReadOnlyList<RecordsLease> DeadLetters, int Misfits = 0, ValidationResult Refusal = default);

/// <summary>
/// Schema validation of a produced batch that is well-formed (schema-registry 5). Inflates and may decode: never on a shard.
/// </summary>
internal static class SchemaCheck
{
    /// <summary>Takes the batch over as <see cref="RecordBatchIntake.Accept"/> does.</summary>
    public static CheckedBatch Apply(
        in AcceptedBatch batch, SchemaRules rules, IRecordValidators? validators, string topic, int partition, int maxInflatedBytes)
    {
        if (!batch.Result.IsValid) return new CheckedBatch(batch, []);
        if (validators is null)
            return Refused(batch, ErrorCode.InvalidConfig, "Schemas are to be validated, and this broker has no schema registry.");
        // Retriable, and nothing was stored.
        if (validators.Begin(topic, rules) is not { } validator)
            return Refused(batch, ErrorCode.NotEnoughReplicas, "The schema registry is still reading its topic.");
        try
        {
            return Judge(batch, rules, validator, topic, partition, maxInflatedBytes);
        }
        // Only reachable with record.validation=header, which has not looked inside yet.
        catch (CorruptRecordException damage)
        {
            return Refused(batch, ErrorCode.InvalidRecord, damage.Message);
        }
        catch (InflatedTooLargeException bomb)
        {
            return Refused(batch, ErrorCode.MessageTooLarge, bomb.Message);
        }
        catch (CodecUnavailableException missing)
        {
            return Refused(batch, ErrorCode.UnsupportedCompressionType, missing.Message);
        }
    }

    private static CheckedBatch Judge(
        in AcceptedBatch batch, SchemaRules rules, IRecordValidator validator, string topic, int partition, int maxInflatedBytes)
    {
        var faults = new RecordFaults();
        var kept = new KeptRecords();
        using DeadLetterBatches? letters = rules.DeadLetterTopic is null ? null : new DeadLetterBatches(topic, partition);
        using BatchRecords records = BatchRecords.Open(batch.Records!.Span, maxInflatedBytes);
        RecordEnumerator walk = records.GetEnumerator();
        for (int index = 0, start = 0; walk.MoveNext(); index++, start = walk.Position)
        {
            if (validator.FaultOf(walk.Current) is not { } fault)
            {
                kept.Add(start, walk.Position, walk.Current.TimestampMs);
                continue;
            }
            faults.Add(index, ErrorCode.InvalidRecord, fault);
            letters?.Add(walk.Current, fault);
        }
        if (faults.IsEmpty) return new CheckedBatch(batch, []);
        ValidationResult refusal = faults.ToResult(batch.Result.Header);
        return letters is null
            ? Refused(batch, refusal) with { Misfits = faults.Count }
            : Without(batch, records, kept, letters, refusal) with { Misfits = faults.Count };
    }

    /// <summary>The batch without what goes elsewhere. Its offsets and sequences stay, as after compaction: producers count on them.</summary>
    private static CheckedBatch Without(
        in AcceptedBatch batch, in BatchRecords records, in KeptRecords kept, DeadLetterBatches letters, ValidationResult refusal)
    {
        RecordsLease rest;
        if (kept.Count > 0)
        {
            rest = RecordBatchPruner.Prune(records, kept.Runs, kept.Count, kept.MaxTimestamp, deleteHorizonMs: null);
        }
        else
        {
            rest = RecordsLease.Rent(RecordBatchHeader.Size);
            RecordBatchPruner.WriteEmpty(records.Header, rest.WritableMemory.Span);
        }
        RecordBatchHeader.TryRead(rest.Span, out RecordBatchHeader header);
        batch.Records!.Dispose();
        return new CheckedBatch(batch with { Records = rest, Result = batch.Result with { Header = header } }, letters.Build(), Refusal: refusal);
    }

    private static CheckedBatch Refused(in AcceptedBatch batch, ErrorCode error, string message) =>
        Refused(batch, new ValidationResult(error, message, [], batch.Result.Header, RecordBatchHeader.NoTimestamp));

    private static CheckedBatch Refused(in AcceptedBatch batch, ValidationResult result)
    {
        batch.Records!.Dispose();
        return new CheckedBatch(new AcceptedBatch(result, null, RecordBatchHeader.NoTimestamp), []);
    }

    /// <summary>Which records stay, as stretches of the batch.</summary>
    private struct KeptRecords()
    {
        private readonly List<RecordRun> _runs = [];

        public readonly IReadOnlyList<RecordRun> Runs => _runs;

        public int Count { get; private set; }

        public long MaxTimestamp { get; private set; } = RecordBatchHeader.NoTimestamp;

        public void Add(int start, int end, long timestampMs)
        {
            if (_runs.Count > 0 && _runs[^1].End == start) _runs[^1] = new RecordRun(_runs[^1].Start, end);
            else _runs.Add(new RecordRun(start, end));
            Count++;
            MaxTimestamp = Math.Max(MaxTimestamp, timestampMs);
        }
    }
}

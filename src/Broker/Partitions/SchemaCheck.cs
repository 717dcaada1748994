using Gateway.Broker.Configs;
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
/// Schema validation of a produced batch that is well-formed (schema-registry 5). Inflates and may decode: never on a shard. Takes memory as
/// records need it, one after the other, and what that is beyond little from the process's share.
/// </summary>
internal sealed class SchemaCheck(TopicConfig config, PartitionOptions options, string topic, int partition)
{
    private readonly SchemaRules _rules = config.Schemas!;

    /// <summary>Takes the batch over as <see cref="RecordBatchIntake.Accept(RecordsLease, ValidationRules, long, bool, bool)"/> does.</summary>
    public CheckedBatch Apply(in AcceptedBatch batch)
    {
        if (!batch.Result.IsValid) return new CheckedBatch(batch, []);
        if (options.Validators is not { } validators)
            return Refused(batch, ErrorCode.InvalidConfig, "Schemas are to be validated, and this broker has no schema registry.");
        // Retriable, and nothing was stored.
        if (validators.Begin(topic, _rules) is not { } validator)
            return Refused(batch, ErrorCode.NotEnoughReplicas, "The schema registry is still reading its topic.");
        try
        {
            return Judge(batch, validator);
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
        catch (MemoryRefusedException none) when (none.IsForGood)
        {
            return Refused(batch, ErrorCode.MessageTooLarge, $"Validating its schemas takes {none.Bytes} bytes of memory, more than this broker ever has.");
        }
        catch (MemoryRefusedException none)
        {
            return Refused(batch, ErrorCode.NotEnoughReplicas, $"Validating its schemas takes {none.Bytes} bytes of memory, which are not free just now.");
        }
    }

    private CheckedBatch Judge(in AcceptedBatch batch, IRecordValidator validator)
    {
        var faults = new RecordFaults();
        using var sorted = new SortedRecords(_rules.DeadLetterTopic is null ? null : new DeadLetterBatches(topic, partition, options.Memory));
        using (StreamedRecords records = Open(batch))
        {
            StreamedRecordEnumerator walk = records.GetEnumerator();
            for (int index = 0, start = 0; walk.MoveNext(); index++, start = walk.Position)
            {
                if (validator.FaultOf(walk.Current) is not { } fault)
                {
                    sorted.Keep(start, walk.Position, walk.Current.TimestampMs);
                    continue;
                }
                faults.Add(index, ErrorCode.InvalidRecord, fault);
                sorted.Take(walk.Current, fault);
            }
        }
        if (faults.IsEmpty) return new CheckedBatch(batch, []);
        ValidationResult refusal = faults.ToResult(batch.Result.Header);
        if (sorted.AreTooMany)
        {
            string message = $"{refusal.Message} They could not go to {_rules.DeadLetterTopic}: together they take more than {DeadLetterBatches.MaxBytes} bytes.";
            return Refused(batch, refusal with { Message = message }) with { Misfits = faults.Count };
        }
        return sorted.Letters is null
            ? Refused(batch, refusal) with { Misfits = faults.Count }
            : Without(batch, sorted, refusal) with { Misfits = faults.Count };
    }

    /// <summary>The batch without what goes elsewhere. Its offsets and sequences stay, as after compaction: producers count on them.</summary>
    private CheckedBatch Without(in AcceptedBatch batch, SortedRecords sorted, ValidationResult refusal)
    {
        sorted.Letters!.Close();
        RecordsLease rest = sorted.KeptCount > 0 ? Rest(batch, sorted) : Empty(batch.Result.Header);
        if (rest.Length > Math.Max(batch.Records!.Length, config.Rules.MaxMessageBytes))
        {
            rest.Dispose();
            return Refused(batch, ErrorCode.MessageTooLarge, $"Without the records that do not fit and compressed anew the batch has {rest.Length} bytes.");
        }
        RecordBatchHeader.TryRead(rest.Span, out RecordBatchHeader header);
        batch.Records.Dispose();
        return new CheckedBatch(
            batch with { Records = rest, Result = batch.Result with { Header = header } }, sorted.Letters.Detach(), Refusal: refusal);
    }

    private RecordsLease Rest(in AcceptedBatch batch, SortedRecords sorted)
    {
        int plain = RecordBatchHeader.Size + sorted.KeptBytes;
        bool isCompressed = batch.Result.Header.Compression != CompressionType.None;
        // Twice for what is compressed: its buffer may have to double once.
        IMemoryGrant grant = options.Memory.Take(isCompressed ? plain + 2L * Math.Min(plain, batch.Records!.Length) : plain);
        try
        {
            using StreamedRecords records = Open(batch);
            RecordsLease rest = RecordBatchPruner.Prune(records, sorted.KeptRuns, sorted.KeptCount, sorted.KeptBytes, sorted.MaxTimestamp);
            grant.KeepOnly(rest.Length);
            rest.Charge(grant);
            return rest;
        }
        catch
        {
            grant.Dispose();
            throw;
        }
    }

    private static RecordsLease Empty(in RecordBatchHeader header)
    {
        RecordsLease empty = RecordsLease.Rent(RecordBatchHeader.Size);
        RecordBatchPruner.WriteEmpty(header, empty.WritableMemory.Span);
        return empty;
    }

    private StreamedRecords Open(in AcceptedBatch batch) => StreamedRecords.Open(batch.Records!.Memory, config.Rules.MaxInflatedBytes, options.Memory);

    private static CheckedBatch Refused(in AcceptedBatch batch, ErrorCode error, string message) =>
        Refused(batch, new ValidationResult(error, message, [], batch.Result.Header, RecordBatchHeader.NoTimestamp));

    private static CheckedBatch Refused(in AcceptedBatch batch, ValidationResult result)
    {
        batch.Records!.Dispose();
        return new CheckedBatch(new AcceptedBatch(result, null, RecordBatchHeader.NoTimestamp), []);
    }
}

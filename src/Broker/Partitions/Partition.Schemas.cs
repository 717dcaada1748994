using Gateway.Broker.Configs;
using Gateway.Common.Records;

namespace Gateway.Broker.Partitions;

/// <content>Batches whose records' schemas have to be looked at (schema-registry 5), which the shard leaves to others.</content>
public sealed partial class Partition
{
    private void CheckSchemas(PendingAppend append, TopicConfig config) => _options.Checks.Post(
        static work =>
        {
            Partition partition = work.Partition;
            AcceptedBatch accepted = partition.Check(work.Append.Batch, work.Config.Rules);
            CheckedBatch result = new SchemaCheck(work.Config, partition._options, partition.Topic, partition.Id.Partition).Apply(accepted);
            partition.Shard.Post(
                static done => done.Partition.SchemasChecked(done.Append, done.Config, done.Result),
                (Partition: partition, work.Append, work.Config, Result: result));
        },
        (Partition: this, Append: append, Config: config));

    /// <summary>Whether the batch is small and each of its records names a schema that is known to be right. It was not looked at before.</summary>
    private bool HasKnownSchemas(ReadOnlySpan<byte> batch, SchemaRules rules)
    {
        if (batch.Length > _options.SchemaBytesCheckedInline || _options.Validators is not { } validators) return false;
        if (!RecordBatchHeader.TryRead(batch, out RecordBatchHeader header) || header.Compression != CompressionType.None) return false;
        try
        {
            using BatchRecords records = BatchRecords.Open(batch);
            foreach (RecordView record in records)
                if (!validators.IsKnownToFit(Topic, rules, record)) return false;
            return true;
        }
        // The check that every batch meets tells the producer what is wrong.
        catch (CorruptRecordException)
        {
            return false;
        }
    }

    /// <summary>What goes elsewhere must be there before the rest is appended: it would be lost if the answer came first.</summary>
    private void SchemasChecked(PendingAppend append, TopicConfig config, CheckedBatch result)
    {
        if (result.DeadLetters.Count == 0)
        {
            Traffic.Refused(result.Misfits);
            Checked(append, result.Accepted);
            return;
        }
        string topic = config.Schemas!.DeadLetterTopic!;
        _options.DeadLetters!.Send(Shard, topic, Id.Partition, result.DeadLetters, problem =>
        {
            if (problem is null)
            {
                Traffic.TakenElsewhere(result.Misfits);
                Checked(append, result.Accepted);
                return;
            }
            Traffic.Refused(result.Misfits);
            result.Accepted.Records!.Dispose();
            string message = $"{result.Refusal.Message} They could not go to {topic}: {problem}";
            Checked(append, new AcceptedBatch(result.Refusal with { Message = message }, null, RecordBatchHeader.NoTimestamp));
        });
    }
}

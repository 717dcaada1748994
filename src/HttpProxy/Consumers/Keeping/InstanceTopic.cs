using Gateway.Client;
using Gateway.Client.Admin;
using Gateway.Client.Fetching;
using Gateway.Client.Producing;
using Gateway.Common.Errors;
using Gateway.Common.Ids;
using Gateway.Common.Records;
using Gateway.HttpProxy.Http;
using Microsoft.Extensions.Logging;

namespace Gateway.HttpProxy.Consumers.Keeping;

/// <summary>The compacted topic that holds a record for each consumer instance, so that instances outlive the process.</summary>
/// <remarks>Thread-safe. Records of one key are to be written one after another, by the keeper: the broker takes nobody else's.</remarks>
internal sealed class InstanceTopic(KafkaClient client, KafkaClient keeper, ProxyOptions options, ILogger log) : IAsyncDisposable
{
    private const int ReadBytes = 1024 * 1024;

    // What anybody may have written into the topic must not fill the memory.
    private const int MaxHeldBytes = 64 * 1024 * 1024;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    private readonly TopicPartition _partition = new(options.ConsumersTopic, 0);
    private readonly Lazy<Producer> _producer = new(() => keeper.CreateProducer(
        new ProducerOptions { MaxBatchBytes = ProxyOptions.LargestInstanceBytes, DeliveryTimeout = s_patience, Idempotent = options.IdempotentProducer }));

    private volatile bool _isThere;

    /// <summary>Writes what an instance is now; null when it is no more.</summary>
    /// <exception cref="ProblemException">It is not known to be stored.</exception>
    internal async ValueTask WriteAsync(string group, string name, InstanceState? state)
    {
        ProducedRecord written = await AppendAsync(group, name, state).ConfigureAwait(false);
        if (written.Error == ErrorCode.UnknownTopicOrPartition)
        {
            // Somebody has deleted it.
            _isThere = false;
            written = await AppendAsync(group, name, state).ConfigureAwait(false);
        }
        if (written.Error == ErrorCode.None) return;
        string why = $"The instance could not be kept in {_partition.Topic}: {written.Error.KafkaName()}.";
        throw new ProblemException(written.Error is ErrorCode.MessageTooLarge or ErrorCode.RecordListTooLarge
            ? Problem.Of(Problem.TooLarge, why)
            : KafkaProblems.Of(written.Error, why));
    }

    /// <summary>The instances of this proxy. One whose record cannot be read is told of in the log and left out.</summary>
    /// <exception cref="KafkaErrorException">The topic cannot be read.</exception>
    internal async ValueTask<IReadOnlyList<(string Group, string Name, InstanceState State)>> ReadAsync(CancellationToken cancel)
    {
        (ErrorCode error, var topic) = await client.FindTopicAsync(_partition.Topic, cancel).ConfigureAwait(false);
        if (topic is null && error == ErrorCode.UnknownTopicOrPartition) return [];
        KafkaErrorException.ThrowIfError(error, $"Topic {_partition.Topic}");
        var values = await ReadValuesAsync(cancel).ConfigureAwait(false);
        var instances = new List<(string, string, InstanceState)>(values.Count);
        foreach (((string group, string name), byte[] value) in values)
        {
            try
            {
                instances.Add((group, name, InstanceStateJson.ReadValue(value)));
            }
            catch (FormatException failure)
            {
                log.LogWarning("Consumer instance {Name} of group {Group} is not restored, its record in {Topic} cannot be read: {Why}", name, group, _partition.Topic, failure.Message);
            }
        }
        return instances;
    }

    public ValueTask DisposeAsync() => _producer.IsValueCreated ? _producer.Value.DisposeAsync() : ValueTask.CompletedTask;

    private async ValueTask<ProducedRecord> AppendAsync(string group, string name, InstanceState? state)
    {
        if (!_isThere)
        {
            using var patience = new CancellationTokenSource(s_patience);
            await CompactedTopic.EnsureAsync(client, _partition.Topic, ProxyOptions.LargestInstanceBytes, replicationFactor: -1, patience.Token).ConfigureAwait(false);
            _isThere = true;
        }
        byte[] key = InstanceStateJson.WriteKey(options.Id, group, name);
        // Not with null among the alternatives: that would turn null into empty memory.
        ReadOnlyMemory<byte>? value = null;
        if (state is not null) value = InstanceStateJson.WriteValue(state);
        return await _producer.Value.ProduceAsync(_partition.Topic, key, value, partition: 0).ConfigureAwait(false);
    }

    private async ValueTask<Dictionary<(string Group, string Name), byte[]>> ReadValuesAsync(CancellationToken cancel)
    {
        var values = new Dictionary<(string, string), byte[]>();
        long held = 0;
        int leftOut = 0;
        FoundOffset first = await client.OffsetLookup.FindAsync(_partition, OffsetLookup.Earliest, cancel).ConfigureAwait(false);
        FoundOffset end = await client.OffsetLookup.FindAsync(_partition, OffsetLookup.Latest, cancel).ConfigureAwait(false);
        KafkaErrorException.ThrowIfError(first.Error, $"Start of {_partition}");
        KafkaErrorException.ThrowIfError(end.Error, $"End of {_partition}");
        for (long at = first.Offset; at < end.Offset;)
        {
            using FetchedRecords read = await client.Fetcher.ReadAsync(_partition, at, new FetchLimits(ReadBytes, TimeSpan.FromSeconds(1)), cancel).ConfigureAwait(false);
            KafkaErrorException.ThrowIfError(read.Error, $"{_partition} at {at}");
            foreach (Record record in read.ReadRecords())
            {
                if (record.Key is not { } key || InstanceStateJson.ReadKey(options.Id, key) is not { } instance) continue;
                if (values.Remove(instance, out byte[]? before)) held -= before.Length;
                if (record.Value is not { } value) continue;
                if (values.Count >= options.MaxConsumerInstances || held + value.Length > MaxHeldBytes)
                {
                    leftOut++;
                    continue;
                }
                held += value.Length;
                values[instance] = value.ToArray();
            }
            // What lies behind the last batch was compacted away.
            at = read.NextOffset > at ? read.NextOffset : end.Offset;
        }
        if (leftOut > 0) log.LogWarning("{Count} records of consumer instances in {Topic} are left out: there are more than http.proxy.max.consumer.instances", leftOut, _partition.Topic);
        return values;
    }
}

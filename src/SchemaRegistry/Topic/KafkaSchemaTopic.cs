using System.Buffers.Text;
using System.Globalization;
using Gateway.Client;
using Gateway.Client.Admin;
using Gateway.Client.Fetching;
using Gateway.Client.Producing;
using Gateway.Common.Errors;
using Gateway.Common.Ids;
using Gateway.Common.Records;

namespace Gateway.SchemaRegistry.Topic;

/// <summary>The registry's topic on a Kafka cluster: the broker of this process, or any other.</summary>
public sealed class KafkaSchemaTopic : ISchemaTopic
{
    private const int ReadBytes = 4 * 1024 * 1024;
    private static readonly TimeSpan ReadWait = TimeSpan.FromSeconds(5);

    private readonly KafkaClient _client;
    private readonly RegistryOptions _options;
    private readonly Producer _producer;
    private readonly TopicPartition _partition;

    /// <summary>A topic reached through a client, which stays the caller's.</summary>
    public KafkaSchemaTopic(KafkaClient client, RegistryOptions options)
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(options);
        _client = client;
        _options = options;
        _producer = client.CreateProducer(
            new ProducerOptions { MaxBatchBytes = options.MaxBodyBytes, DeliveryTimeout = options.WriteTimeout });
        _partition = new TopicPartition(options.TopicName, 0);
    }

    /// <inheritdoc/>
    public async ValueTask PrepareAsync(CancellationToken cancel)
    {
        try
        {
            await CompactedTopic.EnsureAsync(_client, _options.TopicName, _options.MaxBodyBytes, _options.ReplicationFactor, cancel).ConfigureAwait(false);
        }
        catch (Exception fault) when (IsPassing(fault))
        {
            throw new SchemaTopicException($"The topic {_options.TopicName} could not be prepared: {fault.Message}", fault);
        }
    }

    /// <inheritdoc/>
    public async ValueTask<long> EndOffsetAsync(CancellationToken cancel)
    {
        try
        {
            return await FindAsync(OffsetLookup.Latest, "end", cancel).ConfigureAwait(false);
        }
        catch (Exception fault) when (IsPassing(fault))
        {
            throw new SchemaTopicException($"The end of {_partition} is not known: {fault.Message}", fault);
        }
    }

    /// <inheritdoc/>
    public async ValueTask<string> ClusterIdAsync(CancellationToken cancel)
    {
        try
        {
            return (await _client.Admin.DescribeClusterAsync(cancel).ConfigureAwait(false)).ClusterId ?? "";
        }
        catch (Exception fault) when (IsPassing(fault))
        {
            throw new SchemaTopicException($"The cluster's id is not known: {fault.Message}", fault);
        }
    }

    /// <inheritdoc/>
    public async ValueTask<string?> TopicIdAsync(string topic, CancellationToken cancel)
    {
        try
        {
            var view = await _client.Admin.DescribeTopicAsync(topic, cancel).ConfigureAwait(false);
            return view.Id == Guid.Empty ? "" : Base64Url.EncodeToString(view.Id.ToByteArray(bigEndian: true));
        }
        catch (KafkaErrorException fault) when (fault.Code is ErrorCode.UnknownTopicOrPartition or ErrorCode.InvalidTopicException)
        {
            return null;
        }
        catch (Exception fault) when (IsPassing(fault))
        {
            throw new SchemaTopicException($"The topic {topic} cannot be seen: {fault.Message}", fault);
        }
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<long>> AppendAsync(IReadOnlyList<TopicWrite> writes, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(writes);
        using var records = new RecordSet(writes.Sum(write => write.Key.Length + (write.Value?.Length ?? 0)));
        foreach (var write in writes) records.Add(write.Key, Nullable(write.Value), partition: 0, timestampMs: write.TimestampMs ?? -1);
        ProducedRecord[] produced;
        try
        {
            produced = await _producer.ProduceAsync(_options.TopicName, records, cancel).ConfigureAwait(false);
        }
        catch (Exception fault) when (IsPassing(fault))
        {
            throw new SchemaTopicException($"Nothing could be written to {_partition}: {fault.Message}", fault);
        }
        foreach (var record in produced)
        {
            if (record.Error == ErrorCode.None) continue;
            var isTooLarge = record.Error is ErrorCode.MessageTooLarge or ErrorCode.RecordListTooLarge;
            throw new SchemaTopicException($"{_partition} refused a record: {record.Error.KafkaName()} {record.Message}")
            {
                IsTooLarge = isTooLarge,
                TakesAtMost = isTooLarge ? await LimitAsync(cancel).ConfigureAwait(false) : null,
            };
        }
        return [.. produced.Select(record => record.Offset)];
    }

    /// <inheritdoc/>
    public async ValueTask<TopicPage> ReadAsync(long offset, CancellationToken cancel)
    {
        try
        {
            using var fetched = await _client.Fetcher.ReadAsync(
                _partition, offset, new FetchLimits(ReadBytes, ReadWait), cancel).ConfigureAwait(false);
            if (fetched.Error == ErrorCode.OffsetOutOfRange)
            {
                var start = await FindAsync(OffsetLookup.Earliest, "start", cancel).ConfigureAwait(false);
                if (start > offset) return new TopicPage([], start) { IsCutAway = true };
            }
            if (fetched.Error != ErrorCode.None)
                throw new SchemaTopicException($"{_partition} cannot be read at {offset}: {fetched.Error.KafkaName()}");
            return new TopicPage([.. fetched.ReadRecords().Select(Copy)], fetched.NextOffset);
        }
        catch (Exception fault) when (IsPassing(fault))
        {
            throw new SchemaTopicException($"{_partition} cannot be read at {offset}: {fault.Message}", fault);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _producer.DisposeAsync();

    /// <summary>The largest batch the topic takes; null where the cluster does not tell.</summary>
    private async ValueTask<int?> LimitAsync(CancellationToken cancel)
    {
        try
        {
            var configs = await _client.Admin.DescribeConfigsAsync(ConfigResourceType.Topic, _options.TopicName, cancel).ConfigureAwait(false);
            var limit = configs.FirstOrDefault(static config => config.Name == "max.message.bytes")?.Value;
            return int.TryParse(limit, NumberStyles.None, CultureInfo.InvariantCulture, out var bytes) ? bytes : null;
        }
        catch (Exception fault) when (IsPassing(fault))
        {
            return null;
        }
    }

    private async ValueTask<long> FindAsync(long which, string name, CancellationToken cancel)
    {
        var found = await _client.OffsetLookup.FindAsync(_partition, which, cancel).ConfigureAwait(false);
        return found.Error == ErrorCode.None
            ? found.Offset
            : throw new SchemaTopicException($"The {name} of {_partition} is not known: {found.Error.KafkaName()}");
    }

    // The records' memory ends with the answer.
    private static TopicRecord Copy(Record record) =>
        new(record.Offset, record.TimestampMs, record.Key?.ToArray(), record.Value?.ToArray());

    private static ReadOnlyMemory<byte>? Nullable(byte[]? bytes)
    {
        if (bytes is null) return null;
        return bytes;
    }

    private static bool IsPassing(Exception fault) =>
        fault is KafkaErrorException or IOException or TimeoutException or CorruptRecordException;
}

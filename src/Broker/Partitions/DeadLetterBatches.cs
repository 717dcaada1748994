using System.Globalization;
using System.Text;
using Gateway.Common.Buffers;
using Gateway.Common.Records;

namespace Gateway.Broker.Partitions;

/// <summary>
/// Records of one batch on their way to a dead letter topic: as they came, with headers behind their own that say where they were meant to go
/// and why they are not there. A few bytes that are compressed may stand for very many records, so all of them together are bounded, and
/// what is gathered counts towards the process's memory until it is stored.
/// </summary>
internal sealed class DeadLetterBatches(string topic, int partition, IMemoryGrants memory) : IDisposable
{
    /// <summary>What the dead letters of one batch may take.</summary>
    public const int MaxBytes = 32 << 20;

    // A batch of the largest size, each record with three headers more, must not become one that is too large.
    private const int BytesPerBatch = 256 << 10;

    private readonly RecordBatchBuilder _builder = new(new RecordBatchOptions());
    private readonly List<RecordsLease> _full = [];
    private readonly RecordHeader[] _headers =
    [
        new("__dlq.errors.topic", Encoding.UTF8.GetBytes(topic)),
        new("__dlq.errors.partition", Encoding.UTF8.GetBytes(partition.ToString(CultureInfo.InvariantCulture))),
        new("__dlq.errors.message", null),
    ];

    private long _fullBytes;

    /// <summary>Adds a record; false when all together would be more than may be, after which nothing of this is of use.</summary>
    /// <exception cref="MemoryRefusedException">There is no memory for it.</exception>
    public bool TryAdd(in RecordView record, string fault)
    {
        long size = (long)record.Key.Length + record.Value.Length + record.HeaderBytes.Length;
        if (_fullBytes + _builder.EstimatedSize + size > MaxBytes) return false;
        if (_builder.Count > 0 && _builder.EstimatedSize + size > BytesPerBatch) Close(_builder);
        _headers[^1] = new RecordHeader("__dlq.errors.message", Encoding.UTF8.GetBytes(fault));
        if (size <= BytesPerBatch) _builder.Append(record, _headers);
        else AddAlone(record, size);
        return true;
    }

    /// <summary>Ends the last batch: no record is added from here on.</summary>
    /// <exception cref="MemoryRefusedException">There is no memory for it.</exception>
    public void Close()
    {
        if (_builder.Count > 0) Close(_builder);
    }

    /// <summary>The batches, which are closed. The caller owns the leases.</summary>
    public IReadOnlyList<RecordsLease> Detach()
    {
        List<RecordsLease> batches = [.. _full];
        _full.Clear();
        return batches;
    }

    public void Dispose()
    {
        foreach (RecordsLease batch in _full) batch.Dispose();
        _builder.Dispose();
    }

    /// <summary>A large record would leave the builder with as much memory for the rest of the batch.</summary>
    private void AddAlone(in RecordView record, long size)
    {
        using IMemoryGrant whileBuilt = memory.Take(size);
        using var builder = new RecordBatchBuilder(new RecordBatchOptions());
        builder.Append(record, _headers);
        Close(builder);
    }

    private void Close(RecordBatchBuilder builder)
    {
        IMemoryGrant grant = memory.Take(builder.EstimatedSize, _fullBytes);
        RecordsLease batch = builder.Build();
        batch.Charge(grant);
        _full.Add(batch);
        _fullBytes += batch.Length;
    }
}

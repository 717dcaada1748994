using System.Globalization;
using System.Text;
using Gateway.Common.Buffers;
using Gateway.Common.Records;

namespace Gateway.Broker.Partitions;

/// <summary>
/// Records on their way to a dead letter topic: as they came, with headers behind their own that say where they were meant to go and why they
/// are not there.
/// </summary>
internal sealed class DeadLetterBatches(string topic, int partition) : IDisposable
{
    // A batch of the largest size, each record with three headers more, must not become one that is too large.
    private const int BytesPerBatch = 256 << 10;

    private readonly RecordBatchBuilder _builder = new(new RecordBatchOptions());
    private readonly List<RecordsLease> _full = [];
    private readonly RecordHeader _topic = new("__dlq.errors.topic", Encoding.UTF8.GetBytes(topic));
    private readonly RecordHeader _partition = new("__dlq.errors.partition", Encoding.UTF8.GetBytes(partition.ToString(CultureInfo.InvariantCulture)));

    public void Add(in RecordView record, string fault)
    {
        if (_builder.Count > 0 && _builder.EstimatedSize + record.Key.Length + record.Value.Length > BytesPerBatch) _full.Add(_builder.Build());
        var headers = new List<RecordHeader>(record.HeaderCount + 3);
        foreach (RecordHeaderView header in record.Headers)
            headers.Add(new RecordHeader(header.Key, header.IsValueNull ? default(ReadOnlyMemory<byte>?) : header.Value.ToArray()));
        headers.Add(_topic);
        headers.Add(_partition);
        headers.Add(new RecordHeader("__dlq.errors.message", Encoding.UTF8.GetBytes(fault)));
        _builder.Append(record.TimestampMs, record.Key, record.IsKeyNull, record.Value, record.IsValueNull, headers);
    }

    /// <summary>The batches. The caller owns the leases.</summary>
    public IReadOnlyList<RecordsLease> Build()
    {
        if (_builder.Count > 0) _full.Add(_builder.Build());
        List<RecordsLease> batches = [.. _full];
        _full.Clear();
        return batches;
    }

    public void Dispose()
    {
        foreach (RecordsLease batch in _full) batch.Dispose();
        _builder.Dispose();
    }
}

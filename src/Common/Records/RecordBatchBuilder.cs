using System.Text;
using Gateway.Common.Buffers;
using Gateway.Common.Errors;

namespace Gateway.Common.Records;

/// <summary>
/// Writes one batch of format 2. Records are written as they come, into pooled memory; <see cref="Build"/> compresses and
/// closes the batch, after which the builder is empty and may be filled again with the same options.
/// </summary>
/// <remarks>Invariant: offsets rise; base offset + delta of the last record is the batch's last offset. Not thread-safe.</remarks>
/// <param name="options">What its header says.</param>
/// <param name="capacity">How many bytes of records are expected; more are taken too.</param>
public sealed partial class RecordBatchBuilder(RecordBatchOptions options, int capacity = 4096) : IDisposable
{
    private const int MostOfPlain = 1 << 20;

    private readonly RecordBatchOptions _options = options;
    private GrowingBuffer? _open;
    private long _baseTimestamp;
    private long _maxTimestamp = RecordBatchHeader.NoTimestamp;
    private int _lastOffsetDelta = -1;

    /// <summary>Records written so far.</summary>
    public int Count { get; private set; }

    /// <summary>Bytes of the batch before compression.</summary>
    public int EstimatedSize => _open?.Length ?? RecordBatchHeader.Size;

    private GrowingBuffer Records => _open ??= new GrowingBuffer(RecordBatchHeader.Size, RecordBatchHeader.Size + capacity);

    /// <summary>Adds a record at the next offset.</summary>
    public void Append(
        long timestampMs, ReadOnlyMemory<byte>? key, ReadOnlyMemory<byte>? value, IReadOnlyList<RecordHeader>? headers = null) =>
        Append(timestampMs, key.GetValueOrDefault().Span, key is null, value.GetValueOrDefault().Span, value is null, headers);

    /// <summary>Adds a record at the next offset.</summary>
    /// <remarks>A null array would otherwise become empty memory, not null memory, on its way to the overload above.</remarks>
    public void Append(long timestampMs, byte[]? key, byte[]? value, IReadOnlyList<RecordHeader>? headers = null) =>
        Append(timestampMs, key, key is null, value, value is null, headers);

    /// <summary>Adds a record at the next offset; a key or value that is null is empty and says so.</summary>
    public void Append(
        long timestampMs,
        ReadOnlySpan<byte> key,
        bool isKeyNull,
        ReadOnlySpan<byte> value,
        bool isValueNull,
        IReadOnlyList<RecordHeader>? headers = null) =>
        AppendAt(_options.BaseOffset + _lastOffsetDelta + 1, timestampMs, key, isKeyNull, value, isValueNull, headers);

    /// <summary>Adds a record at an offset of the caller's, which must be above the last one's. Gaps are what compaction leaves.</summary>
    public void AppendAt(
        long offset,
        long timestampMs,
        ReadOnlySpan<byte> key,
        bool isKeyNull,
        ReadOnlySpan<byte> value,
        bool isValueNull,
        IReadOnlyList<RecordHeader>? headers = null)
    {
        long delta = offset - _options.BaseOffset;
        Invariant.Check(delta > _lastOffsetDelta && delta <= int.MaxValue);
        if (Count == 0) _baseTimestamp = timestampMs;
        int keyLength = isKeyNull ? -1 : key.Length;
        int valueLength = isValueNull ? -1 : value.Length;
        WriteRecord(timestampMs - _baseTimestamp, (int)delta, keyLength, key, valueLength, value, headers);
        _lastOffsetDelta = (int)delta;
        _maxTimestamp = Math.Max(_maxTimestamp, timestampMs);
        Count++;
    }

    /// <summary>Adds a record of another batch at the next offset, as it lies there, with headers behind its own.</summary>
    public void Append(in RecordView record, IReadOnlyList<RecordHeader> headers)
    {
        if (Count == 0) _baseTimestamp = record.TimestampMs;
        WriteRecord(
            record.TimestampMs - _baseTimestamp, ++_lastOffsetDelta, record.IsKeyNull ? -1 : record.Key.Length, record.Key,
            record.IsValueNull ? -1 : record.Value.Length, record.Value, headers, record.HeaderBytes, record.HeaderCount);
        _maxTimestamp = Math.Max(_maxTimestamp, record.TimestampMs);
        Count++;
    }

    /// <summary>Closes the batch. The caller owns the lease.</summary>
    /// <param name="withChecksum">False leaves the checksum to whoever changes the batch, or looks at it, next.</param>
    public RecordsLease Build(bool withChecksum = true)
    {
        Invariant.Check(Count > 0);
        RecordsLease batch;
        if (_options.Compression == CompressionType.None)
        {
            batch = Records.Detach();
            _open = null;
        }
        else
        {
            ReadOnlySpan<byte> records = Records.Written[RecordBatchHeader.Size..];
            using var compressed = new GrowingBuffer(RecordBatchHeader.Size, RecordBatchHeader.Size + records.Length / 2);
            Compression.CompressInto(compressed, _options.Compression, _options.CompressionLevel, records);
            batch = compressed.Detach();
        }

        Header(batch.Length).Write(batch.WritableMemory.Span);
        if (withChecksum) RecordBatchBytes.SetCrc(batch.WritableMemory.Span);
        Clear();
        return batch;
    }

    /// <inheritdoc/>
    public void Dispose() => _open?.Dispose();

    private void Clear()
    {
        _open?.Truncate(RecordBatchHeader.Size);
        _maxTimestamp = RecordBatchHeader.NoTimestamp;
        _lastOffsetDelta = -1;
        Count = 0;
    }

    private RecordBatchHeader Header(int sizeInBytes)
    {
        int attributes = (int)_options.Compression;
        if (_options.TimestampType == TimestampType.LogAppendTime) attributes |= RecordBatchHeader.LogAppendTimeBit;
        if (_options.IsTransactional) attributes |= RecordBatchHeader.TransactionalBit;
        if (_options.IsControl) attributes |= RecordBatchHeader.ControlBit;
        return new RecordBatchHeader
        {
            BaseOffset = _options.BaseOffset,
            BatchLength = sizeInBytes - RecordBatchHeader.LengthPrefix,
            PartitionLeaderEpoch = _options.PartitionLeaderEpoch,
            Magic = RecordBatchHeader.CurrentMagic,
            Attributes = (short)attributes,
            LastOffsetDelta = _lastOffsetDelta,
            BaseTimestamp = _baseTimestamp,
            MaxTimestamp = _maxTimestamp,
            ProducerId = _options.ProducerId,
            ProducerEpoch = _options.ProducerEpoch,
            BaseSequence = _options.BaseSequence,
            RecordsCount = Count,
        };
    }

    private void WriteRecord(
        long timestampDelta,
        int offsetDelta,
        int keyLength,
        ReadOnlySpan<byte> key,
        int valueLength,
        ReadOnlySpan<byte> value,
        IReadOnlyList<RecordHeader>? headers,
        ReadOnlySpan<byte> firstHeaders = default,
        int firstHeaderCount = 0)
    {
        int headerCount = headers?.Count ?? 0, allHeaders = firstHeaderCount + headerCount;
        if (allHeaders == 0 && key.Length < MostOfPlain && value.Length < MostOfPlain && (ulong)timestampDelta < 64)
        {
            WritePlain((int)timestampDelta, offsetDelta, keyLength, key, valueLength, value);
            return;
        }

        long body = 1L + Varint.SizeOf(timestampDelta) + Varint.SizeOf(offsetDelta)
            + Varint.SizeOf(keyLength) + key.Length + Varint.SizeOf(valueLength) + value.Length
            + Varint.SizeOf(allHeaders) + firstHeaders.Length;
        for (int i = 0; i < headerCount; i++) body += SizeOf(headers![i]);
        int length = checked((int)body);

        Span<byte> to = Records.GetSpan(Varint.MaxSize32 + length);
        int at = Varint.Write(to, length);
        to[at++] = 0;
        at += Varint.Write(to[at..], timestampDelta);
        at += Varint.Write(to[at..], offsetDelta);
        at += WriteBytes(to[at..], keyLength, key);
        at += WriteBytes(to[at..], valueLength, value);
        at += Varint.Write(to[at..], allHeaders);
        firstHeaders.CopyTo(to[at..]);
        at += firstHeaders.Length;
        for (int i = 0; i < headerCount; i++)
        {
            RecordHeader header = headers![i];
            int keyBytes = Encoding.UTF8.GetByteCount(header.Key);
            at += Varint.Write(to[at..], keyBytes);
            at += Encoding.UTF8.GetBytes(header.Key, to[at..]);
            at += WriteBytes(to[at..], header.Value?.Length ?? -1, header.Value.GetValueOrDefault().Span);
        }

        Records.Advance(at);
    }

    /// <summary>As <see cref="WriteRecord"/>, of a record as most are: not large, without headers, and not long after the first.</summary>
    private void WritePlain(int timestampDelta, int offsetDelta, int keyLength, ReadOnlySpan<byte> key, int valueLength, ReadOnlySpan<byte> value)
    {
        // Attributes, time and the number of headers take a byte each.
        int length = 3 + Varint.SizeOf(offsetDelta) + Varint.SizeOf(keyLength) + key.Length + Varint.SizeOf(valueLength) + value.Length;
        Span<byte> to = Records.GetSpan(Varint.MaxSize32 + length);
        int at = Varint.Write(to, length);
        to[at] = 0;
        to[at + 1] = (byte)(timestampDelta << 1);
        at += 2;
        at += Varint.Write(to[at..], offsetDelta);
        at += WriteBytes(to[at..], keyLength, key);
        at += WriteBytes(to[at..], valueLength, value);
        to[at] = 0;
        Records.Advance(at + 1);
    }

    private static int WriteBytes(Span<byte> to, int length, ReadOnlySpan<byte> bytes)
    {
        int at = Varint.Write(to, length);
        if (length <= 0) return at;
        bytes.CopyTo(to[at..]);
        return at + length;
    }

    private static long SizeOf(RecordHeader header)
    {
        int key = Encoding.UTF8.GetByteCount(header.Key);
        int value = header.Value?.Length ?? -1;
        return (long)Varint.SizeOf(key) + key + Varint.SizeOf(value) + Math.Max(value, 0);
    }
}

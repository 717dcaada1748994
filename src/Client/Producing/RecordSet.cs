using System.Buffers;
using Gateway.Common.Buffers;
using Gateway.Common.Records;

namespace Gateway.Client.Producing;

/// <summary>
/// Records on their way into batches, held as bytes and positions instead of one object each. The writer puts keys and
/// values into the buffer one after another and names their slices when it adds the record.
/// </summary>
/// <remarks>Not thread-safe. Memory comes from the pool; dispose the set after the produce call has returned.</remarks>
public sealed class RecordSet : IBufferWriter<byte>, IDisposable
{
    private readonly PooledList<Entry> _entries = new();
    private byte[] _bytes;

    /// <summary>An empty set with room for about <paramref name="sizeHint"/> bytes.</summary>
    public RecordSet(int sizeHint = 256) => _bytes = ArrayPool<byte>.Shared.Rent(Math.Max(sizeHint, 16));

    /// <summary>Records added.</summary>
    public int Count => _entries.Count;

    /// <summary>Bytes written: where the next slice starts.</summary>
    public int Position { get; private set; }

    /// <summary>One record: where its parts lie and what the caller asked for.</summary>
    /// <param name="Partition">The partition asked for; -1 leaves it to the partitioner.</param>
    /// <param name="TimestampMs">Milliseconds since 1970; -1 is now.</param>
    /// <param name="Key">Its key.</param>
    /// <param name="Value">Its value.</param>
    /// <param name="Headers">Its headers; null is none.</param>
    public readonly record struct Entry(int Partition, long TimestampMs, Slice Key, Slice Value, IReadOnlyList<RecordHeader>? Headers);

    /// <summary>A record by its place in the set.</summary>
    public ref readonly Entry this[int index] => ref _entries.Span[index];

    /// <summary>Makes room for so many records.</summary>
    public void Expect(int records) => _entries.EnsureCapacity(records);

    /// <summary>Adds a record whose key and value have been written.</summary>
    public void Add(in Entry entry) => _entries.Add(entry);

    /// <summary>Adds a record, copying its parts.</summary>
    public void Add(
        ReadOnlyMemory<byte>? key,
        ReadOnlyMemory<byte>? value,
        int partition = -1,
        long timestampMs = -1,
        IReadOnlyList<RecordHeader>? headers = null) =>
        Add(new Entry(partition, timestampMs, Copy(key), Copy(value), headers));

    /// <summary>The bytes of a slice; empty for null.</summary>
    public ReadOnlySpan<byte> BytesOf(Slice slice) => slice.Length <= 0 ? default : _bytes.AsSpan(slice.Start, slice.Length);

    /// <summary>The slice from <paramref name="start"/> to the current position.</summary>
    public Slice SliceFrom(int start) => new(start, Position - start);

    /// <inheritdoc/>
    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, _bytes.Length - Position);
        Position += count;
    }

    /// <inheritdoc/>
    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _bytes.AsMemory(Position);
    }

    /// <inheritdoc/>
    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _bytes.AsSpan(Position);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        byte[] bytes = _bytes;
        (_bytes, Position) = ([], 0);
        if (bytes.Length > 0) ArrayPool<byte>.Shared.Return(bytes);
        _entries.Dispose();
    }

    internal int SizeOf(int index)
    {
        ref readonly Entry entry = ref this[index];
        int size = Math.Max(entry.Key.Length, 0) + Math.Max(entry.Value.Length, 0) + 32;
        if (entry.Headers is null) return size;
        foreach (RecordHeader header in entry.Headers) size += header.Key.Length + (header.Value?.Length ?? 0) + 4;
        return size;
    }

    /// <summary>Adds a record to a batch.</summary>
    internal void AppendTo(RecordBatchBuilder batch, int index, long nowMs)
    {
        ref readonly Entry entry = ref this[index];
        batch.Append(
            entry.TimestampMs < 0 ? nowMs : entry.TimestampMs, BytesOf(entry.Key), entry.Key.IsNull, BytesOf(entry.Value), entry.Value.IsNull, entry.Headers);
    }

    private Slice Copy(ReadOnlyMemory<byte>? bytes)
    {
        if (bytes is not { } some) return Slice.Null;
        int start = Position;
        some.Span.CopyTo(GetSpan(some.Length));
        Advance(some.Length);
        return SliceFrom(start);
    }

    private void Reserve(int sizeHint)
    {
        int need = Math.Max(sizeHint, 1);
        if (_bytes.Length - Position >= need) return;
        byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(checked(Position + need), (int)Math.Min(2L * _bytes.Length, Array.MaxLength)));
        _bytes.AsSpan(0, Position).CopyTo(larger);
        if (_bytes.Length > 0) ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = larger;
    }
}

using Gateway.Common.Buffers;
using Gateway.Common.Records;

namespace Gateway.HttpProxy.Records;

/// <summary>
/// The batch that a reader is in, and the place in it, so that a compressed one is inflated once although it is shown in many slices. While its client
/// takes what it was sent, others may have the memory; the batch is then inflated anew.
/// </summary>
internal sealed class RecordReading(ReaderMemory memory) : IIdleMemory, IDisposable
{
    // Of the memory there is, what a compressed batch may take that is to be had without what was read.
    private const int LargestPartKept = 16;

    private RecordCursor? _cursor;
    private RecordsLease? _batch;

    /// <summary>The schemas that its records name.</summary>
    internal ConsumeSchemas Schemas { get; } = new();

    /// <summary>What this reader holds.</summary>
    internal ReaderShare Share { get; } = new(memory);

    /// <summary>Whether it is in a batch.</summary>
    internal bool IsOpen => _cursor is not null;

    /// <summary>Whether its place is worth keeping, and outlives what was read.</summary>
    internal bool IsKept => _batch is not null;

    /// <summary>The batch it is in.</summary>
    internal RecordBatchHeader Header => _cursor!.Header;

    /// <summary>Whether all of the batch has been read.</summary>
    internal bool IsAtEnd => _cursor!.IsAtEnd;

    /// <summary>How many bytes of the batch have been read, inflated.</summary>
    internal long Position => _cursor!.Position;

    /// <summary>Enters a batch, at its start.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="isKept">Whether the place is to outlive the bytes.</param>
    /// <exception cref="CorruptRecordException">The checksum is wrong, or it is no batch.</exception>
    /// <exception cref="MemoryRefusedException">There is no memory to inflate it now.</exception>
    internal void Open(ReadOnlyMemory<byte> batch, bool isKept)
    {
        // What was waited for is for this batch.
        if (IsOpen) Close();
        RecordBatchHeader header = RecordBatchHeader.OfWhole(batch.Span);
        if (!RecordBatchBytes.HasValidCrc(batch.Span)) throw new CorruptRecordException($"The batch at offset {header.BaseOffset} has a wrong checksum.");
        try
        {
            if (isKept && header.Compression != CompressionType.None && batch.Length <= memory.Most / LargestPartKept)
            {
                _batch = RecordsLease.Rent(batch.Length, Share.Take(batch.Length));
                batch.CopyTo(_batch.WritableMemory);
                batch = _batch.Memory;
            }
            _cursor = RecordCursor.Open(batch, Share);
        }
        catch
        {
            Close();
            throw;
        }
    }

    /// <summary>As <see cref="RecordCursor.TryRead"/>.</summary>
    internal bool TryRead(out RecordView record) => _cursor!.TryRead(out record);

    /// <summary>Leaves the batch.</summary>
    internal void Close()
    {
        _cursor?.Dispose();
        _batch?.Dispose();
        (_cursor, _batch) = (null, null);
        Share.Dispose();
    }

    /// <summary>Others may have its memory until it is reclaimed.</summary>
    internal void Offer()
    {
        if (IsOpen) memory.Offer(this);
    }

    /// <summary>Goes on; if its memory was taken meanwhile it is in no batch any more.</summary>
    internal void Reclaim() => memory.TryReclaim(this);

    /// <inheritdoc/>
    public void Evict() => Close();

    public void Dispose()
    {
        Reclaim();
        Close();
    }
}

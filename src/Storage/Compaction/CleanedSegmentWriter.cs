using System.Buffers;
using Gateway.Common.Records;
using Gateway.Storage.Execution;
using Gateway.Storage.Files;
using Gateway.Storage.Segments;

namespace Gateway.Storage.Compaction;

/// <summary>
/// Writes the segment that replaces a group. While nothing changed against the only segment of a group, nothing is written: at the first
/// change what lies before it is copied.
/// </summary>
internal sealed class CleanedSegmentWriter : IDisposable
{
    private const int BufferSize = 256 << 10;

    private readonly IFileSystem _files;
    private readonly IFile? _same;
    private readonly int _indexInterval;
    private readonly DiskPace _pace;
    private readonly byte[] _buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
    private IFile? _file;
    private int _buffered;
    private long _written;
    private int _indexedPosition;
    private long _maxTimestamp = RecordBatchHeader.NoTimestamp;
    private long _firstTimestamp = RecordBatchHeader.NoTimestamp;
    private long _nextOffset;

    /// <param name="files">The file system.</param>
    /// <param name="path">Where the segment is written.</param>
    /// <param name="baseOffset">Its base offset.</param>
    /// <param name="same">The only segment it may turn out to be the same as; null when there are several.</param>
    /// <param name="indexInterval">Bytes per index entry.</param>
    /// <param name="pace">Counts what is written.</param>
    internal CleanedSegmentWriter(IFileSystem files, string path, long baseOffset, IFile? same, int indexInterval, DiskPace pace)
    {
        _files = files;
        _same = same;
        _indexInterval = indexInterval;
        _pace = pace;
        Path = path;
        Index = new SegmentIndex(baseOffset);
        _nextOffset = baseOffset;
        if (same is null) Start();
    }

    internal string Path { get; }

    internal SegmentIndex Index { get; }

    internal long Size { get; private set; }

    /// <summary>False while everything is as it was in the only segment.</summary>
    internal bool HasChanged => _file is not null;

    /// <summary>Adds a batch as it was.</summary>
    internal void Keep(in RecordBatchHeader header, ReadOnlySpan<byte> batch)
    {
        if (HasChanged) Write(batch);
        Accept(header, batch.Length);
    }

    /// <summary>Adds a batch that is not as it was.</summary>
    internal void Change(in RecordBatchHeader header, ReadOnlySpan<byte> batch)
    {
        Start();
        Write(batch);
        Accept(header, batch.Length);
    }

    /// <summary>Leaves a batch out.</summary>
    internal void Drop() => Start();

    /// <summary>Makes the segment durable and says what it holds. Not when it has not changed.</summary>
    internal SegmentContent Finish()
    {
        Guarded(() =>
        {
            FlushBuffer();
            _file!.Sync();
        });
        // So that loading it later scans nothing.
        Index.Add(new IndexEntry(_nextOffset, (int)Size, _maxTimestamp));
        return new SegmentContent(Index, _nextOffset, (int)Size, Size, _maxTimestamp, _firstTimestamp);
    }

    public void Dispose()
    {
        _file?.Dispose();
        ArrayPool<byte>.Shared.Return(_buffer);
    }

    private void Start()
    {
        if (_file is not null) return;
        Guarded(() => _file = _files.Open(Path, FileOpening.Empty));
        byte[] chunk = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            for (long at = 0; at < Size;)
            {
                int length = (int)Math.Min(BufferSize, Size - at);
                if (_same!.Read(at, chunk.AsSpan(0, length)) < length) throw new IOException("A segment ends before what was just read of it");
                Write(chunk.AsSpan(0, length));
                at += length;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(chunk);
        }
    }

    private void Accept(in RecordBatchHeader header, int length)
    {
        if (Size + length > int.MaxValue) throw new UncleanableException($"{Path} would grow beyond what a segment can hold");
        if (Size == 0) _firstTimestamp = header.MaxTimestamp;
        if (Size - _indexedPosition >= _indexInterval)
        {
            Index.Add(new IndexEntry(header.BaseOffset, (int)Size, _maxTimestamp));
            _indexedPosition = (int)Size;
        }

        // An empty batch keeps its time for whoever reads its header, but there is no record to be found by it.
        if (header.RecordsCount > 0) _maxTimestamp = Math.Max(_maxTimestamp, header.MaxTimestamp);
        Size += length;
        _nextOffset = header.LastOffset + 1;
    }

    private void Write(ReadOnlySpan<byte> bytes)
    {
        _pace.Took(bytes.Length);
        while (!bytes.IsEmpty)
        {
            if (_buffered == BufferSize) Guarded(FlushBuffer);
            int part = Math.Min(BufferSize - _buffered, bytes.Length);
            bytes[..part].CopyTo(_buffer.AsSpan(_buffered));
            _buffered += part;
            bytes = bytes[part..];
        }
    }

    private void FlushBuffer()
    {
        if (_buffered == 0) return;
        _file!.Write(_written, _buffer.AsSpan(0, _buffered));
        // Piece by piece, and waiting for each: what piles up in the page cache goes to the device in one burst, and the journal's writes stand
        // behind it. The page at the end is written again with the next piece.
        _file.StartWriteback(_written, _buffered);
        _file.FinishWriteback();
        _written += _buffered;
        _buffered = 0;
    }

    private static void Guarded(Action write)
    {
        try
        {
            write();
        }
        catch (IOException failure) when (failure is not DiskFullException and not FileNotFoundException and not DirectoryNotFoundException)
        {
            throw new CleaningWriteException(failure);
        }
    }
}

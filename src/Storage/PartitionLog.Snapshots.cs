using System.Buffers.Binary;
using Gateway.Common.Records;
using Gateway.Storage.Files;
using Microsoft.Extensions.Logging;

namespace Gateway.Storage;

public sealed partial class PartitionLog
{
    private const string SnapshotName = "producers";
    private const int SnapshotHeader = 16; // checksum, format version, offset

    private ProducerSnapshot? _nextSnapshot;
    private Action? _tellNextStored;
    private bool _writingSnapshot;
    private long _snapshotOffset = -1;

    private string SnapshotPath => Path.Combine(_directory, SnapshotName);

    /// <summary>
    /// The last stored producer snapshot; null when there is none, or none that fits the log as it is now. Waits for the disk: for opening
    /// a partition.
    /// </summary>
    public ProducerSnapshot? LoadProducerSnapshot()
    {
        byte[]? bytes = DurableFile.Read(_context.Files, SnapshotPath);
        if (bytes is null || bytes.Length < SnapshotHeader) return null;
        if (BinaryPrimitives.ReadUInt32LittleEndian(bytes) != Crc32C.Compute(bytes.AsSpan(4))) return null;
        if (BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(4)) != DataDirectory.CurrentFormatVersion) return null;
        long offset = BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(8));
        if (offset > LogEndOffset) return null;
        _snapshotOffset = Math.Max(_snapshotOffset, offset);
        return new ProducerSnapshot(offset, bytes.AsMemory(SnapshotHeader));
    }

    /// <summary>
    /// Stores a producer snapshot in place of the last, on the I/O executor. It is a cache: losing it only means replaying more. One that
    /// covers records which are not durable yet is not stored: after a crash other records could have their offsets.
    /// </summary>
    /// <param name="snapshot">The snapshot.</param>
    /// <param name="stored">Told on the owner once it is durable; never when it was not stored, or another came first.</param>
    public void StoreProducerSnapshot(ProducerSnapshot snapshot, Action? stored = null)
    {
        if (!IsReadable || snapshot.Offset > FlushedOffset) return;
        _nextSnapshot = snapshot;
        _tellNextStored = stored;
        _snapshotOffset = snapshot.Offset;
        if (!_writingSnapshot) WriteSnapshot();
    }

    private void WriteSnapshot()
    {
        ProducerSnapshot snapshot = _nextSnapshot!;
        Action? stored = _tellNextStored;
        _nextSnapshot = null;
        _tellNextStored = null;
        _writingSnapshot = true;
        byte[] bytes = new byte[SnapshotHeader + snapshot.Content.Length];
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(4), DataDirectory.CurrentFormatVersion);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(8), snapshot.Offset);
        snapshot.Content.Span.CopyTo(bytes.AsSpan(SnapshotHeader));
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, Crc32C.Compute(bytes.AsSpan(4)));
        _context.Io.Post(() =>
        {
            try
            {
                DurableFile.Replace(_context.Files, SnapshotPath, bytes);
            }
            catch (IOException failure)
            {
                StorageLog.SnapshotFailed(_context.Logger, Id, failure);
                stored = null;
            }

            _owner.Post(() => OnSnapshotWritten(stored));
        });
    }

    private void OnSnapshotWritten(Action? stored)
    {
        stored?.Invoke();
        _writingSnapshot = false;
        if (_nextSnapshot is not null && IsReadable) WriteSnapshot();
        else if (_snapshotOffset < 0 && IsReadable) _context.Files.Delete(SnapshotPath);
    }

    private void DropSnapshotBehind(long endOffset)
    {
        if (_nextSnapshot?.Offset > endOffset) _nextSnapshot = null;
        if (_snapshotOffset <= endOffset) return;
        _snapshotOffset = -1;
        _context.Files.Delete(SnapshotPath);
        _namesVersion++;
    }
}

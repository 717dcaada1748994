using Gateway.Common.Buffers;
using Gateway.Storage.Files;
using Gateway.Storage.Segments;

namespace Gateway.Storage.Tests;

public class SegmentReadTests
{
    // So much is asked for nowhere else: the memory that comes back is that of the read.
    private const int Wanted = 3_300_000;

    [Fact]
    public void A_read_that_fails_gives_its_memory_back()
    {
        using RecordsLease batch = Batches.Of(1_000, "a");
        using var file = new FailingFile(batch.Span.ToArray());
        var read = new SegmentRead(file, default, Wanted, FetchOffset: 0, Limit: 100, MaxBytes: Wanted, AtLeastOneBatch: true, (0, 0), EndOffset: 100, IsGapless: true);
        _ = Assert.Throws<IOException>(() => read.TryRun(mayWait: true, out _));
        using RecordsLease next = RecordsLease.RentUnmanaged(Wanted);
        // New memory is zeroed.
        Assert.NotEqual(0, next.Span[^1]);
    }

    /// <summary>Its headers can be read, what lies behind them cannot.</summary>
    private sealed class FailingFile(byte[] start) : IFile
    {
        public long Length => Wanted;

        public int Read(long position, Span<byte> buffer)
        {
            if (buffer.Length == Wanted)
            {
                buffer.Fill(1);
                throw new IOException("The device gave nothing");
            }
            buffer.Clear();
            start.CopyTo(buffer);
            return buffer.Length;
        }

        public int TryReadResident(long position, Span<byte> buffer) => 0;

        public void Write(long position, ReadOnlySpan<byte> bytes) => throw new NotSupportedException();

        public void SetLength(long length) => throw new NotSupportedException();

        public void StartWriteback(long position, long length)
        {
        }

        public void FinishWriteback()
        {
        }

        public void Sync()
        {
        }

        public void Dispose()
        {
        }
    }
}

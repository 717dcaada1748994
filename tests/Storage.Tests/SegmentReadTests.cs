using Gateway.Common.Buffers;
using Gateway.Storage.Execution;
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
        var read = new SegmentRead(default, Wanted, FetchOffset: 0, Limit: 100, MaxBytes: Wanted, AtLeastOneBatch: true, (0, 0), EndOffset: 100, IsGapless: true);
        _ = Assert.Throws<IOException>(() => read.TryRun(file, mayWait: true, out _));
        using RecordsLease next = RecordsLease.RentUnmanaged(Wanted);
        // New memory is zeroed, and the failing device has left something in this.
        Assert.NotEqual(0, next.Span[0]);
    }

    [Fact]
    public void A_read_asks_for_small_pieces_whether_it_may_wait_or_not()
    {
        byte[] bytes = new byte[1 << 20];
        using RecordsLease batch = Batches.Of(1_000, new string('a', 900_000));
        batch.Span.CopyTo(bytes);
        using var file = new NotingFile(bytes);
        var read = new SegmentRead(default, batch.Length, 0, 100, batch.Length, AtLeastOneBatch: true, (0, 0), EndOffset: 1, IsGapless: true);
        SegmentReadResult cold = read.RunCold(file, int.MaxValue, ahead: 0);
        Assert.Equal(batch.Span, cold.Records!.Span);
        Assert.True(file.Reads.Count > 6 && file.Reads.TrueForAll(static length => length <= ColdReads.PieceBytes), string.Join(' ', file.Reads));
        // Beside appends nothing is fetched ahead but where the walk to the batch begins.
        Assert.Equal([(0L, 64L << 10)], file.Fetched);
        file.Reads.Clear();
        Assert.True(read.TryRun(file, mayWait: false, out SegmentReadResult hot));
        Assert.Equal(batch.Span, hot.Records!.Span);
        Assert.True(file.Reads.Count > 6 && file.Reads.TrueForAll(static length => length <= ColdReads.PieceBytes), string.Join(' ', file.Reads));
        cold.Records.Dispose();
        hot.Records.Dispose();
    }

    [Fact]
    public void A_read_that_nobody_else_minds_fetches_what_the_next_one_wants_and_not_more_than_there_is()
    {
        using RecordsLease batch = Batches.Of(1_000, new string('a', 200_000));
        byte[] bytes = [.. batch.Span, .. new byte[100_000]];
        using var file = new NotingFile(bytes);
        var read = new SegmentRead(default, bytes.Length, 0, 100, 1_000, AtLeastOneBatch: true, (0, 0), EndOffset: 1, IsGapless: true);
        read.RunCold(file, 1_000, ahead: 50_000).Records!.Dispose();
        Assert.Equal((0, batch.Length + 50_000), file.Fetched[^1]);
        read.RunCold(file, 1_000, ahead: 500_000).Records!.Dispose();
        Assert.Equal((0, bytes.Length), file.Fetched[^1]);
    }

    [Fact]
    public void A_scan_that_leaves_the_cache_alone_forgets_what_was_not_there_and_nothing_else()
    {
        using RecordsLease batch = Batches.Of(1_000, new string('a', 100_000));
        using var file = new NotingFile(batch.Span.ToArray()) { Resident = 30_000 };
        using (var scan = new BatchScan(file, 0, batch.Length) { LeavesCacheAlone = true }) Assert.True(scan.MoveNext());
        Assert.Equal([(30_000L, batch.Length - 30_000L)], file.Forgotten);
        Assert.Empty(file.Fetched);
        file.Resident = int.MaxValue;
        using (var scan = new BatchScan(file, 0, batch.Length) { LeavesCacheAlone = true }) Assert.True(scan.MoveNext());
        Assert.Single(file.Forgotten);
    }

    [Fact]
    public void A_read_that_is_held_short_gives_a_batch_that_fits_what_was_asked_for_even_if_it_need_not()
    {
        using RecordsLease batch = Batches.Of(1_000, new string('a', 100_000));
        using var file = new NotingFile(batch.Span.ToArray());
        var read = new SegmentRead(default, batch.Length, 0, 100, batch.Length, AtLeastOneBatch: false, (0, 0), EndOffset: 1, IsGapless: true);
        using RecordsLease whole = read.RunCold(file, atMost: 1_000, ahead: 0).Records!;
        Assert.Equal(batch.Span, whole.Span);
        Assert.Null((read with { MaxBytes = batch.Length - 1 }).RunCold(file, atMost: 1_000, ahead: 0).Records);
    }

    /// <summary>All of it can be read; it notes what is asked of it.</summary>
    private sealed class NotingFile(byte[] bytes) : IFile
    {
        internal List<int> Reads { get; } = [];

        internal List<(long Position, long Length)> Fetched { get; } = [];

        internal List<(long Position, long Length)> Forgotten { get; } = [];

        internal int Resident { get; set; } = int.MaxValue;

        public long Length => bytes.Length;

        public int Read(long position, Span<byte> buffer)
        {
            Reads.Add(buffer.Length);
            ReadOnlySpan<byte> there = bytes.AsSpan((int)position, Math.Min(buffer.Length, bytes.Length - (int)position));
            there.CopyTo(buffer);
            return there.Length;
        }

        public int TryReadResident(long position, Span<byte> buffer) =>
            position >= Resident ? -1 : Read(position, buffer[..(int)Math.Min(buffer.Length, Resident - position)]);

        public void StartReading(long position, long length) => Fetched.Add((position, length));

        public void Forget(long position, long length) => Forgotten.Add((position, length));

        public void Write(long position, ReadOnlySpan<byte> bytes) => throw new NotSupportedException();

        public void SetLength(long length) => throw new NotSupportedException();

        public void StartWriteback(long position, long length) => throw new NotSupportedException();

        public void FinishWriteback() => throw new NotSupportedException();

        public void Sync() => throw new NotSupportedException();

        public void Dispose()
        {
        }
    }

    /// <summary>Its headers can be read, what lies behind them cannot.</summary>
    private sealed class FailingFile(byte[] start) : IFile
    {
        public long Length => Wanted;

        public int Read(long position, Span<byte> buffer)
        {
            if (buffer.Length > 4_096)
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

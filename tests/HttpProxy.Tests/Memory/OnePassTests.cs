using Gateway.Common.Buffers;
using Gateway.Common.Records;
using Gateway.HttpProxy.Records;
using Gateway.HttpProxy.Streams;

namespace Gateway.HttpProxy.Tests.Memory;

/// <summary>A compressed batch that is read in slices goes on where it was, as long as nobody else needs the memory.</summary>
public sealed class OnePassTests
{
    private const long MiB = 1 << 20;

    [Fact]
    public void A_stream_goes_on_in_the_middle_of_a_batch()
    {
        var memory = new ReaderMemory(8 * MiB);
        using RecordsLease batch = Batch();
        var position = new StreamPosition(0, 0, long.MaxValue);
        RecordReading reading = position.TakeReading(memory);
        reading.Open(batch.Memory, isKept: true);
        Read(reading, position, 1000);
        long place = reading.Position;
        Assert.True(reading.IsKept);
        position.Keep(reading);
        // What was read may be gone meanwhile: the place has its own copy.
        batch.WritableMemory.Span.Clear();
        Assert.True(position.TryResume());
        Assert.Same(reading, position.TakeReading(memory));
        Assert.Equal(place, reading.Position);
        Read(reading, position, 1000);
        Assert.Equal(2000, position.Offset);
        position.Keep(reading);
        position.DropReading();
        Assert.Equal(0, memory.Used);
    }

    [Fact]
    public void Whoever_needs_the_memory_takes_it_from_a_stream_whose_client_does_not_read()
    {
        var memory = new ReaderMemory(8 * MiB);
        using RecordsLease batch = Batch();
        var position = new StreamPosition(0, 0, long.MaxValue);
        RecordReading reading = position.TakeReading(memory);
        reading.Open(batch.Memory, isKept: true);
        Read(reading, position, 10);
        using var other = new ReaderShare(memory);
        Assert.Null(other.TryTake(7 * MiB));
        position.Keep(reading);
        using IMemoryGrant all = other.TryTake(7 * MiB)!;
        Assert.NotNull(all);
        Assert.False(position.TryResume());
        Assert.Equal(7 * MiB, memory.Used);
    }

    [Fact]
    public async Task A_stream_that_waits_for_memory_is_woken_for_it_and_leaves_it_to_others_while_it_waits_for_its_client()
    {
        var memory = new ReaderMemory(8 * MiB);
        var holder = new ReaderShare(memory);
        IMemoryGrant held = holder.TryTake(4 * MiB)!;
        var position = new StreamPosition(0, 0, long.MaxValue) { IsAtEnd = true };
        RecordReading reading = position.TakeReading(memory);
        Assert.Null(reading.Share.TryTake(4 * MiB));
        position.KeepRefused(reading);
        Assert.False(position.IsAtEnd);
        var signal = new StreamSignal();
        Assert.True(position.WaitsForMemory(signal));
        Assert.True(position.WaitsForMemory(signal));
        Assert.Equal(1, memory.Waiting);
        held.KeepOnly(3 * MiB);
        await signal.WaitAsync();
        Assert.Equal(StreamEvents.Memory, signal.Take([]));
        Assert.False(position.WaitsForMemory(signal));
        Assert.Equal(7 * MiB, memory.Used);
        using var other = new ReaderShare(memory);
        Assert.Null(other.TryTake(4 * MiB));
        Task turn = other.WaitAsync(0);
        position.StepAside();
        Assert.True(turn.IsCompleted);
        Assert.True(position.WaitsForMemory(signal));
        // It is before those who came meanwhile.
        using var last = new ReaderShare(memory);
        Assert.Null(last.TryTake(4 * MiB));
        Task later = last.WaitAsync(0);
        other.Dispose();
        await signal.WaitAsync();
        Assert.False(position.WaitsForMemory(signal));
        Assert.False(later.IsCompleted);
        position.DropReading();
        Assert.True(later.IsCompleted);
        held.Dispose();
        Assert.Equal(4 * MiB, memory.Used);
    }

    [Fact]
    public void A_stream_that_was_moved_does_not_go_on_where_it_was()
    {
        var memory = new ReaderMemory(8 * MiB);
        using RecordsLease batch = Batch();
        var position = new StreamPosition(0, 0, long.MaxValue);
        RecordReading reading = position.TakeReading(memory);
        reading.Open(batch.Memory, isKept: true);
        Read(reading, position, 10);
        position.Keep(reading);
        position.Offset = 3;
        Assert.False(position.TryResume());
        Assert.Equal(0, memory.Used);
    }

    private static void Read(RecordReading reading, StreamPosition position, int count)
    {
        for (int i = 0; i < count; i++)
        {
            Assert.True(reading.TryRead(out RecordView record));
            Assert.Equal(position.Offset, record.Offset);
            position.Offset++;
        }
    }

    private static RecordsLease Batch()
    {
        using var builder = new RecordBatchBuilder(new RecordBatchOptions { Compression = CompressionType.Gzip });
        for (int i = 0; i < 5000; i++) builder.Append(i, null, new byte[100], []);
        return builder.Build();
    }
}

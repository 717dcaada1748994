using System.Buffers;
using System.Text;
using System.Text.Json;
using Gateway.Common.Buffers;
using Gateway.Common.Records;
using Gateway.HttpProxy.Http;
using Gateway.HttpProxy.Records;

namespace Gateway.HttpProxy.Tests.Memory;

/// <summary>The memory that all readers share: its bound, its lines, and what idle readers give up.</summary>
public sealed class ReaderMemoryTests
{
    private const long MiB = 1 << 20;

    private readonly ReaderMemory _memory = new(8 * MiB);

    [Fact]
    public void Large_shares_leave_an_eighth_to_small_ones()
    {
        using var large = new ReaderShare(_memory);
        using var small = new ReaderShare(_memory);
        using IMemoryGrant most = large.TryTake(7 * MiB)!;
        using var other = new ReaderShare(_memory);
        Assert.Null(other.TryTake(MiB));
        IMemoryGrant[] parts = [small.TryTake(MiB / 4)!, small.TryTake(MiB / 4)!];
        Assert.DoesNotContain(null, parts);
        Assert.Null(small.TryTake(MiB));
        Assert.Equal((7 * MiB) + (MiB / 2), _memory.Used);
        foreach (IMemoryGrant part in parts) part.Dispose();
        Assert.Equal(7 * MiB, _memory.Used);
    }

    [Fact]
    public void What_no_share_can_be_is_refused_for_good()
    {
        using var share = new ReaderShare(_memory);
        using IMemoryGrant held = share.TryTake(4 * MiB)!;
        Assert.True(Assert.Throws<MemoryRefusedException>(() => share.TryTake((3 * MiB) + 1)).IsForGood);
        using IMemoryGrant rest = share.TryTake(3 * MiB)!;
        Assert.NotNull(rest);
    }

    [Fact]
    public async Task Who_waits_gets_in_turn_all_that_was_refused()
    {
        using var holder = new ReaderShare(_memory);
        IMemoryGrant held = holder.TryTake(6 * MiB)!;
        using var first = new ReaderShare(_memory);
        IMemoryGrant part = first.TryTake(MiB)!;
        Assert.Null(first.TryTake(3 * MiB));
        part.Dispose();
        using var second = new ReaderShare(_memory);
        Assert.Null(second.TryTake(2 * MiB));
        Task firstTurn = first.WaitAsync(0), secondTurn = second.WaitAsync(0);
        Assert.Equal(2, _memory.Waiting);
        Assert.False(firstTurn.IsCompleted || secondTurn.IsCompleted);
        // Nobody goes past those who wait in the same line.
        using var third = new ReaderShare(_memory);
        Assert.Null(third.TryTake(MiB));
        held.Dispose();
        await firstTurn;
        await secondTurn;
        Assert.Equal(6 * MiB, _memory.Used);
        IMemoryGrant[] parts = [first.TryTake(MiB)!, first.TryTake(3 * MiB)!];
        Assert.DoesNotContain(null, parts);
        foreach (IMemoryGrant one in parts) one.Dispose();
        // It is there for the whole of the work.
        Assert.Equal(6 * MiB, _memory.Used);
        first.Dispose();
        second.Dispose();
        Assert.Equal(0, _memory.Used);
    }

    [Fact]
    public async Task Who_has_waited_for_long_enough_leaves_the_line_to_the_others()
    {
        using var holder = new ReaderShare(_memory);
        using IMemoryGrant held = holder.TryTake(5 * MiB)!;
        using var first = new ReaderShare(_memory);
        Assert.Null(first.TryTake(7 * MiB));
        using var second = new ReaderShare(_memory);
        Assert.NotNull(second.TryTake(MiB));
        Task turn = first.WaitAsync(0);
        using var third = new ReaderShare(_memory);
        Assert.Null(third.TryTake(MiB));
        Task next = third.WaitAsync(0);
        Assert.False(next.IsCompleted);
        first.Dispose();
        await next;
        Assert.False(turn.IsCompleted);
    }

    [Theory]
    [InlineData(7, true)]
    [InlineData(8, false)]
    public void Who_is_refused_more_for_the_same_record_or_has_left_the_line_keeps_its_place_and_for_another_gets_a_new_one(long record, bool isFirst)
    {
        using var holder = new ReaderShare(_memory);
        using IMemoryGrant held = holder.TryTake(6 * MiB)!;
        using ReaderShare one = new(_memory), other = new(_memory);
        Assert.Null(one.TryTake(3 * MiB));
        Task first = one.WaitAsync(7);
        Assert.Null(other.TryTake(4 * MiB));
        Task second = other.WaitAsync(7);
        held.KeepOnly(4 * MiB);
        Assert.Equal((true, false), (first.IsCompleted, second.IsCompleted));
        Assert.Null(one.TryTake(5 * MiB));
        Assert.Equal(4 * MiB, _memory.Used);
        _ = one.WaitAsync(record);
        one.Dispose();
        Assert.Equal(1, _memory.Waiting);
        first = one.WaitAsync(record);
        Assert.Equal(2, _memory.Waiting);
        held.KeepOnly(2 * MiB);
        Assert.Equal((isFirst, !isFirst), (first.IsCompleted, second.IsCompleted));
        held.Dispose();
        other.Dispose();
        Assert.True(one.WaitAsync(record).IsCompletedSuccessfully);
    }

    [Fact]
    public void Who_got_its_turn_takes_more_before_those_who_came_later_and_nobody_else_does()
    {
        using var holder = new ReaderShare(_memory);
        using IMemoryGrant held = holder.TryTake(6 * MiB)!;
        using ReaderShare one = new(_memory), other = new(_memory);
        Assert.Null(one.TryTake(2 * MiB));
        Task first = one.WaitAsync(0);
        Assert.Null(other.TryTake(4 * MiB));
        Task second = other.WaitAsync(0);
        held.KeepOnly(4 * MiB);
        Assert.Equal((true, false), (first.IsCompleted, second.IsCompleted));
        Assert.Null(new ReaderShare(_memory).TryTake(MiB));
        using IMemoryGrant part = one.TryTake(2 * MiB)!, more = one.TryTake(MiB)!;
        Assert.NotNull(more);
        one.Dispose();
        Assert.Null(one.TryTake(MiB / 2));
    }

    [Fact]
    public async Task Idle_readers_give_up_what_they_have_for_those_who_ask_and_those_who_wait()
    {
        using var first = new Idle(_memory, 3 * MiB);
        using var second = new Idle(_memory, 3 * MiB);
        using var asking = new ReaderShare(_memory);
        Assert.Null(asking.TryTake(2 * MiB));
        _memory.Offer(first);
        _memory.Offer(second);
        IMemoryGrant taken = asking.TryTake(2 * MiB)!;
        Assert.Equal((true, false), (first.IsEvicted, second.IsEvicted));
        Assert.True(_memory.TryReclaim(second));
        Assert.False(_memory.TryReclaim(first));
        using var waiting = new ReaderShare(_memory);
        Assert.Null(waiting.TryTake(4 * MiB));
        Task turn = waiting.WaitAsync(0);
        Assert.False(turn.IsCompleted);
        _memory.Offer(second);
        await turn;
        Assert.True(second.IsEvicted);
        taken.Dispose();
        waiting.Dispose();
        Assert.Equal(0, _memory.Used);
    }

    [Fact]
    public void A_page_that_is_cut_back_before_a_wait_holds_nothing_and_keeps_what_stands_before()
    {
        using var share = new ReaderShare(_memory);
        using var page = new PageBuffer(share);
        page.Write("before"u8);
        page.GetSpan((int)(2 * MiB));
        Assert.InRange(_memory.Used, 2 * MiB, 3 * MiB);
        page.Truncate(6);
        Assert.Equal(0, _memory.Used);
        Assert.Equal("before"u8, page.Written.Span);
        page.Write(" and after"u8);
        Assert.Equal("before and after"u8, page.Written.Span);
    }

    [Fact]
    public async Task Who_is_refused_again_does_not_keep_what_it_waited_for_the_first_time()
    {
        using var holder = new ReaderShare(_memory);
        IMemoryGrant held = holder.TryTake(6 * MiB)!;
        using var share = new ReaderShare(_memory);
        Assert.Null(share.TryTake(3 * MiB));
        Task turn = share.WaitAsync(0);
        held.Dispose();
        await turn;
        using IMemoryGrant other = new ReaderShare(_memory).TryTake(4 * MiB)!;
        Assert.Null(share.TryTake(5 * MiB));
        Assert.Equal(4 * MiB, _memory.Used);
    }

    [Fact]
    public void A_record_is_shown_the_same_however_often_it_was_refused_and_leaves_nothing_taken()
    {
        const string Text = "{\"a\": 12345678901234567890}";
        byte[] value = Encoding.UTF8.GetBytes($"[{string.Join(',', Enumerable.Repeat(Text, 40_000))}]");
        using RecordsLease batch = Batch(value);
        using RecordCursor cursor = RecordCursor.Open(batch.Memory, new ReaderShare(_memory));
        Assert.True(cursor.TryRead(out RecordView record));
        using var share = new ReaderShare(_memory);
        using var page = new PageBuffer(share);
        using var json = new Utf8JsonWriter(page);
        using var writer = new RecordJson(EmbeddedFormat.Json, new ConsumeSchemas(), hasBigIntegersAsText: true, memory: share);
        writer.StartBatch();
        for (long free = MiB; free <= 4 * MiB; free += MiB)
        {
            using var holder = new ReaderShare(_memory);
            using IMemoryGrant held = holder.TryTake((7 * MiB) - free)!;
            try
            {
                writer.WriteOne(json, page, "t", 0, record);
                Assert.InRange(free, 2 * MiB, 4 * MiB);
                break;
            }
            catch (MemoryRefusedException refused)
            {
                Assert.False(refused.IsForGood);
                Assert.Equal(held is null ? 0 : (7 * MiB) - free, _memory.Used);
            }
        }
        using JsonDocument shown = JsonDocument.Parse(page.Written);
        Assert.Equal(40_000, shown.RootElement.GetProperty("value").GetArrayLength());
        Assert.Equal("12345678901234567890", shown.RootElement.GetProperty("value")[39_999].GetProperty("a").GetString());
        page.Truncate(0);
        Assert.Equal(0, _memory.Used);
    }

    private static RecordsLease Batch(byte[] value)
    {
        using var builder = new RecordBatchBuilder(new RecordBatchOptions());
        builder.Append(0, null, value);
        return builder.Build();
    }

    private sealed class Idle : IIdleMemory, IDisposable
    {
        private readonly ReaderShare _share;
        private readonly IMemoryGrant _grant;

        internal Idle(ReaderMemory memory, long bytes)
        {
            _share = new ReaderShare(memory);
            _grant = _share.TryTake(bytes)!;
        }

        internal bool IsEvicted { get; private set; }

        public void Evict()
        {
            IsEvicted = true;
            _grant.Dispose();
        }

        public void Dispose() => _share.Dispose();
    }
}

using System.Buffers.Binary;
using Gateway.Broker.Partitions;
using Gateway.Common.Records;

namespace Gateway.Broker.Tests.Partitions;

/// <summary>The table of idempotency keys of a partition: how long, how many, and over a snapshot.</summary>
public sealed class RememberedKeysTests
{
    private const long Now = 1_700_000_000_000;
    private static readonly RememberedKeyLimits s_limits = new(Max: 3, RetentionMs: 1_000);

    private readonly RememberedKeys _keys = new(s_limits);

    [Fact]
    public void A_key_is_known_until_its_time_is_over()
    {
        _keys.Apply(Batch(1, offset: 10, count: 3), Now);
        Assert.Equal((true, 10L, 12L, true), (_keys.TryFind(Id(1), Now + 999, out KeyedBatch found), found.BaseOffset, found.LastOffset, found.IsOf(Key(1))));
        Assert.False(_keys.TryFind(Id(1), Now + 1_000, out _));
        Assert.False(_keys.TryFind(Id(2), Now, out _));
        // Judged when asked; memory is given back when somebody looks.
        Assert.Equal(1, _keys.Count);
        _keys.Expire(Now + 1_000);
        Assert.Equal(0, _keys.Count);
    }

    [Fact]
    public void A_key_that_is_used_again_after_its_time_counts_from_then_on()
    {
        _keys.Apply(Batch(1, offset: 0), Now);
        _keys.Apply(Batch(2, offset: 1), Now + 500);
        _keys.Apply(Batch(1, offset: 2), Now + 1_100);
        Assert.Equal((true, 2L), (_keys.TryFind(Id(1), Now + 2_000, out KeyedBatch found), found.BaseOffset));
        _keys.Expire(Now + 1_500);
        Assert.Equal([2L], _keys.LastOffsets);
    }

    [Fact]
    public void Replayed_at_one_moment_the_later_batch_of_a_key_stays()
    {
        foreach ((int key, int offset) in new[] { (1, 0), (2, 1), (1, 2), (3, 3) }) _keys.Apply(Batch(key, offset), Now);
        Assert.Equal((true, 2L), (_keys.TryFind(Id(1), Now, out KeyedBatch found), found.BaseOffset));
        // The fourth pushed the first out, which is nobody's batch any more.
        Assert.Equal(3, _keys.Count);
        _keys.Apply(Batch(4, offset: 4), Now);
        Assert.False(_keys.TryFind(Id(2), Now, out _));
        Assert.True(_keys.TryFind(Id(1), Now, out _));
    }

    [Fact]
    public void Beyond_the_limit_the_oldest_goes()
    {
        for (int key = 1; key <= 5; key++) _keys.Apply(Batch(key, offset: key), Now);
        Assert.Equal([3L, 4L, 5L], _keys.LastOffsets.Order());
    }

    [Fact]
    public void A_clock_that_is_set_back_forgets_nothing_early_and_keeps_the_order()
    {
        _keys.Apply(Batch(1, offset: 0), Now);
        _keys.Apply(Batch(2, offset: 1), Now - 5_000);
        _keys.Expire(Now + 999);
        Assert.Equal(2, _keys.Count);
        _keys.Expire(Now + 1_000);
        Assert.Equal(0, _keys.Count);
    }

    [Fact]
    public void A_snapshot_holds_all_of_it()
    {
        foreach ((int key, int offset) in new[] { (1, 0), (2, 5), (1, 6) }) _keys.Apply(Batch(key, offset, count: 5), Now + offset);
        byte[] snapshot = _keys.WriteSnapshot();
        RememberedKeys restored = RememberedKeys.ReadSnapshot(snapshot, s_limits)!;
        Assert.Equal(snapshot, restored.WriteSnapshot());
        Assert.Equal((true, 6L, 10L, true), (restored.TryFind(Id(1), Now + 1_005, out KeyedBatch found), found.BaseOffset, found.LastOffset, found.IsOf(Key(1))));
        Assert.False(restored.TryFind(Id(1), Now + 1_006, out _));
        // A smaller limit keeps the newest.
        Assert.Equal([10L], RememberedKeys.ReadSnapshot(snapshot, s_limits with { Max = 1 })!.LastOffsets);
        Assert.Equal(0, RememberedKeys.ReadSnapshot(new RememberedKeys(s_limits).WriteSnapshot(), s_limits)!.Count);
    }

    [Fact]
    public void A_snapshot_of_the_first_form_is_read()
    {
        // As the first version wrote it: one key, and no flag behind its times.
        byte[] first = Convert.FromHexString(
            "00000000" + "00000001"
            + "4000000000000001" + "0001" + "00000007" + "0000000000000005" + "0000000000000009" + "0000018BCFE56800" + "0000018BCFE56FD0");
        BinaryPrimitives.WriteUInt32BigEndian(first, Crc32C.Compute(first.AsSpan(4)));
        RememberedKeys read = RememberedKeys.ReadSnapshot(first, new RememberedKeyLimits(10, 1_000))!;
        Assert.True(read.TryFind(Id(1), 1_700_000_002_000, out KeyedBatch batch));
        Assert.Equal(new KeyedBatch(1, 7, 5, 9, 1_700_000_000_000, HasLogAppendTime: false, 1_700_000_002_000), batch);
        Assert.True(batch.IsOf(Key(1)));
        Assert.Equal(batch, RememberedKeys.ReadSnapshot(read.WriteSnapshot(), s_limits)!.TryFind(Id(1), 0, out KeyedBatch again) ? again : default);
    }

    [Fact]
    public void A_damaged_snapshot_is_none()
    {
        _keys.Apply(Batch(1, offset: 0), Now);
        byte[] snapshot = _keys.WriteSnapshot();
        for (int length = 0; length < snapshot.Length; length++) Assert.Null(RememberedKeys.ReadSnapshot(snapshot.AsSpan(0, length), s_limits));
        for (int i = 0; i < snapshot.Length; i++)
        {
            byte[] damaged = [.. snapshot];
            damaged[i] ^= 0x10;
            Assert.Null(RememberedKeys.ReadSnapshot(damaged, s_limits));
        }
    }

    private static long Id(int key) => BatchKey.IdOf((ulong)key);

    private static BatchKey Key(int key) => new(Id(key), (short)key, key * 7);

    private static RecordBatchHeader Batch(int key, long offset, int count = 1) => new()
    {
        BaseOffset = offset,
        LastOffsetDelta = count - 1,
        RecordsCount = count,
        ProducerId = Id(key),
        ProducerEpoch = (short)key,
        BaseSequence = key * 7,
        MaxTimestamp = Now,
    };
}

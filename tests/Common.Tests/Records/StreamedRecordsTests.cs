using Gateway.Common.Buffers;
using Gateway.Common.Records;

namespace Gateway.Common.Tests.Records;

/// <summary>Records that pass through a window: the same as those of a batch that lies in memory as a whole, for less memory.</summary>
public sealed class StreamedRecordsTests
{
    private const int Limit = 64 << 20;

    public static TheoryData<CompressionType> All => new(Enum.GetValues<CompressionType>());

    public static TheoryData<CompressionType> Compressed =>
        new(Enum.GetValues<CompressionType>().Where(codec => codec != CompressionType.None));

    /// <summary>Sizes on both sides of the window's, and of what it may have without asking.</summary>
    private static RecordsLease Mixed(CompressionType codec)
    {
        var random = new Random(7);
        using var builder = new RecordBatchBuilder(new RecordBatchOptions { Compression = codec });
        int[] sizes = [0, 1, 100, 32_000, 32_760, 32_768, 33_000, 5, 70_000, 3, (1 << 20) - 20, 1 << 20, 2_500_000, 7, 40_000];
        for (int i = 0; i < 300; i++)
        {
            byte[] value = new byte[i < sizes.Length ? sizes[i] : random.Next(2_000)];
            random.NextBytes(value.AsSpan(0, value.Length / 2));
            builder.Append(1000 + i, i % 3 == 0 ? null : [(byte)i], value, [new RecordHeader($"h{i}", value.AsMemory(0, Math.Min(9, value.Length)))]);
        }
        return builder.Build();
    }

    private static List<string> Streamed(RecordsLease batch, Ledger memory)
    {
        var seen = new List<string>();
        using StreamedRecords records = StreamedRecords.Open(batch.Memory, Limit, memory);
        StreamedRecordEnumerator walk = records.GetEnumerator();
        while (walk.MoveNext()) seen.Add(Shown(walk.Current, walk.Position));
        return seen;
    }

    private static string Shown(in RecordView record, int end)
    {
        var hash = new HashCode();
        hash.AddBytes(record.Value);
        hash.AddBytes(record.HeaderBytes);
        return $"{record.Offset} {record.TimestampMs} {record.IsKeyNull} {Convert.ToHexString(record.Key)} {record.Value.Length} {hash.ToHashCode()} {end}";
    }

    [Theory]
    [MemberData(nameof(All))]
    public void They_are_those_of_the_whole_batch(CompressionType codec)
    {
        using RecordsLease batch = Mixed(codec);
        var whole = new List<string>();
        using (BatchRecords records = BatchRecords.Open(batch.Span, Limit))
        {
            RecordEnumerator walk = records.GetEnumerator();
            while (walk.MoveNext()) whole.Add(Shown(walk.Current, walk.Position));
        }
        var memory = new Ledger(long.MaxValue);
        Assert.Equal(whole, Streamed(batch, memory));
        Assert.Equal(0, memory.Held);
        // The largest record, and the window it outgrew; nothing where nothing is inflated.
        Assert.InRange(memory.Peak, codec == CompressionType.None ? 0 : 2_500_000, codec == CompressionType.None ? 0 : 5_000_000);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void What_is_kept_of_them_is_what_is_kept_of_the_whole_batch(CompressionType codec)
    {
        using RecordsLease batch = Mixed(codec);
        var kept = new List<RecordRun>();
        int keptBytes = 0, start = 0, count = 0;
        using BatchRecords whole = BatchRecords.Open(batch.Span, Limit);
        RecordEnumerator walk = whole.GetEnumerator();
        while (walk.MoveNext())
        {
            if (walk.Current.Offset % 5 is 1 or 2 || walk.Current.Value.Length > 2_000_000)
            {
                kept.Add(new RecordRun(start, walk.Position));
                keptBytes += walk.Position - start;
                count++;
            }
            start = walk.Position;
        }
        using RecordsLease expected = RecordBatchPruner.Prune(whole, kept, count, 1234, deleteHorizonMs: null);
        var memory = new Ledger(0);
        using StreamedRecords records = StreamedRecords.Open(batch.Memory, Limit, memory);
        using RecordsLease pruned = RecordBatchPruner.Prune(records, kept, count, keptBytes, 1234);
        Assert.Equal(expected.Span, pruned.Span);
    }

    [Theory]
    [MemberData(nameof(Compressed))]
    public void A_record_that_is_larger_than_what_is_granted_is_refused(CompressionType codec)
    {
        using RecordsLease batch = Mixed(codec);
        MemoryRefusedException never = Assert.Throws<MemoryRefusedException>(() => Streamed(batch, new Ledger(2_000_000)));
        Assert.True(never.IsForGood);
        var busy = new Ledger(10_000_000) { Held = 9_000_000 };
        MemoryRefusedException later = Assert.Throws<MemoryRefusedException>(() => Streamed(batch, busy));
        Assert.False(later.IsForGood);
        Assert.Equal(9_000_000, busy.Held);
    }

    [Theory]
    [MemberData(nameof(Compressed))]
    public void A_length_that_nothing_follows_takes_no_memory(CompressionType codec)
    {
        byte[] records = new byte[100];
        Varint.Write(records, 60 << 20);
        using RecordsLease compressed = Compression.Compress(codec, null, records);
        using RecordsLease batch = RecordsLease.Wrap(Batches.Wrapped(codec, compressed.Span, 1));
        var memory = new Ledger(long.MaxValue);
        Assert.Throws<CorruptRecordException>(() => Streamed(batch, memory));
        Varint.Write(records, (64 << 20) + 1);
        using RecordsLease impossible = Compression.Compress(codec, null, records);
        using RecordsLease second = RecordsLease.Wrap(Batches.Wrapped(codec, impossible.Span, 1));
        Assert.Throws<CorruptRecordException>(() => Streamed(second, memory));
        Assert.Equal(0, memory.Peak);
    }

    [Theory]
    [MemberData(nameof(Compressed))]
    public void A_bomb_ends_at_the_bound(CompressionType codec)
    {
        using RecordsLease zeros = RecordsLease.Rent(80 << 20);
        // Records of a length that is no record's would be damage: so one that claims to be as large as may be.
        zeros.WritableMemory.Span.Clear();
        Varint.Write(zeros.WritableMemory.Span, 64 << 20);
        using RecordsLease compressed = Compression.Compress(codec, null, zeros.Span);
        using RecordsLease batch = RecordsLease.Wrap(Batches.Wrapped(codec, compressed.Span, 1));
        var memory = new Ledger(long.MaxValue);
        Assert.Throws<InflatedTooLargeException>(() => Streamed(batch, memory));
        Assert.Equal(0, memory.Held);
        Assert.InRange(memory.Peak, 1, 128L << 20);
    }

    /// <summary>Grants up to a bound, and keeps count.</summary>
    private sealed class Ledger(long most) : IMemoryGrants
    {
        public long Most => most;

        public long Held { get; set; }

        public long Peak { get; private set; }

        public IMemoryGrant? TryTake(long bytes)
        {
            if (Held + bytes > most) return null;
            Held += bytes;
            Peak = Math.Max(Peak, Held);
            return new Grant(this, bytes);
        }

        private sealed class Grant(Ledger ledger, long bytes) : IMemoryGrant
        {
            private long _bytes = bytes;

            public void KeepOnly(long bytes)
            {
                ledger.Held -= _bytes - bytes;
                _bytes = bytes;
            }

            public void Dispose()
            {
                Assert.True(_bytes >= 0);
                ledger.Held -= _bytes;
                _bytes = -1;
            }
        }
    }
}

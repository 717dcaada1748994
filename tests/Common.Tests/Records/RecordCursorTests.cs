using Gateway.Common.Buffers;
using Gateway.Common.Records;
using Gateway.Common.Records.Codecs;

namespace Gateway.Common.Tests.Records;

/// <summary>A batch read from a place that lasts: the same records as all at once, for a window of memory, whatever lies between two of them.</summary>
public sealed class RecordCursorTests
{
    private static readonly int[] s_sizes = [0, 1, 100, 32_000, 32_760, 32_768, 33_000, 5, 70_000, 3, 1 << 20, 2_500_000, 7, 40_000];

    public static TheoryData<CompressionType> All => new(Enum.GetValues<CompressionType>());

    [Theory]
    [MemberData(nameof(All))]
    public void Its_records_are_those_of_the_whole_batch(CompressionType codec)
    {
        using RecordsLease batch = Mixed(codec);
        var memory = new Ledger(long.MaxValue);
        var seen = new List<string>();
        using (RecordCursor cursor = RecordCursor.Open(batch.Memory, memory))
        {
            while (cursor.TryRead(out RecordView record)) seen.Add(Shown(record));
            Assert.True(cursor.IsAtEnd);
            Assert.Equal(codec == CompressionType.None, memory.Peak == 0);
        }
        Assert.Equal(Whole(batch).Select(static record => record.Shown), seen);
        Assert.Equal(0, memory.Held);
    }

    [Fact]
    public void A_snappy_chunk_that_comes_in_one_piece_is_granted_before_it_is_inflated()
    {
        const int Size = 3_000_000;
        using var bare = new RecordBatchBuilder(new RecordBatchOptions { Compression = CompressionType.Snappy });
        bare.Append(0, null, new byte[Size]);
        using RecordsLease batch = bare.Build();
        byte[] block = SnappyOf(batch.Memory.Span[RecordBatchHeader.Size..]);
        byte[] framed = [.. batch.Span[..RecordBatchHeader.Size], .. SnappyCodec.FrameHeader, .. BigEndian(block.Length), .. block];
        RecordBatchHeader.TryRead(framed, out RecordBatchHeader header);
        (header with { BatchLength = framed.Length - RecordBatchHeader.LengthPrefix }).Write(framed);
        var memory = new Ledger(long.MaxValue);
        using RecordCursor cursor = RecordCursor.Open(framed, memory);
        Assert.InRange(memory.Held, Size, 2L * Size);
        Assert.True(cursor.TryRead(out RecordView record));
        Assert.Equal(Size, record.Value.Length);
    }

    [Fact]
    public unsafe void Snappy_chunks_that_grow_take_no_more_than_the_largest_which_is_what_is_counted()
    {
        int[] sizes = [40_000, 70_000, 30_000, 100_000, 100_001, 150_000, 0, 150_000];
        byte[] framed = [.. SnappyCodec.FrameHeader, .. sizes.SelectMany(static size => Chunk(new byte[size]))];
        long counted = CodecMemory.Of(CompressionType.Snappy, framed);
        Assert.InRange(counted, 150_000, 250_000);
        var inflater = new SnappyInflater();
        byte[] to = new byte[10_000];
        int all = 0, most = 0;
        fixed (byte* source = framed)
        {
            inflater.Start(source, framed.Length);
            for (int read; (read = inflater.Read(to)) > 0; all += read) most = Math.Max(most, inflater.Held);
            inflater.Stop();
        }
        Assert.Equal((sizes.Sum(), 150_000, 0), (all, most, inflater.Held));

        static byte[] Chunk(byte[] plain)
        {
            byte[] block = SnappyBlockOf(plain);
            return [.. BigEndian(block.Length), .. block];
        }
    }

    private static byte[] SnappyOf(ReadOnlySpan<byte> compressed)
    {
        using RecordsLease plain = Compression.Decompress(CompressionType.Snappy, compressed, int.MaxValue);
        return SnappyBlockOf(plain.Span);
    }

    /// <summary>All of it as one block: literals of 64 KiB at most.</summary>
    private static byte[] SnappyBlockOf(ReadOnlySpan<byte> plain)
    {
        var block = new List<byte>();
        for (uint size = (uint)plain.Length; ; size >>= 7)
        {
            block.Add((byte)(size < 0x80 ? size : size | 0x80));
            if (size < 0x80) break;
        }
        for (int at = 0; at < plain.Length; at += 65_536)
        {
            ReadOnlySpan<byte> literal = plain.Slice(at, Math.Min(65_536, plain.Length - at));
            block.AddRange([61 << 2, (byte)(literal.Length - 1), (byte)((literal.Length - 1) >> 8)]);
            block.AddRange(literal);
        }
        return [.. block];
    }

    private static byte[] BigEndian(int value) => [(byte)(value >> 24), (byte)(value >> 16), (byte)(value >> 8), (byte)value];

    [Theory]
    [MemberData(nameof(All))]
    public void Sizes_are_those_of_the_whole_batch(CompressionType codec)
    {
        using RecordsLease batch = Mixed(codec);
        var seen = new List<RecordSize>();
        using (RecordSizes sizes = RecordSizes.Of(batch.Memory))
            foreach (RecordSize size in sizes) seen.Add(size);
        Assert.Equal(Whole(batch).Select(static record => record.Size), seen);
    }

    [Theory]
    [InlineData(CompressionType.Gzip)]
    [InlineData(CompressionType.Snappy)]
    [InlineData(CompressionType.Lz4)]
    [InlineData(CompressionType.Zstd)]
    public void A_record_beyond_all_memory_comes_without_its_data_and_the_others_with_theirs(CompressionType codec)
    {
        using RecordsLease batch = Mixed(codec);
        var memory = new Ledger(codec == CompressionType.Lz4 || codec == CompressionType.Zstd ? 2_400_000 : 600_000);
        var seen = new List<string>();
        using (RecordCursor cursor = RecordCursor.Open(batch.Memory, memory))
        {
            while (cursor.TryRead(out RecordView record)) seen.Add(record.IsTooLarge ? $"{record.Offset} {record.TimestampMs} {record.IsKeyNull} {record.IsValueNull}" : Shown(record));
        }
        List<(string Shown, string Place, RecordSize Size)> whole = Whole(batch);
        Assert.Equal(whole[11].Place, seen[11]);
        Assert.Equal(whole.Where(static record => record.Size.DataBytes < 100_000).Select(static record => record.Shown), seen.Where((_, i) => whole[i].Size.DataBytes < 100_000));
        Assert.InRange(memory.Peak, 1, memory.Most);
        Assert.Equal(0, memory.Held);
    }

    [Fact]
    public void Memory_that_is_short_for_now_is_refused_and_all_of_it_given_back()
    {
        using RecordsLease batch = Mixed(CompressionType.Gzip);
        var memory = new Ledger(10_000_000) { Others = 9_000_000 };
        using (RecordCursor cursor = RecordCursor.Open(batch.Memory, memory))
        {
            MemoryRefusedException? refused = null;
            int read = 0;
            try
            {
                while (cursor.TryRead(out _)) read++;
            }
            catch (MemoryRefusedException failure)
            {
                refused = failure;
            }
            Assert.False(refused!.IsForGood);
            Assert.Equal(10, read);
        }
        Assert.Equal(0, memory.Held);
    }

    private static List<(string Shown, string Place, RecordSize Size)> Whole(RecordsLease batch)
    {
        var all = new List<(string, string, RecordSize)>();
        using BatchRecords records = BatchRecords.Open(batch.Span);
        foreach (RecordView record in records)
        {
            all.Add((Shown(record), $"{record.Offset} {record.TimestampMs} {record.IsKeyNull} {record.IsValueNull}",
                new RecordSize(record.Offset, record.Key.Length + record.Value.Length)));
        }
        return all;
    }

    private static RecordsLease Mixed(CompressionType codec)
    {
        var random = new Random(7);
        using var builder = new RecordBatchBuilder(new RecordBatchOptions { Compression = codec });
        for (int i = 0; i < 300; i++)
        {
            byte[] value = new byte[i < s_sizes.Length ? s_sizes[i] : random.Next(2_000)];
            random.NextBytes(value.AsSpan(0, value.Length / 2));
            builder.Append(1000 + i, i % 3 == 0 ? null : [(byte)i], i % 50 == 40 ? null : value, [new RecordHeader($"h{i}", value.AsMemory(0, Math.Min(9, value.Length)))]);
        }
        return builder.Build();
    }

    private static string Shown(in RecordView record)
    {
        var hash = new HashCode();
        hash.AddBytes(record.Value);
        hash.AddBytes(record.HeaderBytes);
        return $"{record.Offset} {record.TimestampMs} {record.IsKeyNull} {Convert.ToHexString(record.Key)} {record.IsValueNull} {record.Value.Length} {hash.ToHashCode()}";
    }

    /// <summary>Refuses for good what would be more than all, as a share does.</summary>
    private sealed class Ledger(long most) : IMemoryGrants
    {
        public long Most => most;

        public long Others { get; init; }

        public long Held { get; private set; }

        public long Peak { get; private set; }

        public IMemoryGrant? TryTake(long bytes)
        {
            if (Held + bytes > most) throw new MemoryRefusedException(bytes, isForGood: true);
            if (Others + Held + bytes > most) return null;
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

            public void Dispose() => KeepOnly(0);
        }
    }
}

using Gateway.Common.Buffers;
using Gateway.Common.Errors;
using Gateway.Common.Records;
using Gateway.Common.Records.Codecs;

namespace Gateway.Common.Tests.Records;

/// <summary>Bytes made to hurt: bombs, lying lengths, truncation and mutation. Only declared exceptions, and bounded memory.</summary>
public sealed class HostileBytesTests
{
    private const long Now = 1_700_000_000_000;

    public static TheoryData<CompressionType> Compressed =>
        new(Enum.GetValues<CompressionType>().Where(codec => codec != CompressionType.None));

    [Theory]
    [MemberData(nameof(Compressed))]
    public void A_bomb_is_too_large_and_takes_no_memory(CompressionType codec)
    {
        const int Limit = 8 << 20;
        using RecordsLease zeros = RecordsLease.Rent(64 << 20);
        zeros.WritableMemory.Span.Clear();
        // One record of which only the front is there: its value claims what follows.
        Varint.Write(zeros.WritableMemory.Span, (60 << 20) + 10);
        int at = 4;
        at += Varint.Write(zeros.WritableMemory.Span[at..], 0) + 2; // attributes, time, offset
        at += Varint.Write(zeros.WritableMemory.Span[at..], -1);
        Varint.Write(zeros.WritableMemory.Span[at..], 60 << 20);
        using RecordsLease bomb = Compression.Compress(codec, null, zeros.Span);

        Assert.Throws<InflatedTooLargeException>(() => Compression.Decompress(codec, bomb.Span, Limit).Dispose());
        byte[] batch = Batches.Wrapped(codec, bomb.Span, 1);
        var rules = new ValidationRules { MaxMessageBytes = int.MaxValue, MaxInflatedBytes = Limit };
        RecordBatchValidator.Validate(batch, rules, Now);
        long before = GC.GetAllocatedBytesForCurrentThread();
        ValidationResult result = RecordBatchValidator.Validate(batch, rules, Now);
        Assert.Equal(ErrorCode.MessageTooLarge, result.Error);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 200_000);
    }

    [Theory]
    [MemberData(nameof(Compressed))]
    public void Every_truncation_is_damage(CompressionType codec)
    {
        using RecordsLease whole = Compression.Compress(codec, null, Golden.Repeated(5_000));
        for (int length = 0; length < whole.Length; length += length < 100 ? 1 : 37)
        {
            // A xerial stream that ends between two chunks is whole: the framing has no end mark.
            if (codec == CompressionType.Snappy && length == SnappyCodec.FrameHeader.Length) continue;
            Assert.Throws<CorruptRecordException>(() => Compression.Decompress(codec, whole.Span[..length]).Dispose());
        }
    }

    [Theory]
    [MemberData(nameof(Compressed))]
    public void Mutated_streams_throw_only_what_is_declared(CompressionType codec)
    {
        var random = new Random(1);
        byte[][] sources =
        [
            CompressedBytes(codec, Golden.Repeated(7_000)),
            CompressedBytes(codec, BlockCodecTests.JsonLines(70_000)),
            .. Foreign(codec),
        ];
        for (int round = 0; round < 3_000; round++)
        {
            byte[] source = Mutated(sources[round % sources.Length], random);
            OnlyDeclared(() => Compression.Decompress(codec, source, 1 << 20).Dispose());
            if (codec == CompressionType.Lz4) OnlyDeclared(() => Inflating.All(new Lz4ManagedInflater(), source, limit: 1 << 20));
        }
    }

    [Fact]
    public void Where_both_lz4_readers_accept_a_mutation_they_agree()
    {
        var random = new Random(2);
        byte[] ours = CompressedBytes(CompressionType.Lz4, Golden.Repeated(7_000));
        byte[][] sources = [ours, Golden.Read("lz4-sized"), Golden.Read("librdkafka-lz4")[61..]];
        int accepted = 0;
        for (int round = 0; round < 6_000; round++)
        {
            byte[] source = Mutated(sources[round % sources.Length], random);
            if (Outcome(new Lz4NativeInflater(), source) is not byte[] native) continue;
            if (Outcome(new Lz4ManagedInflater(), source) is not byte[] managed) continue;
            Assert.True(native.AsSpan().SequenceEqual(managed));
            accepted++;
        }

        Assert.True(accepted > 500, $"only {accepted} mutations were accepted by both");

        static byte[]? Outcome(Inflater inflater, byte[] source)
        {
            try
            {
                return Inflating.All(inflater, source);
            }
            catch (CorruptRecordException)
            {
                return null;
            }
        }
    }

    [Theory]
    [InlineData(CompressionType.None)]
    [InlineData(CompressionType.Gzip)]
    [InlineData(CompressionType.Snappy)]
    [InlineData(CompressionType.Lz4)]
    [InlineData(CompressionType.Zstd)]
    public void The_validator_answers_every_mutation_and_readers_throw_only_what_is_declared(CompressionType codec)
    {
        var random = new Random(3);
        byte[] whole = Golden.Read("librdkafka-" + codec.ToString().ToLowerInvariant());
        int valid = 0;
        for (int round = 0; round < 10_000; round++)
        {
            byte[] batch = Mutated(whole, random);
            if (round % 2 == 0 && batch.Length >= RecordBatchHeader.Size) RecordBatchBytes.SetCrc(batch);
            ValidationResult result = RecordBatchValidator.Validate(batch, new ValidationRules { MaxInflatedBytes = 1 << 20 }, Now);
            OnlyDeclared(() => RecordReader.ReadAll(batch, maxInflatedBytes: 1 << 20));
            OnlyDeclared(() => Walk(batch));
            if (!result.IsValid) continue;
            valid++;
            // What the validator lets in, every reader can read.
            Assert.Equal(result.Header.RecordsCount, RecordReader.ReadAll(batch).Count);
        }

        Assert.True(valid > 10, $"only {valid} mutations were valid: the test mutates too much to say anything");
    }

    [Fact]
    public void A_count_beyond_the_bytes_is_refused_and_not_counted_to()
    {
        // A record count of two thousand million must not be a loop of two thousand million.
        byte[] batch = Batches.Wrapped(CompressionType.None, [], int.MaxValue);
        Assert.Equal(ErrorCode.InvalidRecord, RecordBatchValidator.Validate(batch, new ValidationRules(), Now).Error);
        // Headers that claim the same.
        byte[] record = [0x1C, 0, 0, 0, 1, 1, 0xFE, 0xFF, 0xFF, 0xFF, 0x0F, 0, 1, 0, 1];
        batch = Batches.Wrapped(CompressionType.None, record, 1);
        Assert.Equal(ErrorCode.InvalidRecord, RecordBatchValidator.Validate(batch, new ValidationRules(), Now).Error);
    }

    private static void Walk(byte[] bytes)
    {
        using BatchRecords records = BatchRecords.Open(bytes, 1 << 20);
        foreach (RecordView record in records)
        {
            foreach (RecordHeaderView header in record.Headers) _ = header.Key.Length + header.Value.Length;
        }
    }

    private static void OnlyDeclared(Action action)
    {
        try
        {
            action();
        }
        catch (Exception declared) when (declared is CorruptRecordException or InflatedTooLargeException)
        {
        }
    }

    private static byte[] Mutated(byte[] source, Random random)
    {
        byte[] bytes = [.. source];
        for (int i = random.Next(3); i >= 0; i--)
        {
            switch (random.Next(4))
            {
                case 0: bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8)); break;
                case 1: bytes[random.Next(bytes.Length)] = (byte)random.Next(256); break;
                case 2: bytes[random.Next(bytes.Length)] = random.Next(2) == 0 ? (byte)0xFF : (byte)0; break;
                default: if (random.Next(8) == 0) bytes = bytes[..(1 + random.Next(bytes.Length))]; break;
            }
        }

        return bytes;
    }

    private static byte[] CompressedBytes(CompressionType codec, byte[] data)
    {
        using RecordsLease compressed = Compression.Compress(codec, null, data);
        return compressed.Span.ToArray();
    }

    private static byte[][] Foreign(CompressionType codec) => codec switch
    {
        CompressionType.Gzip => [Golden.Read("gzip-two-members")],
        CompressionType.Snappy => [Golden.Read("xerial-chunks"), Golden.Read("snappy-bare")],
        CompressionType.Lz4 => [Golden.Read("lz4-linked-checksums"), Golden.Read("lz4-sized"), Golden.Read("lz4-stored")],
        _ => [Golden.Read("zstd-unknown-size"), Golden.Read("zstd-two-frames")],
    };
}

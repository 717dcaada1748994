using System.IO.Compression;

namespace Gateway.Common.Records.Codecs;

/// <summary>gzip by the framework.</summary>
internal static class GzipCodec
{
    internal static void Compress(GrowingBuffer to, int? level, ReadOnlySpan<byte> source)
    {
        var options = new ZLibCompressionOptions { CompressionLevel = Math.Clamp(level ?? 6, 0, 9) };
        using var sink = new BufferStream(to);
        using var gzip = new GZipStream(sink, options);
        gzip.Write(source);
    }

    /// <summary>The write side of a stream over a buffer, since the framework compresses into nothing else.</summary>
    private sealed class BufferStream(GrowingBuffer to) : Stream
    {
        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override void Flush()
        {
        }

        public override void Write(ReadOnlySpan<byte> buffer) => to.Write(buffer);

        public override void Write(byte[] buffer, int offset, int count) => to.Write(buffer.AsSpan(offset, count));

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}

/// <summary>Reads one or several gzip members.</summary>
internal sealed unsafe class GzipInflater : Inflater
{
    private Source? _source;
    private GZipStream? _gzip;

    internal override bool LeavesBytes => !_source!.IsOver;

    internal static CorruptRecordException GoesOn() => new("The gzip data goes on behind its end.");

    internal override void Start(byte* source, int length)
    {
        // The framework would take an empty source for an empty stream.
        if (length == 0) throw new CorruptRecordException("The gzip data is empty.");
        _source = new Source(source, length);
        _gzip = new GZipStream(_source, CompressionMode.Decompress, leaveOpen: true);
    }

    internal override int Read(Span<byte> destination)
    {
        try
        {
            return _gzip!.Read(destination);
        }
        catch (Exception damage) when (damage is InvalidDataException or IOException)
        {
            throw new CorruptRecordException("The gzip data is damaged.", damage);
        }
    }

    internal override void Stop()
    {
        _gzip?.Dispose();
        _source?.Dispose();
        _gzip = null;
        _source = null;
    }

    /// <summary>Knows whether the framework has come to its end: with bytes left that are no member, it stops before it asks for more.</summary>
    private sealed class Source(byte* bytes, int length) : UnmanagedMemoryStream(bytes, length)
    {
        internal bool IsOver { get; private set; }

        // No going back to where a member ended.
        public override bool CanSeek => false;

        public override int Read(byte[] buffer, int offset, int count)
        {
            int read = base.Read(buffer, offset, count);
            IsOver |= read == 0 && count > 0;
            return read;
        }
    }
}

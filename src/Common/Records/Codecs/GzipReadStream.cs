using System.IO.Compression;

namespace Gateway.Common.Records.Codecs;

/// <summary>Reads gzip members (RFC 1952, 2.2) off another stream as they come, and takes nothing for an end that has bytes behind it.</summary>
internal sealed class GzipReadStream : ReadOnlyStream
{
    private readonly Source _source;
    private readonly GZipStream _gzip;

    internal GzipReadStream(Stream from)
    {
        _source = new Source(from);
        _gzip = new GZipStream(_source, CompressionMode.Decompress, leaveOpen: true);
    }

    /// <exception cref="InvalidDataException">The bytes are no gzip, or cut off.</exception>
    /// <exception cref="CorruptRecordException">Bytes are behind the last member that are none.</exception>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int read = await _gzip.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        return read > 0 || buffer.IsEmpty || _source.IsOver ? read : throw GzipInflater.GoesOn();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) _gzip.Dispose();
        base.Dispose(disposing);
    }

    /// <summary>Knows whether the framework has come to the end of a stream: with bytes left that are no member, it stops before it asks for more.</summary>
    private sealed class Source(Stream from) : ReadOnlyStream
    {
        internal bool IsOver { get; private set; }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            int read = await from.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
            IsOver |= read == 0 && !buffer.IsEmpty;
            return read;
        }
    }
}

using System.Buffers;
using System.IO.Compression;
using System.IO.Pipelines;
using Gateway.Common.Bodies;
using Gateway.Common.Records;
using Microsoft.AspNetCore.Http;

namespace Gateway.HttpProxy.Http;

/// <summary>
/// The body of a request that goes on, read as it comes, inflated if it comes compressed: what its client has flushed can be read, and the rest of it
/// waits with the client.
/// </summary>
internal sealed class InflatedBody : IDisposable
{
    // Larger windows need not be taken (RFC 9659).
    private const int ZstdWindowLog = 23;
    private const int BrotliWindow = 16 << 20;
    private const int GzipWindow = 32 << 10;

    private readonly string? _encoding;
    private readonly Stream? _inflating;
    private readonly int _window;
    private readonly PipeReader _reader;
    private ReadOnlySequence<byte>? _read;
    private long _unread;
    private long _inflated;

    private InflatedBody(HttpContext context, string? encoding)
    {
        _encoding = encoding;
        (_inflating, _window) = encoding switch
        {
            null => ((Stream?)null, 0),
            "zstd" => (Compression.OpenZstdReader(context.Request.Body, ZstdWindowLog), 1 << ZstdWindowLog),
            "br" => (new BrotliStream(context.Request.Body, CompressionMode.Decompress, leaveOpen: true), BrotliWindow),
            _ => (Compression.OpenGzipReader(context.Request.Body), GzipWindow),
        };
        _reader = _inflating is null ? context.Request.BodyReader : PipeReader.Create(_inflating, new StreamPipeReaderOptions(leaveOpen: true, useZeroByteReads: false));
    }

    /// <summary>What the inflater holds, at most: what it may refer back to.</summary>
    internal long Held => Math.Min(_inflated, _window);

    /// <exception cref="ProblemException">The encoding is not served: 415.</exception>
    internal static InflatedBody Open(HttpContext context)
    {
        string? encoding = ContentEncoding.Of(context);
        try
        {
            return new InflatedBody(context, encoding);
        }
        catch (CodecUnavailableException missing)
        {
            throw new ProblemException(Problem.UnsupportedMediaType, missing.Message);
        }
    }

    /// <summary>Reads on, behind what was given back.</summary>
    /// <exception cref="ProblemException">The bytes are not what the encoding says: 400.</exception>
    internal async ValueTask<ReadResult> ReadAsync(CancellationToken cancel)
    {
        try
        {
            ReadResult read = await _reader.ReadAsync(cancel).ConfigureAwait(false);
            _read = read.Buffer;
            _inflated += read.Buffer.Length - _unread;
            return read;
        }
        // Of the frameworks' streams one says it so and the other so.
        catch (Exception failure) when (_inflating is not null && failure is InvalidDataException or InvalidOperationException or CorruptRecordException)
        {
            // Of a wrong checksum the framework's words say that a method of compression is not supported.
            string why = failure is InvalidDataException ? "it was cut off, or is not what was compressed." : failure.Message;
            throw new ProblemException(Problem.BadRequest, $"The body is not whole {_encoding}: {why}");
        }
    }

    /// <summary>Reads what has come, if anything has, behind what was given back.</summary>
    internal bool TryRead(out ReadResult read)
    {
        if (!_reader.TryRead(out read)) return false;
        _read = read.Buffer;
        _inflated += read.Buffer.Length - _unread;
        return true;
    }

    /// <summary>Gives back what was read, but for the end of it.</summary>
    internal void Keep(ReadOnlySequence<byte> left)
    {
        _reader.AdvanceTo(left.Start, left.End);
        (_read, _unread) = (null, left.Length);
    }

    public void Dispose()
    {
        // A read that was not given back would cost the client its connection.
        if (_read is { } read) _reader.AdvanceTo(read.End);
        if (_inflating is null) return;
        _reader.Complete();
        _inflating.Dispose();
    }
}

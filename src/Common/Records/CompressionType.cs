namespace Gateway.Common.Records;

/// <summary>The codec of a record batch: bits 0 to 2 of its attributes.</summary>
public enum CompressionType : byte
{
    /// <summary>The records follow the header as they are.</summary>
    None = 0,
    /// <summary>gzip (RFC 1952), one or several members.</summary>
    Gzip = 1,
    /// <summary>Snappy blocks, in the xerial framing or bare.</summary>
    Snappy = 2,
    /// <summary>An LZ4 frame.</summary>
    Lz4 = 3,
    /// <summary>Zstandard frames.</summary>
    Zstd = 4,
}

namespace Gateway.Common.Records;

/// <summary>Record or compressed bytes that cannot be what they claim to be. The only exception undecodable bytes cause.</summary>
public sealed class CorruptRecordException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>Compressed data that grows beyond the limit its reader set (a decompression bomb, or an honest giant).</summary>
public sealed class InflatedTooLargeException(int limit) : Exception($"The data inflates to more than {limit} bytes.")
{
    /// <summary>The limit it went beyond.</summary>
    public int Limit { get; } = limit;
}

/// <summary>A codec whose native library is not on this machine. The message names the package that brings it.</summary>
public sealed class CodecUnavailableException(CompressionType codec, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>The codec that is missing.</summary>
    public CompressionType Codec { get; } = codec;
}

using System.Buffers;

namespace Gateway.Common.Records.Codecs;

/// <summary>An inflater at work on bytes that stay where they are until it is disposed of, which must happen once; nothing for what is not compressed.</summary>
internal readonly struct StartedInflater : IDisposable
{
    private readonly CompressionType _type;
    private readonly MemoryHandle _pin;

    /// <exception cref="CorruptRecordException">The compressed bytes are damaged.</exception>
    /// <exception cref="CodecUnavailableException">The codec's library is missing.</exception>
    internal unsafe StartedInflater(CompressionType type, ReadOnlyMemory<byte> source)
    {
        if (type == CompressionType.None) return;
        _type = type;
        Inflater = Inflaters.Rent(type);
        _pin = source.Pin();
        try
        {
            Inflater.Start((byte*)_pin.Pointer, source.Length);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The inflater; null where nothing is compressed.</summary>
    internal Inflater? Inflater { get; }

    public void Dispose()
    {
        if (Inflater is null) return;
        Inflaters.Return(_type, Inflater);
        _pin.Dispose();
    }
}

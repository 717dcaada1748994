using System.Numerics;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Gateway.PerformanceGate.Reference;

/// <summary>A log reduced to what it costs the machine: a checksum, and bytes to or from the page cache.</summary>
internal sealed class ReferenceFile : IDisposable
{
    private const int FileBytes = 8 << 20;
    private readonly SafeFileHandle _file;
    private readonly byte[] _buffer = new byte[64 * 1024];
    private long _at;

    /// <summary>Makes the file, and fills it, so that writing never makes it longer.</summary>
    public ReferenceFile(string path)
    {
        _file = File.OpenHandle(path, FileMode.Create, FileAccess.ReadWrite, FileShare.None, FileOptions.DeleteOnClose);
        for (long at = 0; at < FileBytes; at += _buffer.Length) RandomAccess.Write(_file, _buffer, at);
    }

    /// <summary>Checks bytes and writes them.</summary>
    public long Append(ReadOnlySpan<byte> bytes)
    {
        if (_at + bytes.Length > FileBytes) _at = 0;
        RandomAccess.Write(_file, bytes, _at);
        _at += bytes.Length;
        return Checksum(bytes) + _at;
    }

    /// <summary>Reads bytes and checks them.</summary>
    public ReadOnlyMemory<byte> Read(int length)
    {
        if (_at + length > FileBytes) _at = 0;
        int read = RandomAccess.Read(_file, _buffer.AsSpan(0, length), _at);
        _at += read;
        _buffer[0] = (byte)Checksum(_buffer.AsSpan(0, read));
        return _buffer.AsMemory(0, read);
    }

    public void Dispose() => _file.Dispose();

    private static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        foreach (ulong word in MemoryMarshal.Cast<byte, ulong>(bytes)) crc = BitOperations.Crc32C(crc, word);
        return crc;
    }
}

using Microsoft.Win32.SafeHandles;

namespace Gateway.Storage.Files;

/// <summary>
/// A file of the operating system, written past its page cache where the file system can (Linux), else through it. Its blocks are written
/// once before they are used: a block that is only reserved makes each first write of it wait for the file system's own journal, and so for
/// whatever other files have in that.
/// </summary>
internal sealed class OsBlockFile : IBlockFile
{
    // Files are filled while others are written, so that must not be felt; nobody writes here.
    private static readonly BlockBuffer Zeros = ZerosOf(256 << 10);

    private readonly string _path;
    private SafeFileHandle _handle;
    private bool _isDirect;
    private bool _hasFailed;

    private OsBlockFile(string path, bool isDirect)
    {
        _path = path;
        _isDirect = isDirect;
        _handle = NativeFile.OpenForBlocks(path, isDirect);
    }

    /// <param name="path">Where.</param>
    /// <param name="length">How long it has to be.</param>
    /// <param name="isDirect">False to write through the page cache.</param>
    /// <exception cref="DiskFullException">No space for <paramref name="length"/> bytes.</exception>
    internal static OsBlockFile Open(string path, long length, bool isDirect = true)
    {
        var file = new OsBlockFile(path, isDirect);
        try
        {
            file.Fill(length);
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    public void Write(long position, BlockBuffer blocks)
    {
        // What a failed write has left where is unknown, so nothing may follow it.
        if (_hasFailed) throw new IOException($"An earlier write of {_path} failed");
        _hasFailed = true;
        try
        {
            WriteAll(position, blocks);
        }
        catch (IOException failure) when (OsFile.IsDiskFull(failure))
        {
            throw new DiskFullException(_path, failure);
        }

        _hasFailed = false;
    }

    public void Dispose() => _handle.Dispose();

    private void WriteAll(long position, BlockBuffer blocks)
    {
        try
        {
            NativeFile.WriteBlocks(_handle, _path, position, blocks);
        }
        catch (IOException failure) when (failure.HResult == NativeFile.ErrorInvalid && _isDirect)
        {
            // Some file systems let a file be opened for direct writes and refuse the writes: nothing was written.
            SafeFileHandle direct = _handle;
            _isDirect = false;
            _handle = NativeFile.OpenForBlocks(_path, isDirect: false);
            direct.Dispose();
            NativeFile.WriteBlocks(_handle, _path, position, blocks);
        }
    }

    private static BlockBuffer ZerosOf(int length)
    {
        var zeros = new BlockBuffer(length);
        zeros.Add(new byte[BlockBuffer.Alignment]);
        while (zeros.Length < length) zeros.Add(zeros.Piece(0).Span[..Math.Min(zeros.Length, length - zeros.Length)]);
        return zeros;
    }

    private void Fill(long length)
    {
        long at = RandomAccess.GetLength(_handle) / BlockBuffer.Alignment * BlockBuffer.Alignment;
        // Files that were copied here may have holes.
        int error = NativeFile.Reserve(_handle, length);
        if (OsFile.IsDiskFull(error)) throw new DiskFullException(_path);
        for (; at + Zeros.Length <= length; at += Zeros.Length) Write(at, Zeros);
        if (at >= length) return;
        BlockBuffer block = ZerosOf(BlockBuffer.Alignment);
        for (; at < length; at += block.Length) Write(at, block);
    }
}

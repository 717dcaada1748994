using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Gateway.Storage.Files;

/// <summary>The few calls the framework does not offer. On other systems than Linux each has an answer that is right, only slower.</summary>
internal static partial class NativeFile
{
    private const int NoWait = 8;
    private const uint WaitBefore = 1;
    private const uint StartWrite = 2;
    private const int ReadWrite = 2;
    private const int Create = 0x40;
    private const int SyncWrites = 0x1000; // O_DSYNC
    private const int CloseOnExec = 0x80000;
    private const int AllMayWrite = 0x1B6; // 0666 less the umask, as the framework's files
    private const int MaxVectors = 64;
    internal const int ErrorInvalid = 22;
    private const int ErrorAgain = 11;
    private const int ErrorInterrupted = 4;
    private const int ErrorNoEntry = 2;
    private const int ErrorNotSupported = 95;
    private const int ErrorNoSuchCall = 38;
    private const int ErrorIsPipe = 29;

    // These two differ between processors.
    private static bool IsArm => RuntimeInformation.ProcessArchitecture is Architecture.Arm64 or Architecture.Arm;

    private static int ReadOnlyDirectory => IsArm ? 0x4000 : 0x10000;

    private static int Direct => IsArm ? 0x10000 : 0x4000;

    /// <summary>pread that never waits: -1 when the first byte is not in the page cache, or when the file system cannot tell.</summary>
    internal static unsafe int TryReadResident(SafeFileHandle file, long position, Span<byte> buffer)
    {
        if (!OperatingSystem.IsLinux()) return -1;
        fixed (byte* start = buffer)
        {
            var vector = new IoVector { Base = start, Length = (nuint)buffer.Length };
            while (true)
            {
                nint read = preadv2(file, &vector, 1, position, NoWait);
                if (read >= 0) return (int)read;
                int error = Marshal.GetLastPInvokeError();
                if (error == ErrorInterrupted) continue;
                return error == ErrorAgain ? -1 : -2;
            }
        }
    }

    internal static void Advise(SafeFileHandle file, long position, long length, FileAdvice advice)
    {
        if (OperatingSystem.IsLinux()) _ = posix_fadvise(file, position, length, (int)advice);
    }

    internal static void StartWriteback(SafeFileHandle file, long position, long length)
    {
        if (OperatingSystem.IsLinux()) _ = sync_file_range(file, position, length, StartWrite);
    }

    /// <summary>Waits for what is on its way to the device. Where that is not to be had, it returns at once.</summary>
    internal static void FinishWriteback(SafeFileHandle file, string path)
    {
        if (!OperatingSystem.IsLinux()) return;
        while (sync_file_range(file, 0, 0, WaitBefore) != 0)
        {
            int error = Marshal.GetLastPInvokeError();
            if (error is ErrorInvalid or ErrorIsPipe or ErrorNoSuchCall or ErrorNotSupported) return;
            if (error != ErrorInterrupted) throw Failure("sync_file_range", path);
        }
    }

    /// <summary>Opens a file whose writes are durable when they return, past the page cache if that is asked for and can be.</summary>
    internal static SafeFileHandle OpenForBlocks(string path, bool isDirect)
    {
        if (!OperatingSystem.IsLinux()) return OsFileSystem.OpenWriteThrough(path);
        const int flags = ReadWrite | Create | CloseOnExec | SyncWrites;
        int file = open(path, isDirect ? flags | Direct : flags, AllMayWrite);
        // Some file systems, some of those in memory among them, say that they cannot.
        if (file < 0 && isDirect && Marshal.GetLastPInvokeError() == ErrorInvalid) file = open(path, flags, AllMayWrite);
        return file < 0 ? throw Failure("open", path) : new SafeFileHandle(file, ownsHandle: true);
    }

    /// <summary>Writes pieces that start on block boundaries, all of them or with an exception.</summary>
    internal static unsafe void WriteBlocks(SafeFileHandle file, string path, long position, BlockBuffer blocks)
    {
        if (!OperatingSystem.IsLinux())
        {
            for (int i = 0; i < blocks.PieceCount; i++)
            {
                RandomAccess.Write(file, blocks.Piece(i).Span, position);
                position += blocks.Piece(i).Length;
            }

            RandomAccess.FlushToDisk(file);
            return;
        }

        IoVector* vectors = stackalloc IoVector[MaxVectors];
        for (int done = 0; done < blocks.Length;)
        {
            int count = 0;
            int at = 0;
            for (int i = 0; i < blocks.PieceCount && count < MaxVectors; i++)
            {
                // Pieces do not move: their memory is pinned for good.
                ReadOnlySpan<byte> piece = blocks.Piece(i).Span;
                int skipped = Math.Clamp(done - at, 0, piece.Length);
                at += piece.Length;
                if (skipped == piece.Length) continue;
                fixed (byte* start = piece) vectors[count++] = new IoVector { Base = start + skipped, Length = (nuint)(piece.Length - skipped) };
            }

            nint written = pwritev(file, vectors, count, position + done);
            if (written > 0) done += (int)written;
            else if (written == 0 || Marshal.GetLastPInvokeError() != ErrorInterrupted) throw Failure("pwritev", path);
        }
    }

    /// <summary>Returns the error, 0 for none. File systems without it say so, which is no harm.</summary>
    internal static int Reserve(SafeFileHandle file, long length) => OperatingSystem.IsLinux() ? posix_fallocate(file, 0, length) : 0;

    /// <summary>fdatasync: bytes and length, without the times a reader does not need.</summary>
    internal static void SyncData(SafeFileHandle file, string path)
    {
        if (!OperatingSystem.IsLinux())
        {
            RandomAccess.FlushToDisk(file);
            return;
        }

        while (fdatasync(file) != 0)
        {
            int error = Marshal.GetLastPInvokeError();
            if (error != ErrorInterrupted) throw new IOException($"fdatasync of {path} failed: {Marshal.GetPInvokeErrorMessage(error)}", error);
        }
    }

    internal static void SyncDirectory(string path)
    {
        if (!OperatingSystem.IsLinux()) return;
        int directory = open(path, ReadOnlyDirectory | CloseOnExec, 0);
        if (directory < 0)
        {
            // A log that was deleted meanwhile has no names left to be made durable.
            if (Marshal.GetLastPInvokeError() == ErrorNoEntry) return;
            throw Failure("open", path);
        }

        try
        {
            while (fsync(directory) != 0)
            {
                if (Marshal.GetLastPInvokeError() != ErrorInterrupted) throw Failure("fsync", path);
            }
        }
        finally
        {
            _ = close(directory);
        }
    }

    /// <summary>
    /// A directory's descriptor for <see cref="SyncAll"/>; null where syncfs does not report failed writes (Linux before 5.8) or is not there.
    /// </summary>
    internal static SafeFileHandle? OpenForSyncAll(string path)
    {
        if (!OperatingSystem.IsLinux() || Environment.OSVersion.Version < new Version(5, 8)) return null;
        int directory = open(path, ReadOnlyDirectory | CloseOnExec, 0);
        return directory < 0 ? throw Failure("open", path) : new SafeFileHandle(directory, ownsHandle: true);
    }

    /// <summary>
    /// syncfs. A descriptor is told once of every failed write of any file of the file system, also of those before it was opened that
    /// nobody was told of. That is more than our files, and never less as long as the same descriptor is asked every time.
    /// </summary>
    internal static void SyncAll(SafeFileHandle directory, string path)
    {
        while (syncfs(directory) != 0)
        {
            if (Marshal.GetLastPInvokeError() != ErrorInterrupted) throw Failure("syncfs", path);
        }
    }

    private static IOException Failure(string call, string path)
    {
        int error = Marshal.GetLastPInvokeError();
        return new IOException($"{call} of {path} failed: {Marshal.GetPInvokeErrorMessage(error)}", error);
    }

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial nint preadv2(SafeFileHandle file, IoVector* vectors, int count, long position, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial nint pwritev(SafeFileHandle file, IoVector* vectors, int count, long position);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int sync_file_range(SafeFileHandle file, long position, long length, uint flags);

    [LibraryImport("libc")]
    private static partial int posix_fadvise(SafeFileHandle file, long position, long length, int advice);

    [LibraryImport("libc")]
    private static partial int posix_fallocate(SafeFileHandle file, long position, long length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fdatasync(SafeFileHandle file);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags, int mode);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fsync(int file);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int syncfs(SafeFileHandle file);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int close(int file);

    [StructLayout(LayoutKind.Sequential)]
    private unsafe struct IoVector
    {
        internal byte* Base;
        internal nuint Length;
    }
}

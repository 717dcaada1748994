using System.Buffers.Binary;
using System.Globalization;
using Gateway.Common.Records;
using Gateway.Storage.Files;

namespace Gateway.Storage.Journal;

/// <summary>
/// The first sector of a journal file: one sector, so a crash leaves the old header or the new one. The rest of its block is empty; in files of
/// builds that wrote through the page cache the first frame follows at once.
/// </summary>
/// <param name="Run">The opening of the journal that wrote it: rises, by steps that nobody outside can guess.</param>
/// <param name="FirstSequence">Sequence of its first frame; 0 when the file is free: its frames are in the segments.</param>
/// <param name="NextSequence">In a free file, a sequence above every one that was used when it came free: they must never fall.</param>
internal readonly record struct JournalFileHeader(long Run, long FirstSequence, long NextSequence)
{
    internal const int Size = 512;

    private const ulong Magic = 0x314C_4E4A_5747; // "GWJNL1"
    private const int Used = 40;

    internal bool IsFree => FirstSequence == 0;

    /// <summary>It could not be read, and this is what the file's first frame makes of it.</summary>
    internal bool IsGuess { get; init; }

    internal static JournalFileHeader Free(long run, long nextSequence) => new(run, 0, nextSequence);

    internal byte[] Encode()
    {
        byte[] bytes = new byte[Size];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(4), Magic);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(12), DataDirectory.CurrentFormatVersion);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(16), Run);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(24), FirstSequence);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(32), NextSequence);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, Crc32C.Compute(bytes.AsSpan(4, Used - 4)));
        return bytes;
    }

    internal static bool TryRead(ReadOnlySpan<byte> bytes, out JournalFileHeader header)
    {
        header = default;
        if (bytes.Length < Size || BinaryPrimitives.ReadUInt64LittleEndian(bytes[4..]) != Magic) return false;
        if (BinaryPrimitives.ReadUInt32LittleEndian(bytes) != Crc32C.Compute(bytes[4..Used])) return false;
        header = new JournalFileHeader(
            BinaryPrimitives.ReadInt64LittleEndian(bytes[16..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[24..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[32..]));
        return header.Run > 0 && header.FirstSequence >= 0;
    }
}

/// <summary>A file of the journal: free, being written, or full and waiting for the segments to be synced.</summary>
internal sealed class JournalFile(IBlockFile file, int length) : IDisposable
{
    internal const string Suffix = ".journal";

    internal IBlockFile File { get; } = file;

    /// <summary>The name of the file with a number.</summary>
    internal static string NameOf(int number) => number.ToString("D4", CultureInfo.InvariantCulture) + Suffix;

    /// <summary>The number in a file's name; -1 for a name that is not one of ours.</summary>
    internal static int NumberOf(string name) =>
        int.TryParse(name.AsSpan(0, name.Length - Suffix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : -1;

    internal int Length { get; } = length;

    /// <summary>The logs with frames in it. Guarded by the journal's lock.</summary>
    internal List<JournalState> Logs { get; } = [];

    /// <summary>Sequence of its first frame in this use; tells uses apart.</summary>
    internal long FirstSequence { get; set; }

    /// <summary>Makes a header durable that says the file may be written over. Waits for the device.</summary>
    internal void Free(long run, long nextSequence, int block)
    {
        var bytes = new BlockBuffer(BlockBuffer.Alignment);
        bytes.Add(JournalFileHeader.Free(run, nextSequence).Encode());
        bytes.PadTo(block);
        File.Write(0, bytes);
    }

    public void Dispose() => File.Dispose();
}

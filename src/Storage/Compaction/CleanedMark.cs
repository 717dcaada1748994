using System.Buffers.Binary;
using Gateway.Common.Records;
using Gateway.Storage.Files;

namespace Gateway.Storage.Compaction;

/// <summary>How far a log is clean. A cache: without it the next cleaning reads more than it would have to.</summary>
/// <param name="FirstDirtyOffset">No cleaning has seen what lies from here on.</param>
/// <param name="NextHorizonMs">When the first tombstone in the clean part may go; <see cref="long.MaxValue"/> for none.</param>
internal readonly record struct CleanedMark(long FirstDirtyOffset, long NextHorizonMs)
{
    private const string FileName = "cleaned";
    private const int Size = 24; // checksum, format version, offset, horizon

    internal static CleanedMark None => new(0, long.MaxValue);

    internal static CleanedMark Load(IFileSystem files, string directory)
    {
        byte[]? bytes = DurableFile.Read(files, Path.Combine(directory, FileName));
        if (bytes is not { Length: Size }) return None;
        if (BinaryPrimitives.ReadUInt32LittleEndian(bytes) != Crc32C.Compute(bytes.AsSpan(4))) return None;
        if (BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(4)) != DataDirectory.CurrentFormatVersion) return None;
        return new CleanedMark(BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(8)), BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(16)));
    }

    internal void Store(IFileSystem files, string directory)
    {
        byte[] bytes = new byte[Size];
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(4), DataDirectory.CurrentFormatVersion);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(8), FirstDirtyOffset);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(16), NextHorizonMs);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, Crc32C.Compute(bytes.AsSpan(4)));
        DurableFile.Replace(files, Path.Combine(directory, FileName), bytes);
    }
}

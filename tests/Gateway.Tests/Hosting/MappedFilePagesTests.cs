using System.Globalization;
using System.IO.MemoryMappedFiles;
using Gateway.Hosting;

namespace Gateway.Tests.Hosting;

public sealed class MappedFilePagesTests : IDisposable
{
    private const int Size = 1 << 20;
    private readonly string _path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());

    public MappedFilePagesTests() => File.WriteAllBytes(_path, [.. Enumerable.Range(0, Size).Select(static i => (byte)(i % 251))]);

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void What_was_read_through_a_shared_mapping_is_resident_no_more_and_still_readable()
    {
        using var file = MemoryMappedFile.CreateFromFile(_path, FileMode.Open, null, 0, MemoryMappedFileAccess.Read);
        using MemoryMappedViewAccessor view = file.CreateViewAccessor(0, Size, MemoryMappedFileAccess.Read);
        byte[] read = new byte[Size];
        view.ReadArray(0, read, 0, Size);
        Assert.Equal(Size >> 10, ResidentKib());

        Assert.Equal(Size, MappedFilePages.LetGo(_path));

        Assert.Equal(0, ResidentKib());
        view.ReadArray(0, read, 0, Size);
        Assert.Equal(File.ReadAllBytes(_path), read);
    }

    [Fact]
    public void A_mapping_that_can_be_written_keeps_what_was_written()
    {
        using var file = MemoryMappedFile.CreateFromFile(_path, FileMode.Open, null, 0, MemoryMappedFileAccess.CopyOnWrite);
        using MemoryMappedViewAccessor view = file.CreateViewAccessor(0, Size, MemoryMappedFileAccess.CopyOnWrite);
        view.Write(4096, (byte)255);

        Assert.Equal(0, MappedFilePages.LetGo(_path));

        Assert.Equal(255, view.ReadByte(4096));
    }

    [Fact]
    public void Where_mappings_may_not_be_read_nothing_is_let_go() => Assert.Equal(0, MappedFilePages.LetGo(_path, _path + ".absent"));

    private long ResidentKib()
    {
        bool isOurs = false;
        long kib = 0;
        foreach (string line in File.ReadLines("/proc/self/smaps"))
        {
            // A mapping's first line begins with its addresses, whether it is one of a file or not; the others with a name and a colon.
            if (line[..line.IndexOf(' ', StringComparison.Ordinal)].Contains('-', StringComparison.Ordinal)) isOurs = line.EndsWith(_path, StringComparison.Ordinal);
            else if (isOurs && line.StartsWith("Rss:", StringComparison.Ordinal))
                kib += long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
        }
        return kib;
    }
}

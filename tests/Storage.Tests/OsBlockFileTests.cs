using Gateway.Storage.Files;

namespace Gateway.Storage.Tests;

/// <summary>The journal's files on a real file system, past the page cache and through it.</summary>
public sealed class OsBlockFileTests : IDisposable
{
    private const int Length = (256 << 10) + (2 * BlockBuffer.Alignment);

    private readonly string _directory = Directory.CreateTempSubdirectory("gateway-blocks-").FullName;

    private string PathOfFile => Path.Combine(_directory, "0000.journal");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_new_file_has_its_length_in_zeros_and_blocks_come_back_where_they_were_written(bool isDirect)
    {
        byte[] bytes = new byte[(600 << 10) + 10];
        new Random(1).NextBytes(bytes);
        var blocks = new BlockBuffer();
        blocks.Add(bytes);
        blocks.PadTo(BlockBuffer.Alignment);
        using (OsBlockFile file = OsBlockFile.Open(PathOfFile, Length, isDirect))
        {
            Assert.Equal(new byte[Length], File.ReadAllBytes(PathOfFile));
            file.Write(BlockBuffer.Alignment, blocks);
        }

        byte[] found = File.ReadAllBytes(PathOfFile);
        Assert.Equal(new byte[BlockBuffer.Alignment], found[..BlockBuffer.Alignment]);
        Assert.Equal(bytes, found[BlockBuffer.Alignment..(BlockBuffer.Alignment + bytes.Length)]);
        Assert.Equal(BlockBuffer.Alignment + blocks.Length, found.Length);
    }

    [Fact]
    public void A_file_that_is_there_keeps_its_bytes_and_grows_to_the_length()
    {
        byte[] before = new byte[10_000];
        Array.Fill(before, (byte)7);
        File.WriteAllBytes(PathOfFile, before);
        OsBlockFile.Open(PathOfFile, Length).Dispose();
        byte[] found = File.ReadAllBytes(PathOfFile);
        Assert.Equal(Length, found.Length);
        // What lies in a block that was whole stays; the journal's reader goes by checksums, so the rest may be either.
        Assert.Equal(before[..8_192], found[..8_192]);
        Assert.Equal(new byte[Length - 12_288], found[12_288..]);
    }

    [Fact]
    public void A_write_that_failed_is_followed_by_none()
    {
        OsBlockFile file = OsBlockFile.Open(PathOfFile, Length);
        var blocks = new BlockBuffer(BlockBuffer.Alignment);
        blocks.Add(new byte[BlockBuffer.Alignment]);
        Assert.ThrowsAny<IOException>(() => file.Write(long.MaxValue - BlockBuffer.Alignment + 1, blocks));
        IOException refused = Assert.Throws<IOException>(() => file.Write(0, blocks));
        Assert.Contains("earlier write", refused.Message, StringComparison.Ordinal);
        file.Dispose();
    }
}

using Gateway.Storage.Files;

namespace Gateway.Storage.Tests;

/// <summary>What the system forbids is an <see cref="IOException"/> that names the path, as any other failure of a disk is (design D11).</summary>
/// <remarks>A directory in a file's place stands for a file that may not be opened: it is forbidden to root as well.</remarks>
public sealed class OsFileSystemTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("gateway-files-").FullName;
    private readonly OsFileSystem _files = new();

    private string Forbidden
    {
        get
        {
            string path = Path.Combine(_directory, "00000000000000000000.log");
            Directory.CreateDirectory(path);
            return path;
        }
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [InlineData(FileOpening.Existing)]
    [InlineData(FileOpening.OrCreate)]
    [InlineData(FileOpening.Empty)]
    public void A_file_that_may_not_be_opened_is_named(FileOpening opening) => AssertDenied(path => _files.Open(path, opening).Dispose());

    [Fact]
    public void A_file_that_may_not_be_deleted_is_named() => AssertDenied(_files.Delete);

    [Fact]
    public void A_lock_that_may_not_be_taken_is_not_one_that_another_holds() => AssertDenied(path => _files.TryLock(path)?.Dispose());

    [Fact]
    public void A_block_file_that_may_not_be_opened_is_named()
    {
        string path = Forbidden;
        Assert.Contains(path, Assert.ThrowsAny<IOException>(() => _files.OpenBlocks(path, 4_096).Dispose()).Message, StringComparison.Ordinal);
    }

    private void AssertDenied(Action<string> use)
    {
        string path = Forbidden;
        AccessDeniedException denied = Assert.Throws<AccessDeniedException>(() => use(path));
        Assert.StartsWith($"{path} is a directory", denied.Message, StringComparison.Ordinal);
    }
}

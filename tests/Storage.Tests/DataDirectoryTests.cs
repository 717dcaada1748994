using System.Text;
using Gateway.Simulation.Disk;
using Gateway.Storage.Files;

namespace Gateway.Storage.Tests;

public class DataDirectoryTests
{
    private static readonly Func<Guid> NewId = static () => new Guid("00112233-4455-6677-8899-aabbccddeeff");

    [Fact]
    public void A_new_directory_gets_ids_that_stay()
    {
        var files = new SimulatedFileSystem();
        using (DataDirectory first = DataDirectory.Open(files, "/data", NewId, nodeId: 7))
        {
            // 16 bytes, big endian, URL-safe base64 without padding.
            Assert.Equal("ABEiM0RVZneImaq7zN3u_w", first.ClusterId);
            Assert.Equal(7, first.NodeId);
        }

        files.Crash(new Random(1));
        using DataDirectory second = DataDirectory.Open(files, "/data", static () => throw new InvalidOperationException("not new"), nodeId: 9);
        Assert.Equal(("ABEiM0RVZneImaq7zN3u_w", 7), (second.ClusterId, second.NodeId));
    }

    [Fact]
    public void A_second_process_is_refused_until_the_first_is_gone()
    {
        string path = Directory.CreateTempSubdirectory("gateway-test-").FullName;
        try
        {
            using (DataDirectory.Open(new OsFileSystem(), path, NewId))
            {
                DataDirectoryException refused = Assert.Throws<DataDirectoryException>(() => DataDirectory.Open(new OsFileSystem(), path, NewId));
                Assert.Contains("in use by another process", refused.Message, StringComparison.Ordinal);
            }

            DataDirectory.Open(new OsFileSystem(), path, NewId).Dispose();
        }
        finally
        {
            Directory.Delete(path, recursive: true);
        }
    }

    [Fact]
    public void A_newer_format_is_refused_and_left_alone()
    {
        var files = new SimulatedFileSystem();
        DataDirectory.Open(files, "/data", NewId).Dispose();
        byte[] newer = Encoding.UTF8.GetBytes("format.version=2\ncluster.id=x\nnode.id=1\n");
        files.Replace("/data/gateway.properties", newer);
        DataDirectoryException refused = Assert.Throws<DataDirectoryException>(() => DataDirectory.Open(files, "/data", NewId));
        Assert.Contains("format version 2, written by a newer release; this one reads up to 1", refused.Message, StringComparison.Ordinal);
        Assert.Equal(newer, files.ReadAll("/data/gateway.properties"));
        // The lock was given back with the refusal.
        Assert.NotNull(files.TryLock("/data/lock"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("format.version=one\n")]
    [InlineData("format.version=1\nnode.id=1\n")]
    public void An_unreadable_properties_file_is_refused(string content)
    {
        var files = new SimulatedFileSystem();
        DataDirectory.Open(files, "/data", NewId).Dispose();
        files.Replace("/data/gateway.properties", Encoding.UTF8.GetBytes(content));
        _ = Assert.Throws<DataDirectoryException>(() => DataDirectory.Open(files, "/data", NewId));
    }

    [Fact]
    public void Logs_without_a_properties_file_are_not_given_a_new_identity()
    {
        var fixture = new LogFixture();
        fixture.AppendFlushed("a");
        fixture.Stepped.Close();
        fixture.Stepped.Files.Delete("/data/gateway.properties");
        Assert.Contains("restore that file", Assert.Throws<DataDirectoryException>(() => fixture.Stepped.Open()).Message, StringComparison.Ordinal);
    }
}

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

    [Fact]
    public void A_directory_several_levels_below_an_existing_one_survives_a_power_cut()
    {
        for (int seed = 0; seed < 10; seed++)
        {
            var files = new SimulatedFileSystem();
            using (DataDirectory first = DataDirectory.Open(files, "/srv/kafka/node/data", NewId)) Assert.Equal("ABEiM0RVZneImaq7zN3u_w", first.ClusterId);
            files.Crash(new Random(seed));
            using DataDirectory second = DataDirectory.Open(files, "/srv/kafka/node/data", static () => throw new InvalidOperationException("not new"));
            Assert.Equal("ABEiM0RVZneImaq7zN3u_w", second.ClusterId);
        }
    }

    [Fact]
    public void A_rotten_id_is_refused_and_a_file_without_checksum_is_not()
    {
        var files = new SimulatedFileSystem();
        DataDirectory.Open(files, "/data", NewId, nodeId: 1).Dispose();
        string written = Encoding.UTF8.GetString(files.ReadAll("/data/gateway.properties"));
        files.Replace("/data/gateway.properties", Encoding.UTF8.GetBytes(written.Replace("node.id=1", "node.id=3", StringComparison.Ordinal)));
        DataDirectoryException refused = Assert.Throws<DataDirectoryException>(() => DataDirectory.Open(files, "/data", NewId));
        Assert.Contains("gateway.properties that is not what was written", refused.Message, StringComparison.Ordinal);
        files.Replace("/data/gateway.properties", Encoding.UTF8.GetBytes("format.version=1\ncluster.id=x\nnode.id=3\n"));
        using DataDirectory old = DataDirectory.Open(files, "/data", NewId);
        Assert.Equal(3, old.NodeId);
    }
}

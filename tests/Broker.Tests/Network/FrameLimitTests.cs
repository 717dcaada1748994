using System.Buffers.Binary;
using Gateway.Broker.Network;
using Gateway.Protocol;
using Gateway.Protocol.Messages;

namespace Gateway.Broker.Tests.Network;

/// <summary>CON-1, CON-2, CON-7: what is refused, before anything is allocated for it, and without an answer.</summary>
public sealed class FrameLimitTests
{
    private static async Task Refused(byte[] bytes, string reason)
    {
        await using NetworkFixture fixture = new NetworkFixture().ServeHeartbeat().Start();
        using RawClient client = await fixture.Connect();
        await client.Send(bytes);
        await client.ExpectClose();
        Assert.Contains(reason, await fixture.Log.Line("Closing connection"), StringComparison.Ordinal);
        Assert.Equal(1, fixture.Log.Count("Closing connection"));
        await StillServes(fixture);
    }

    private static async Task StillServes(NetworkFixture fixture)
    {
        using RawClient other = await fixture.Connect();
        Assert.Equal(77, (await other.Ask(new HeartbeatRequest { GenerationId = 77 }, 4)).ThrottleTimeMs);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(int.MinValue)]
    [InlineData(int.MaxValue)]
    [InlineData(100 * 1024 * 1024 + 1)]
    [InlineData(0)]
    [InlineData(7)]
    public Task CON_1_A_frame_of_an_impossible_size_closes_the_connection(int size) =>
        Refused(RawClient.Header(size, 12, 4, 1), $"a frame of {size} bytes");

    [Fact]
    public async Task CON_1_A_frame_of_exactly_the_limit_is_taken()
    {
        await using NetworkFixture fixture = new NetworkFixture(new ConnectionLimits { MaxFrameBytes = 300 }).ServeHeartbeat().Start();
        byte[] largest = RawClient.Frame(new HeartbeatRequest { GroupId = "g", MemberId = new string('m', 300 - 23), GenerationId = 5 }, 0, 1);
        Assert.Equal(304, largest.Length);
        using RawClient client = await fixture.Connect();
        await client.Send(largest);
        Assert.Equal(1, (await client.Receive()).CorrelationId);

        byte[] larger = RawClient.Frame(new HeartbeatRequest { GroupId = "g", MemberId = new string('m', 301 - 23), GenerationId = 5 }, 0, 2);
        await client.Send(larger);
        await client.ExpectClose();
    }

    [Theory]
    [InlineData(-5)]
    [InlineData(999)]
    [InlineData(short.MaxValue)]
    [InlineData(short.MinValue)]
    public Task CON_2_An_unknown_api_closes_the_connection(short key) =>
        Refused(RawClient.Header(10, key, 0, 1), $"API {key} is not served");

    [Fact]
    public Task CON_2_An_api_that_exists_but_is_not_served_closes_the_connection() =>
        Refused(RawClient.Header(10, (short)ApiKey.JoinGroup, 0, 1), "API 11 is not served");

    [Theory]
    [InlineData(-1)]
    [InlineData(5)]
    [InlineData(short.MaxValue)]
    public Task CON_2_An_unknown_version_closes_the_connection(short version) =>
        Refused(RawClient.Header(10, (short)ApiKey.Heartbeat, version, 1), $"Heartbeat version {version} is not served");

    [Fact]
    public async Task CON_2_A_request_shorter_or_longer_than_its_schema_closes_the_connection()
    {
        byte[] whole = RawClient.Frame(new HeartbeatRequest { GroupId = "g", MemberId = "m" }, 4, 1);
        byte[] shorter = whole[..^1];
        BinaryPrimitives.WriteInt32BigEndian(shorter, shorter.Length - 4);
        await Refused(shorter, "undecodable");
        byte[] longer = [.. whole, 0];
        BinaryPrimitives.WriteInt32BigEndian(longer, longer.Length - 4);
        await Refused(longer, "undecodable");
    }

    [Fact]
    public async Task CON_7_Unknown_tagged_fields_are_skipped()
    {
        await using NetworkFixture fixture = new NetworkFixture().ServeHeartbeat().Start();
        byte[] plain = RawClient.Frame(new HeartbeatRequest { GroupId = "g", MemberId = "m", GenerationId = 9 }, 4, 3);
        Assert.Equal(0, plain[^1]);
        byte[] tagged = [.. plain[..^1], 1, 100, 3, 7, 7, 7]; // one tag, number 100, three bytes
        BinaryPrimitives.WriteInt32BigEndian(tagged, tagged.Length - 4);
        using RawClient client = await fixture.Connect();
        await client.Send(tagged);
        Assert.Equal(9, (await client.Receive(new HeartbeatRequest(), 4, 3)).ThrottleTimeMs);
    }

    [Fact]
    public async Task CON_7_Null_where_it_is_not_allowed_closes_the_connection()
    {
        byte[] whole = RawClient.Frame(new HeartbeatRequest { GroupId = "", MemberId = "m" }, 0, 1, clientId: null);
        Assert.Equal(0, BinaryPrimitives.ReadInt16BigEndian(whole.AsSpan(14)));
        BinaryPrimitives.WriteInt16BigEndian(whole.AsSpan(14), -1); // group id
        await Refused(whole, "undecodable");
    }

    [Fact]
    public async Task A_frame_that_is_cut_off_by_the_end_of_the_connection_is_dropped()
    {
        await using NetworkFixture fixture = new NetworkFixture().ServeHeartbeat().Start();
        byte[] whole = RawClient.Frame(new HeartbeatRequest { GroupId = "g", MemberId = "m" }, 4, 1);
        for (int length = 0; length < whole.Length; length++)
        {
            using RawClient client = await fixture.Connect();
            await client.Send(whole.AsMemory(0, length));
            client.Socket.Shutdown(System.Net.Sockets.SocketShutdown.Send);
            await client.ExpectClose();
        }
        await StillServes(fixture);
    }

    [Fact]
    public async Task A_frame_may_come_byte_by_byte()
    {
        await using NetworkFixture fixture = new NetworkFixture().ServeHeartbeat().Start();
        using RawClient client = await fixture.Connect();
        foreach (byte b in RawClient.Frame(new HeartbeatRequest { GroupId = "g", MemberId = "m", GenerationId = 4 }, 4, 8)) await client.Send(new[] { b });
        Assert.Equal(4, (await client.Receive(new HeartbeatRequest(), 4, 8)).ThrottleTimeMs);
    }
}

using Gateway.Broker.Network;
using Gateway.Common.Buffers;
using Gateway.Common.Errors;
using Gateway.Protocol;
using Gateway.Protocol.Frames;
using Gateway.Protocol.Messages;

namespace Gateway.Broker.Tests.Network;

/// <summary>AV-1, AV-2, AV-5, as far as the connection has to see to them.</summary>
public sealed class ApiVersionsRulesTests
{
    private static NetworkFixture Fixture()
    {
        var fixture = new NetworkFixture();
        fixture.ServeHeartbeat();
        fixture.Serve<ProduceRequest, ProduceResponse>(static (_, _) => new(new ProduceResponse()), min: 3, advertisedMin: 0);
        fixture.Serve<ApiVersionsRequest, ApiVersionsResponse>((_, _) => new(new ApiVersionsResponse
        {
            ApiKeys = [.. fixture.Table.Ranges.Select(static r => new ApiVersionsResponse.ApiVersion { ApiKey = (short)r.ApiKey, MinVersion = r.MinVersion, MaxVersion = r.MaxVersion })],
        }));
        return fixture.Start();
    }

    [Theory]
    [InlineData(99)]
    [InlineData(6)]
    [InlineData(-1)]
    public async Task AV_2_A_version_we_do_not_know_is_answered_in_version_0_with_error_35(short version)
    {
        await using NetworkFixture fixture = Fixture();
        using RawClient client = await fixture.Connect();
        // A body nobody can parse, and a correlation id that could be taken for an error code.
        await client.Send(RawClient.Header(13, (short)ApiKey.ApiVersions, version, -2, 0xFF, 0xFF, 0xFF));
        (int correlationId, byte[] frame) = await client.Receive();
        Assert.Equal(-2, correlationId);
        // Header v0, body v0: error, count, then six bytes each.
        Assert.Equal(35, (frame[4] << 8) | frame[5]);
        var response = (ApiVersionsResponse)ResponseFrame.Decode(RecordsLease.Wrap(frame), new ApiVersionsRequest(), 0, -2);
        Assert.Equal(ErrorCode.UnsupportedVersion, response.ErrorCode);
        Assert.Equal([(0, 0, 13), (12, 0, 4), (18, 0, 5)], response.ApiKeys.Select(static a => ((int)a.ApiKey, (int)a.MinVersion, (int)a.MaxVersion)));

        // The connection goes on: the client asks again with what it was told.
        Assert.Equal(ErrorCode.None, (await client.Ask(new ApiVersionsRequest(), 5, 2)).ErrorCode);
    }

    [Fact]
    public async Task AV_1_Every_version_is_answered_with_header_version_0()
    {
        await using NetworkFixture fixture = Fixture();
        using RawClient client = await fixture.Connect();
        for (short version = 0; version <= 5; version++)
        {
            await client.Send(new ApiVersionsRequest(), version, 1000 + version);
            (int correlationId, byte[] frame) = await client.Receive();
            Assert.Equal(1000 + version, correlationId);
            // The error code follows the correlation id at once: no tag section in between.
            Assert.Equal([0, 0], frame[4..6]);
            Assert.Equal(version >= 3 ? 4 : 0, frame[6]);
        }
    }

    [Fact]
    public async Task AV_5_Produce_is_listed_from_0_and_yet_refused_below_3()
    {
        await using NetworkFixture fixture = Fixture();
        Assert.Contains(new ApiRange(ApiKey.Produce, 0, 13), fixture.Table.Ranges);
        using RawClient client = await fixture.Connect();
        await client.Send(RawClient.Header(10, (short)ApiKey.Produce, 2, 1));
        await client.ExpectClose();
    }
}

using System.Buffers.Binary;
using Gateway.Broker.Tests.Support;
using Gateway.Common.Buffers;
using Gateway.Common.Errors;
using Gateway.Protocol;
using Gateway.Protocol.Messages;
using Gateway.Protocol.Wire;

namespace Gateway.Broker.Tests.Handlers;

/// <summary>kafka-broker.md §2.</summary>
public sealed class ApiVersionsTests(BrokerFixture fixture) : IClassFixture<BrokerFixture>
{
    private readonly TestBroker _broker = fixture.Broker;

    [Fact]
    public async Task AV_5_AV_6_the_list_is_what_is_served_and_produce_is_listed_from_0()
    {
        ApiVersionsResponse response = await Ask(new ApiVersionsRequest { ClientSoftwareName = "a", ClientSoftwareVersion = "1.0" });
        Assert.Equal(ErrorCode.None, response.ErrorCode);
        Dictionary<short, (short, short)> ranges = response.ApiKeys.ToDictionary(k => k.ApiKey, k => (k.MinVersion, k.MaxVersion));
        Assert.Equal((0, 13), ranges[0]);
        Assert.Equal((4, 18), ranges[1]);
        Assert.Equal((0, 11), ranges[2]);
        Assert.Equal((0, 13), ranges[3]);
        Assert.Equal((0, 5), ranges[18]);
        Assert.Equal((0, 7), ranges[19]);
        Assert.Equal((0, 6), ranges[20]);
        Assert.Equal((0, 5), ranges[22]);
        Assert.Equal((0, 4), ranges[23]);
        Assert.Equal(
            new (short, short)[] { (0, 5), (0, 4), (0, 5), (0, 2), (0, 6), (0, 0), (0, 0), (0, 2) },
            new short[] { 24, 25, 26, 27, 28, 61, 65, 66 }.Select(key => ranges[key]));
        Assert.Equal((0, 4), ranges[32]);
        Assert.Equal((0, 3), ranges[37]);
        Assert.Equal((0, 1), ranges[44]);
        Assert.Equal((0, 2), ranges[60]);
        foreach (short absent in (short[])[17, 21, 29, 30, 31, 33, 36, 68, 71, 72, 75, 78]) Assert.DoesNotContain(absent, ranges.Keys);
    }

    [Fact]
    public async Task AV_7_epochs_rise_with_every_transaction_and_old_clients_are_told_of_no_level_zero()
    {
        var request = new ApiVersionsRequest { ClientSoftwareName = "a", ClientSoftwareVersion = "1.0" };
        ApiVersionsResponse response = await Ask(request);
        Assert.Equal(("transaction.version", 0, 2), response.SupportedFeatures.Select(static f => (f.Name, (int)f.MinVersion, (int)f.MaxVersion)).Single());
        Assert.Equal(
            ("transaction.version", 2, 2), response.FinalizedFeatures.Select(static f => (f.Name, (int)f.MinVersionLevel, (int)f.MaxVersionLevel)).Single());
        Assert.Equal((0L, false), (response.FinalizedFeaturesEpoch, response.ZkMigrationReady));
        using WireClient wire = await _broker.Connect();
        ApiVersionsResponse old = await wire.Ask(request, 3);
        Assert.Empty(old.SupportedFeatures);
        Assert.Single(old.FinalizedFeatures);
    }

    [Theory]
    [InlineData("apache-kafka-java", "4.0.0", true)]
    [InlineData("x", "1", true)]
    [InlineData("", "1", false)]
    [InlineData("x", "", false)]
    [InlineData("-x", "1", false)]
    [InlineData("x.", "1", false)]
    [InlineData("x y", "1", false)]
    [InlineData("x\n", "1", false)]
    public async Task AV_3_names_and_versions_of_software(string name, string version, bool legal)
    {
        ApiVersionsResponse response = await Ask(new ApiVersionsRequest { ClientSoftwareName = name, ClientSoftwareVersion = version });
        Assert.Equal(legal ? ErrorCode.None : ErrorCode.InvalidRequest, response.ErrorCode);
        Assert.Equal(legal, response.ApiKeys.Count > 0);
    }

    [Fact]
    public async Task AV_3_old_versions_have_no_names_to_check()
    {
        using WireClient wire = await _broker.Connect();
        for (short version = 0; version < 3; version++) Assert.Equal(ErrorCode.None, (await wire.Ask(new ApiVersionsRequest(), version)).ErrorCode);
    }

    [Fact]
    public async Task AV_4_a_client_that_believes_to_be_elsewhere_is_told()
    {
        string id = (await _broker.Send(new MetadataRequest { Topics = [] })).ClusterId!;
        Assert.Equal(ErrorCode.None, await Where(id, 1));
        Assert.Equal(ErrorCode.RebootstrapRequired, await Where(id, 2));
        Assert.Equal(ErrorCode.RebootstrapRequired, await Where("another", 1));
        Assert.Equal(ErrorCode.InvalidRequest, await Where(id, -1));
        Assert.Equal(ErrorCode.InvalidRequest, await Where(null, 1));

        async Task<ErrorCode> Where(string? cluster, int node) => (await Ask(
            new ApiVersionsRequest { ClientSoftwareName = "a", ClientSoftwareVersion = "1", ClusterId = cluster, NodeId = node })).ErrorCode;
    }

    [Fact]
    public async Task Trap_24_AV_2_version_99_is_answered_in_version_0_with_error_35()
    {
        using WireClient wire = await _broker.Connect();
        await wire.Post([0, 0, 0, 10, 0, 18, 0, 99, 0, 0, 0, 42, 0xff, 0xff]);
        using RecordsLease frame = (await wire.ReadFrame())!;
        Assert.Equal(42, BinaryPrimitives.ReadInt32BigEndian(frame.Span));
        var reader = new KafkaReader(frame.Slice(4, frame.Length - 4));
        var response = new ApiVersionsResponse();
        response.Read(ref reader, 0);
        Assert.Equal(ErrorCode.UnsupportedVersion, response.ErrorCode);
        Assert.Contains(response.ApiKeys, k => (k.ApiKey, k.MinVersion, k.MaxVersion) == (18, 0, 5));
    }

    private ValueTask<ApiVersionsResponse> Ask(ApiVersionsRequest request) => _broker.Send(request);
}

using System.Globalization;
using Gateway.Common.Buffers;
using Gateway.Common.Errors;
using Gateway.Protocol.Frames;
using Gateway.Protocol.Messages;

namespace Gateway.Protocol.Tests.Messages;

/// <summary>Bytes worked out by hand from the protocol's rules, not by our own code.</summary>
public class GoldenVectorTests
{
    [Fact]
    public void ApiVersions_v0_request_is_a_header_v1_and_nothing_else() =>
        Request(new ApiVersionsRequest(), 0, "0012 0000 0000002A 0006 636C69656E74", "client");

    [Fact]
    public void ApiVersions_v3_request_has_header_v2_with_the_old_client_id_string() =>
        Request(
            new ApiVersionsRequest { ClientSoftwareName = "kc", ClientSoftwareVersion = "1" }, 3,
            "0012 0003 0000002A 0006 636C69656E74 00" + "03 6B63" + "02 31" + "00", "client");

    [Fact]
    public void ApiVersions_v0_response_lists_ranges_after_the_error() =>
        Response(
            new ApiVersionsResponse { ErrorCode = ErrorCode.UnsupportedVersion, ApiKeys = { new() { ApiKey = 18, MinVersion = 0, MaxVersion = 5 } } },
            ApiKey.ApiVersions, 0, "0000002A 0023 00000001 0012 0000 0005");

    [Fact]
    public void ApiVersions_v3_response_keeps_header_v0_and_puts_features_into_tags() => Response(
        new ApiVersionsResponse
        {
            ApiKeys = { new() { ApiKey = 0, MinVersion = 0, MaxVersion = 13 } },
            FinalizedFeaturesEpoch = 5,
            FinalizedFeatures = { new() { Name = "f", MaxVersionLevel = 2, MinVersionLevel = 1 } },
        },
        ApiKey.ApiVersions, 3,
        "0000002A" // no tag section in the header (AV-1)
        + "0000 02 0000 0000 000D 00" // error, one API, its tags
        + "00000000" // throttle
        + "02" // two tagged fields
        + "01 08 0000000000000005" // the epoch
        + "02 08 02 02 66 0002 0001 00"); // one feature

    [Fact]
    public void Metadata_v1_request_says_all_topics_by_a_null_list() =>
        Request(new MetadataRequest { Topics = null }, 1, "0003 0001 0000002A 0000 FFFFFFFF", "");

    [Fact]
    public void Metadata_v12_request_by_topic_id_has_a_null_name() => Request(
        new MetadataRequest
        {
            Topics = [new() { TopicId = Guid.Parse("00112233-4455-6677-8899-aabbccddeeff"), Name = null }],
            AllowAutoTopicCreation = false,
        },
        12,
        "0003 000C 0000002A FFFF 00" // a null client id
        + "02 00112233445566778899AABBCCDDEEFF 00 00" // one topic: id, null name, tags
        + "00 00 00"); // no auto-creation, no topic operations, tags

    [Fact]
    public void Metadata_v1_response_is_in_the_old_encoding() => Response(
        new MetadataResponse
        {
            Brokers = { new() { NodeId = 1, Host = "h", Port = 9092 } },
            ControllerId = 1,
            Topics =
            {
                new() { Name = "t", Partitions = { new() { PartitionIndex = 0, LeaderId = 1, ReplicaNodes = { 1 }, IsrNodes = { 1 } } } },
            },
        },
        ApiKey.Metadata, 1,
        "0000002A"
        + "00000001 00000001 0001 68 00002384 FFFF" // one broker without a rack
        + "00000001" // controller
        + "00000001 0000 0001 74 00" // one topic, not internal
        + "00000001 0000 00000000 00000001 00000001 00000001 00000001 00000001");

    [Fact]
    public void Produce_v3_request_carries_records_behind_an_int32_length()
    {
        Request(Produce("t", default), 3,
            "0000 0003 0000002A 0000" + "FFFF FFFF 000003E8" + "00000001 0001 74" + "00000001 00000002 00000003 AABBCC", "");
    }

    [Fact]
    public void Produce_v9_request_is_compact_all_the_way_down() => Request(
        Produce("t", default), 9,
        "0000 0009 0000002A 0000 00" + "00 FFFF 000003E8" + "02 02 74" + "02 00000002 04 AABBCC 00" + "00" + "00", "");

    [Fact]
    public void Produce_v13_request_names_the_topic_by_its_id() => Request(
        Produce("", Guid.Parse("00000000-0000-0000-0000-000000000007")), 13,
        "0000 000D 0000002A 0000 00" + "00 FFFF 000003E8" + "02 00000000000000000000000000000007" + "02 00000002 04 AABBCC 00"
        + "00" + "00", "");

    [Fact]
    public void Fetch_v4_response_has_no_top_level_error_and_old_lengths() => Response(
        Fetched(), ApiKey.Fetch, 4,
        "0000002A 00000000" + "00000001 0001 74 00000001"
        + "00000000 0000 000000000000000A 0000000000000009" // partition, error, high watermark, last stable offset
        + "FFFFFFFF" // no aborted transactions
        + "00000002 DDEE");

    [Fact]
    public void Fetch_v12_response_puts_the_current_leader_under_tag_1()
    {
        FetchResponse fetched = Fetched();
        fetched.Responses[0].Partitions[0].CurrentLeader = new() { LeaderId = 3, LeaderEpoch = 4 };
        Response(
            fetched, ApiKey.Fetch, 12,
            "0000002A 00" + "00000000 0000 00000000" + "02 02 74 02"
            + "00000000 0000 000000000000000A 0000000000000009 FFFFFFFFFFFFFFFF" // … log start offset
            + "00" // no aborted transactions
            + "FFFFFFFF" // preferred replica
            + "03 DDEE"
            + "01 01 09 00000003 00000004 00" // one tag: number 1, nine bytes, the leader with its own tags
            + "00 00");
    }

    private static ProduceRequest Produce(string topic, Guid id) => new()
    {
        Acks = -1,
        TimeoutMs = 1000,
        TopicData =
        {
            new()
            {
                Name = topic, TopicId = id,
                PartitionData = { new() { Index = 2, Records = RecordsLease.Wrap(new byte[] { 0xAA, 0xBB, 0xCC }) } },
            },
        },
    };

    private static FetchResponse Fetched() => new()
    {
        Responses =
        {
            new()
            {
                Topic = "t",
                Partitions =
                {
                    new()
                    {
                        HighWatermark = 10, LastStableOffset = 9, AbortedTransactions = null,
                        Records = RecordsLease.Wrap(new byte[] { 0xDD, 0xEE }),
                    },
                },
            },
        },
    };

    private static void Request(IRequest request, short version, string hex, string? clientId = null)
    {
        using var frame = RequestFrame.Encode(request, version, 42, clientId);
        Assert.Equal(Hex(hex), Convert.ToHexString(frame.ToArray()));
        var (header, body) = RequestFrame.Decode(RecordsLease.Wrap(frame.ToArray().AsMemory(4)));
        Assert.Equal(clientId, header.ClientId);
        using var again = RequestFrame.Encode(body, version, 42, clientId);
        Assert.Equal(Hex(hex), Convert.ToHexString(again.ToArray()));
    }

    private static void Response(IResponse response, ApiKey key, short version, string hex)
    {
        using var frame = ResponseFrame.Encode(response, version, 42);
        Assert.Equal(Hex(hex), Convert.ToHexString(frame.ToArray()));
        IRequest request = MessageInfo.Of(key).NewRequest();
        IResponse body = ResponseFrame.Decode(RecordsLease.Wrap(frame.ToArray().AsMemory(4)), request, version, 42);
        using var again = ResponseFrame.Encode(body, version, 42);
        Assert.Equal(Hex(hex), Convert.ToHexString(again.ToArray()));
    }

    /// <summary>The bytes by hand, with their number in front as the frame's size.</summary>
    private static string Hex(string text)
    {
        string bytes = text.Replace(" ", "", StringComparison.Ordinal);
        return (bytes.Length / 2).ToString("X8", CultureInfo.InvariantCulture) + bytes;
    }
}

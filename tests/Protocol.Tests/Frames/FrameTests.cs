using Gateway.Common.Buffers;
using Gateway.Protocol.Frames;
using Gateway.Protocol.Messages;
using Gateway.Protocol.Wire;

namespace Gateway.Protocol.Tests.Frames;

public class FrameTests
{
    [Fact]
    public void The_header_of_an_unknown_api_or_version_still_gives_the_correlation_id_AV_2()
    {
        var unknownVersion = new KafkaReader(Convert.FromHexString("0012 0063 FFFFFFF0 FFFF 00FF".Replace(" ", "", StringComparison.Ordinal)));
        RequestHeader header = RequestFrame.ReadHeader(ref unknownVersion);
        Assert.Equal(new RequestHeader(ApiKey.ApiVersions, 99, -16, null), header);
        var unknownApi = new KafkaReader(Convert.FromHexString("7FFF0000000000050000"));
        Assert.Equal(new RequestHeader((ApiKey)0x7FFF, 0, 5, ""), RequestFrame.ReadHeader(ref unknownApi));
    }

    [Theory]
    [InlineData("7FFF 0000 00000005 0000", ProtocolFault.UnknownApiKey)]
    [InlineData("0003 000E 00000005 0000", ProtocolFault.UnsupportedVersion)]
    [InlineData("FFFF 0000 00000005 0000", ProtocolFault.UnknownApiKey)]
    [InlineData("0000 0002 00000005 0000", ProtocolFault.UnsupportedVersion)]
    [InlineData("0012 0000 00000005 0000 00", ProtocolFault.TrailingBytes)]
    [InlineData("0012 0000 00000005", ProtocolFault.Truncated)]
    public void A_request_that_cannot_be_decoded_says_why_CON_2(string hex, ProtocolFault fault)
    {
        byte[] frame = Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));
        Assert.Equal(fault, Assert.Throws<ProtocolException>(() => RequestFrame.Decode(RecordsLease.Wrap(frame))).Fault);
    }

    [Theory]
    [InlineData(ApiKey.ApiVersions, 0, 1, 0)]
    [InlineData(ApiKey.ApiVersions, 3, 2, 0)]
    [InlineData(ApiKey.ApiVersions, 5, 2, 0)]
    [InlineData(ApiKey.Metadata, 8, 1, 0)]
    [InlineData(ApiKey.Metadata, 9, 2, 1)]
    [InlineData(ApiKey.DescribeCluster, 0, 2, 1)]
    [InlineData(ApiKey.InitProducerId, 1, 1, 0)]
    [InlineData(ApiKey.InitProducerId, 2, 2, 1)]
    public void Flexible_versions_have_the_newer_headers_but_an_ApiVersions_answer_never_AV_1(ApiKey key, short version, short request, short response)
    {
        Assert.Equal(request, MessageInfo.Of(key).RequestHeaderVersion(version));
        Assert.Equal(response, MessageInfo.Of(key).ResponseHeaderVersion(version));
    }

    [Fact]
    public void An_answer_to_another_request_is_refused()
    {
        using OutgoingFrame frame = ResponseFrame.Encode(new HeartbeatResponse(), 4, 42);
        RecordsLease received = RecordsLease.Wrap(frame.ToArray().AsMemory(4));
        Assert.Equal(42, ResponseFrame.PeekCorrelationId(received.Span));
        Assert.Equal(
            ProtocolFault.CorrelationMismatch,
            Assert.Throws<ProtocolException>(() => ResponseFrame.Decode(received, new HeartbeatRequest(), 4, 41)).Fault);
    }

#if DEBUG
    [Fact]
    public void Records_of_a_request_that_turns_out_undecodable_are_let_go()
    {
        var request = new ProduceRequest { TopicData = { new() { Name = "t", PartitionData = { new() { Records = RecordsLease.Copy([1, 2, 3]) } } } } };
        using OutgoingFrame sent = RequestFrame.Encode(request, 9, 1, null);
        RecordsLease frame = RecordsLease.Copy([.. sent.ToArray().AsSpan(4), 0]);
        ReadOnlyMemory<byte> memory = frame.Memory;
        Assert.Throws<ProtocolException>(() => RequestFrame.Decode(frame));
        frame.Dispose();
        Assert.Equal(0xDB, memory.Span[0]); // nothing else held a lease
    }

    [Fact]
    public void Records_of_a_decoded_request_outlive_the_frame_and_go_when_released()
    {
        var request = new ProduceRequest { TopicData = { new() { Name = "t", PartitionData = { new() { Records = RecordsLease.Copy([1, 2, 3]) } } } } };
        using OutgoingFrame sent = RequestFrame.Encode(request, 9, 1, null);
        RecordsLease frame = RecordsLease.Copy(sent.ToArray().AsSpan(4));
        ReadOnlyMemory<byte> memory = frame.Memory;
        var decoded = (ProduceRequest)RequestFrame.Decode(frame).Body;
        frame.Dispose();
        Assert.Equal(new byte[] { 1, 2, 3 }, decoded.TopicData[0].PartitionData[0].Records!.Span.ToArray());
        decoded.ReleaseRecords();
        Assert.Equal(0xDB, memory.Span[0]);
    }
#endif
}

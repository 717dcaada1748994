using Gateway.Common.Buffers;
using Gateway.Protocol.Frames;

namespace Gateway.Protocol.Tests.Frames;

public class RoundTripOfDefaultsTests
{
    [Fact]
    public void Every_request_and_response_at_its_defaults_survives_its_frame_in_every_version()
    {
        int versions = 0;
        foreach (MessageInfo info in MessageInfo.Known)
        {
            for (short version = info.LowestVersion; version <= info.HighestVersion; version++, versions++)
            {
                using var sent = RequestFrame.Encode(info.NewRequest(), version, 7, "client");
                var (header, request) = RequestFrame.Decode(RecordsLease.Wrap(sent.ToArray().AsMemory(4)));
                Assert.Equal(new RequestHeader(info.ApiKey, version, 7, "client"), header);
                using var answered = ResponseFrame.Encode(info.NewResponse(), version, 7);
                IResponse response = ResponseFrame.Decode(RecordsLease.Wrap(answered.ToArray().AsMemory(4)), request, version, 7);
                Assert.Equal(info.ApiKey, response.ApiKey);
            }
        }
        Assert.Equal(33, MessageInfo.Known.Count());
        Assert.True(versions > 100);
    }
}

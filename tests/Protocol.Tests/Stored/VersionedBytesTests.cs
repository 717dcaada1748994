using Gateway.Protocol.Messages;
using Gateway.Protocol.Stored;
using Gateway.Protocol.Wire;

namespace Gateway.Protocol.Tests.Stored;

/// <summary>Records of __consumer_offsets and the consumer protocol's blobs, by bytes worked out by hand.</summary>
public class VersionedBytesTests
{
    [Fact]
    public void The_key_of_an_offset_is_its_type_1_then_group_topic_partition()
    {
        byte[] key = VersionedBytes.Write(1, new OffsetCommitKey { Group = "g", Topic = "t", Partition = 7 }, 0);
        Assert.Equal("0001" + "000167" + "000174" + "00000007", Convert.ToHexString(key));
        Assert.Equal(1, VersionedBytes.Prefix(key));
        Assert.Equal(7, VersionedBytes.ReadKey<OffsetCommitKey>(key).Partition);
    }

    [Fact]
    public void An_offset_in_version_3_has_the_leader_epoch_and_no_expiry()
    {
        byte[] value = VersionedBytes.Write(new OffsetCommitValue { Offset = 5, LeaderEpoch = 2, Metadata = "m", CommitTimestamp = 9, ExpireTimestamp = 1 }, 3);
        Assert.Equal("0003" + "0000000000000005" + "00000002" + "00016D" + "0000000000000009", Convert.ToHexString(value));
        OffsetCommitValue read = VersionedBytes.Read<OffsetCommitValue>(value);
        Assert.Equal((5, 2, "m", 9, -1), (read.Offset, read.LeaderEpoch, read.Metadata, read.CommitTimestamp, read.ExpireTimestamp));
    }

    [Fact]
    public void A_group_in_version_3_holds_its_members()
    {
        var group = new GroupMetadataValue
        {
            ProtocolType = "consumer",
            Generation = 4,
            Protocol = "range",
            Leader = "m",
            CurrentStateTimestamp = 1,
            Members = { new() { MemberId = "m", ClientId = "c", ClientHost = "h", RebalanceTimeout = 3, SessionTimeout = 2, Subscription = [1], Assignment = [] } },
        };
        byte[] value = VersionedBytes.Write(group, 3);
        Assert.Equal(
            "0003" + "0008636F6E73756D6572" + "00000004" + "000572616E6765" + "00016D" + "0000000000000001" + "00000001"
            + "00016D" + "FFFF" + "000163" + "000168" + "00000003" + "00000002" + "0000000101" + "00000000",
            Convert.ToHexString(value));
        Assert.Null(VersionedBytes.Read<GroupMetadataValue>(value).Members[0].GroupInstanceId);
    }

    [Fact]
    public void A_stored_record_of_a_newer_version_is_refused_rather_than_half_read() => Assert.Equal(
        ProtocolFault.UnsupportedVersion,
        Assert.Throws<ProtocolException>(() => VersionedBytes.Read<OffsetCommitValue>(Convert.FromHexString("0005"))).Fault);

    [Fact]
    public void A_subscription_of_a_newer_version_is_read_as_the_newest_known()
    {
        byte[] blob = Convert.FromHexString("0009" + "00000001000174" + "FFFFFFFF" + "00000000" + "00000003" + "000172" + "DEADBEEF");
        ConsumerProtocolSubscription read = VersionedBytes.ReadBlob<ConsumerProtocolSubscription>(blob, highest: 3);
        Assert.Equal(["t"], read.Topics);
        Assert.Equal((3, "r"), (read.GenerationId, read.RackId));
    }
}

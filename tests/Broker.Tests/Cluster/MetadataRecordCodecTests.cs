using Gateway.Broker.Cluster;

namespace Gateway.Broker.Tests.Cluster;

public sealed class MetadataRecordCodecTests
{
    /// <summary>These bytes are on disks: a change here is a new version, not a new expectation.</summary>
    public static TheoryData<MetadataRecord, string> Golden => new()
    {
        {
            new TopicCreated(Guid.Parse("00112233-4455-6677-8899-aabbccddeeff"), "ab", 3, 1, new Dictionary<string, string> { ["k"] = "v" }),
            "0001" + "0000" + "00112233445566778899aabbccddeeff" + "000000026162" + "00000003" + "0001" + "00000001" + "000000016b" + "0000000176"
        },
        { new TopicDeleted(Guid.Parse("00112233-4455-6677-8899-aabbccddeeff")), "0002" + "0000" + "00112233445566778899aabbccddeeff" },
        {
            new TopicConfigChanged(Guid.Parse("00112233-4455-6677-8899-aabbccddeeff"), new Dictionary<string, string?> { ["k"] = null }),
            "0003" + "0000" + "00112233445566778899aabbccddeeff" + "00000001" + "000000016b" + "ffffffff"
        },
        { new BrokerConfigChanged(null, new Dictionary<string, string?> { ["k"] = "" }), "0004" + "0000" + "ffffffff" + "00000001" + "000000016b" + "00000000" },
        { new BrokerConfigChanged(1, new Dictionary<string, string?>()), "0004" + "0000" + "00000001" + "00000000" },
        { new ProducerIdBlockTaken(1000), "0005" + "0000" + "00000000000003e8" },
        { new EpochRaised(2), "0006" + "0000" + "00000002" },
        { new TopicGrown(Guid.Parse("00112233-4455-6677-8899-aabbccddeeff"), 5), "0007" + "0000" + "00112233445566778899aabbccddeeff" + "00000005" },
    };

    [Theory]
    [MemberData(nameof(Golden))]
    public void The_layout_on_disk(MetadataRecord record, string hex)
    {
        Assert.Equal(hex, Convert.ToHexStringLower(MetadataRecordCodec.Write(record)));
        Assert.Equal(hex, Convert.ToHexStringLower(MetadataRecordCodec.Write(MetadataRecordCodec.Read(Convert.FromHexString(hex)))));
    }

    [Theory]
    [InlineData("")]
    [InlineData("0001")]
    [InlineData("00010001")] // a newer version
    [InlineData("00630000")] // an unknown kind
    [InlineData("000600000000")] // cut short
    [InlineData("00060000000000020000")] // bytes left over
    [InlineData("00030000001122334455667788" + "99aabbccddeeff0000000010")] // counts more configs than bytes
    public void What_cannot_be_read_is_refused_not_guessed(string hex) =>
        Assert.Throws<MetadataFormatException>(() => MetadataRecordCodec.Read(Convert.FromHexString(hex)));

    [Theory]
    [MemberData(nameof(Golden))]
    public void No_truncation_of_a_record_is_read_as_one(MetadataRecord record, string hex)
    {
        Assert.NotNull(record);
        byte[] bytes = Convert.FromHexString(hex);
        for (int length = 0; length < bytes.Length; length++)
        {
            byte[] cut = bytes[..length];
            Assert.Throws<MetadataFormatException>(() => MetadataRecordCodec.Read(cut));
        }
    }
}

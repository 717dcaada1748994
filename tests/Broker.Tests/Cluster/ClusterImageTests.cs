using Gateway.Broker.Cluster;
using static Gateway.Broker.Tests.Cluster.Images;

namespace Gateway.Broker.Tests.Cluster;

public sealed class ClusterImageTests
{
    [Fact]
    public void MD_6_leader_epochs_count_from_the_topics_creation_and_rise_with_every_unclean_start()
    {
        ClusterImage image = Empty().Apply(new EpochRaised(1));
        image = image.Apply(new TopicCreated(Id(1), "a", 1, 1, new Dictionary<string, string>()));
        Assert.Equal(0, image.LeaderEpochOf(image.Topics[Id(1)]));
        image = image.Apply(new EpochRaised(2)).Apply(new TopicCreated(Id(2), "b", 1, 1, new Dictionary<string, string>()));
        Assert.Equal(1, image.LeaderEpochOf(image.Topics[Id(1)]));
        Assert.Equal(0, image.LeaderEpochOf(image.Topics[Id(2)]));
    }

    [Fact]
    public void A_re_created_name_is_another_topic()
    {
        ClusterImage image = With("a").Apply(new TopicDeleted(Id(1))).Apply(new TopicCreated(Id(2), "a", 1, 1, new Dictionary<string, string>()));
        Assert.Equal(Id(2), image.TopicsByName["a"].Id);
        Assert.False(image.TryGetTopic(Id(1), out _));
    }

    [Fact]
    public void An_image_never_changes()
    {
        ClusterImage before = With("a");
        _ = before.Apply(new TopicDeleted(Id(1))).Apply(new ProducerIdBlockTaken(9));
        Assert.True(before.TryGetTopic("a", out _));
        Assert.Equal(0, before.NextProducerId);
    }

    [Theory]
    [InlineData("__consumer_offsets", true)]
    [InlineData("__transaction_state", true)]
    [InlineData("__share_group_state", true)]
    [InlineData("__gateway_http_consumers", true)]
    [InlineData("_schemas", false)]
    [InlineData("orders", false)]
    public void MD_8_internal_topics(string name, bool isInternal) => Assert.Equal(isInternal, With(name).TopicsByName[name].IsInternal);
}

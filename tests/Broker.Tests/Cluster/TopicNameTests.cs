using Gateway.Broker.Cluster;

namespace Gateway.Broker.Tests.Cluster;

public sealed class TopicNameTests
{
    [Theory]
    [InlineData("a")]
    [InlineData("...")]
    [InlineData("Orders_2026-11.eu")]
    [InlineData("__consumer_offsets")]
    public void MD_4_legal_names(string name) => Assert.Null(TopicName.Problem(name));

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("a b")]
    [InlineData("a/b")]
    [InlineData("é")]
    [InlineData("a\0")]
    [InlineData("__gateway_metadata")]
    public void MD_4_illegal_names(string name) => Assert.NotNull(TopicName.Problem(name));

    [Fact]
    public void MD_4_a_name_has_at_most_249_characters()
    {
        Assert.Null(TopicName.Problem(new string('a', 249)));
        Assert.NotNull(TopicName.Problem(new string('a', 250)));
    }
}

using Gateway.Client.Consuming.Assignors;
using Gateway.Common.Ids;

namespace Gateway.Client.Tests.Consuming;

public sealed class AssignorTests
{
    private static readonly IReadOnlyList<string> Both = ["t0", "t1"];

    [Fact]
    public void Range_gives_neighbouring_partitions_of_each_topic()
    {
        var shares = new RangeAssignor().Assign(
            new Dictionary<string, IReadOnlyList<string>> { ["b"] = Both, ["a"] = Both },
            new Dictionary<string, int> { ["t0"] = 3, ["t1"] = 3 });
        Assert.Equal(["t0-0", "t0-1", "t1-0", "t1-1"], Text(shares["a"]));
        Assert.Equal(["t0-2", "t1-2"], Text(shares["b"]));
    }

    [Fact]
    public void Round_robin_deals_all_partitions_out_in_turn()
    {
        var shares = new RoundRobinAssignor().Assign(
            new Dictionary<string, IReadOnlyList<string>> { ["b"] = Both, ["a"] = Both },
            new Dictionary<string, int> { ["t0"] = 3, ["t1"] = 3 });
        Assert.Equal(["t0-0", "t0-2", "t1-1"], Text(shares["a"]));
        Assert.Equal(["t0-1", "t1-0", "t1-2"], Text(shares["b"]));
    }

    [Fact]
    public void Members_get_only_what_they_subscribe_to_and_each_partition_has_one_reader()
    {
        var members = new Dictionary<string, IReadOnlyList<string>> { ["a"] = ["t0"], ["b"] = Both, ["c"] = ["t1"], ["d"] = [] };
        var topics = new Dictionary<string, int> { ["t0"] = 5, ["t1"] = 2, ["gone"] = 0 };
        foreach (IAssignor assignor in new IAssignor[] { new RangeAssignor(), new RoundRobinAssignor() })
        {
            IReadOnlyDictionary<string, IReadOnlyList<TopicPartition>> shares = assignor.Assign(members, topics);
            Assert.Equal(members.Keys.Order(), shares.Keys.Order());
            Assert.All(shares, share => Assert.All(share.Value, partition => Assert.Contains(partition.Topic, members[share.Key])));
            List<TopicPartition> all = [.. shares.Values.SelectMany(share => share)];
            Assert.Equal(7, all.Count);
            Assert.Equal(7, all.Distinct().Count());
        }
    }

    private static IEnumerable<string> Text(IEnumerable<TopicPartition> partitions) => partitions.Select(partition => partition.ToString());
}

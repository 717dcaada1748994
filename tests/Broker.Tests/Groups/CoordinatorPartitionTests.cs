using Gateway.Broker.Coordinators;

namespace Gateway.Broker.Tests.Groups;

public class CoordinatorPartitionTests
{
    [Theory]
    [InlineData("", 0)]
    [InlineData("a", 47)] // 97 mod 50
    [InlineData("ab", 5)] // 97·31 + 98 = 3105
    [InlineData("hello", 22)] // 99162322
    [InlineData("polygenelubricants", 0)] // the smallest int, whose absolute value Kafka takes for 0
    public void A_group_lives_where_Javas_string_hash_puts_it(string group, int partition) =>
        Assert.Equal(partition, CoordinatorPartition.Of(group, 50));
}

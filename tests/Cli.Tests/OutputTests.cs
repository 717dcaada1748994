using Gateway.Cli.Output;
using Gateway.Common.Errors;

namespace Gateway.Cli.Tests;

public sealed class OutputTests
{
    [Fact]
    public void A_table_is_aligned_and_never_wraps()
    {
        var table = new TextTable("NAME", "PARTITIONS", "REPLICAS");
        table.Add("orders", "3", "1");
        table.Add(new string('x', 200), "", null);
        var output = new StringWriter { NewLine = "\n" };
        table.WriteTo(output);
        string padding = new(' ', 196);
        Assert.Equal($"NAME{padding}  PARTITIONS  REPLICAS\norders{padding[2..]}  3           1\n{new string('x', 200)}  -           -\n", output.ToString());
    }

    [Theory]
    [InlineData(ErrorCode.None, "OK")]
    [InlineData(ErrorCode.UnknownTopicOrPartition, "UNKNOWN_TOPIC_OR_PARTITION")]
    [InlineData((ErrorCode)9999, "ERROR_9999")]
    public void Error_codes_have_kafkas_names(ErrorCode code, string name) => Assert.Equal(name, KafkaErrorName.Of(code));
}

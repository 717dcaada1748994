using System.Text;
using Gateway.Common.Json;

namespace Gateway.Common.Tests.Json;

public sealed class JsonDepthTests
{
    [Theory]
    [InlineData("1", 1, false)]
    [InlineData("[]", 1, false)]
    [InlineData("{}", 1, false)]
    [InlineData("[[]]", 1, true)]
    [InlineData("""{"a":[]}""", 1, true)]
    [InlineData("""{"a":[1,{"b":2}]}""", 3, false)]
    [InlineData("""{"a":[1,{"b":2}]}""", 2, true)]
    [InlineData("[[],[],[]]", 2, false)]
    // What is wrong otherwise counts when it comes first.
    [InlineData("[x,[[", 2, false)]
    [InlineData("[[[x", 2, true)]
    [InlineData("[[", 2, false)]
    [InlineData("", 2, false)]
    public void Only_depth_counts_and_only_what_comes_before_other_faults(string json, int levels, bool exceeds) =>
        Assert.Equal(exceeds, JsonDepth.Exceeds(Encoding.UTF8.GetBytes(json), levels));

    [Fact]
    public void A_million_levels_need_no_stack() => Assert.True(JsonDepth.Exceeds(Encoding.UTF8.GetBytes(new string('[', 1_000_000)), 999_999));
}

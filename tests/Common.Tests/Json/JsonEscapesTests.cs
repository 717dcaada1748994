using System.Text;
using Gateway.Common.Json;

namespace Gateway.Common.Tests.Json;

public sealed class JsonEscapesTests
{
    [Theory]
    [InlineData("""{"a":"plain"}""", false)]
    [InlineData("""["\ud83d\ude00"]""", false)]
    [InlineData("""["\u00e9\n\\ud800"]""", false)]
    [InlineData("""["\uD800"]""", true)]
    [InlineData("""["\udc00"]""", true)]
    [InlineData("""["\ud83dx\ude00"]""", true)]
    [InlineData("""["\ud83d\n\ude00"]""", true)]
    [InlineData("""["\ud83d\ud83d\ude00"]""", true)]
    [InlineData("""["\ud83d","\ude00"]""", true)]
    [InlineData("", false)]
    public void Half_a_pair_is_found_wherever_it_is(string json, bool lone) =>
        Assert.Equal(lone, JsonEscapes.HasLoneSurrogate(Encoding.UTF8.GetBytes(json)));
}

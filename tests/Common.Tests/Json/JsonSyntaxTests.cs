using System.Text;
using System.Text.Json;
using Gateway.Common.Json;

namespace Gateway.Common.Tests.Json;

/// <summary>Faults of JSON's syntax are told in our words, at their place.</summary>
public class JsonSyntaxTests
{
    [Theory]
    [InlineData("", "there is no text (line 1, column 1)")]
    [InlineData("{", "the text ends in the middle of a value (line 1, column 2)")]
    [InlineData("[1,\n  x]", "'x' cannot stand here (line 2, column 3)")]
    [InlineData("[1] 2", "'2' cannot stand here (line 1, column 5)")]
    [InlineData("[é]", "'é' cannot stand here (line 1, column 2)")]
    [InlineData("[\u0001]", "the byte 0x01 cannot stand here (line 1, column 2)")]
    public void The_character_is_named_with_its_place(string text, string words)
    {
        byte[] json = Encoding.UTF8.GetBytes(text);
        var fault = Assert.ThrowsAny<JsonException>(() => JsonDocument.Parse(json));
        Assert.Equal(words, JsonSyntax.DescribeWithPlace(fault, json));
    }
}

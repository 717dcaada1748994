namespace Gateway.Schemas.Tests;

/// <summary>The framing of each language's differences, which tools take apart.</summary>
public class DifferenceTests
{
    [Theory]
    [InlineData(SchemaTypes.Avro, "{errorType:'T', description:'D', additionalInfo:'I'}")]
    [InlineData(SchemaTypes.Protobuf, "{errorType:\"T\", description:\"D\"}")]
    [InlineData(SchemaTypes.Json, "{errorType:\"T\", description:\"D\"'}")]
    public void Each_language_has_its_framing(string schemaType, string expected) =>
        Assert.Equal(expected, new SchemaDifference("T", "#/p", "D", "I", schemaType).ToString());
}

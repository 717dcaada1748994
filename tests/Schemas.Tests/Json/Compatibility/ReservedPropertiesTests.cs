using Gateway.Schemas.Json.Compatibility;

namespace Gateway.Schemas.Tests.Json.Compatibility;

/// <summary>The rows "reserved" of the table: names kept from use by metadata.</summary>
public class ReservedPropertiesTests
{
    private static IEnumerable<string> Check(string? original, string? update, string schema)
    {
        var parsed = SchemaLanguages.All.Parse(SchemaTypes.Json, schema, [], SchemaParseOptions.New).Schema!;
        return ReservedProperties.Check(ReservedProperties.Parse(original), ReservedProperties.Parse(update), parsed).Select(Compared.Told);
    }

    [Fact]
    public void Names_stay_reserved()
    {
        Assert.Empty(Check("a, b", "b,c ,a,,", "{}"));
        Assert.Equal(["RESERVED_PROPERTY_REMOVED a", "RESERVED_PROPERTY_REMOVED c"], Check("c,b,a", "b", "{}"));
        Assert.Empty(Check(null, "a", "{}"));
        Assert.Equal(["RESERVED_PROPERTY_REMOVED a"], Check("a", null, "{}"));
    }

    [Fact]
    public void No_property_takes_a_reserved_name()
    {
        const string schema = """{"properties":{"a":true,"b":{"properties":{"c":true}},"c":true}}""";
        Assert.Equal(["RESERVED_PROPERTY_CONFLICTS_WITH_PROPERTY #/properties/c"], Check("c", "c,d", schema));
        Assert.Empty(Check("d", "d", schema));
        Assert.Equal(
            ["RESERVED_PROPERTY_REMOVED x", "RESERVED_PROPERTY_CONFLICTS_WITH_PROPERTY #/properties/a", "RESERVED_PROPERTY_CONFLICTS_WITH_PROPERTY #/properties/b"],
            Check("x", "b,a", schema));
    }
}

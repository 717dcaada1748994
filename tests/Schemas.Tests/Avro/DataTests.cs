namespace Gateway.Schemas.Tests.Avro;

/// <summary>Binary vectors worked out by hand from the specification, both ways.</summary>
public class DataTests
{
    [Theory]
    [InlineData("\"null\"", "null", "")]
    [InlineData("\"boolean\"", "true", "01")]
    [InlineData("\"int\"", "0", "00")]
    [InlineData("\"int\"", "-1", "01")]
    [InlineData("\"int\"", "1", "02")]
    [InlineData("\"int\"", "-64", "7f")]
    [InlineData("\"int\"", "64", "8001")]
    [InlineData("\"int\"", "2147483647", "feffffff0f")]
    [InlineData("\"int\"", "-2147483648", "ffffffff0f")]
    [InlineData("\"long\"", "9223372036854775807", "feffffffffffffffff01")]
    [InlineData("\"long\"", "-9223372036854775808", "ffffffffffffffffff01")]
    [InlineData("\"float\"", "1.5", "0000c03f")]
    [InlineData("\"float\"", "\"NaN\"", "0000c0ff")]
    [InlineData("\"float\"", "-0.0", "00000080")]
    [InlineData("\"double\"", "-0.0", "0000000000000080")]
    [InlineData("\"double\"", "1.5", "000000000000f83f")]
    [InlineData("\"double\"", "\"-Infinity\"", "000000000000f0ff")]
    [InlineData("\"string\"", "\"foo\"", "06666f6f")]
    [InlineData("\"string\"", "\"é\"", "04c3a9")]
    [InlineData("\"bytes\"", "\"\\u0000ÿ\"", "0400ff")]
    [InlineData("""{"type":"fixed","name":"F","size":2}""", "\"\\u0001\\u0002\"", "0102")]
    [InlineData("""{"type":"enum","name":"E","symbols":["A","B","C"]}""", "\"C\"", "04")]
    [InlineData("""{"type":"array","items":"long"}""", "[3,27]", "04063600")]
    [InlineData("""{"type":"array","items":"long"}""", "[]", "00")]
    [InlineData("""{"type":"map","values":"long"}""", """{"a":1}""", "0202610200")]
    [InlineData("""["null","string"]""", "null", "00")]
    [InlineData("""["null","string"]""", """{"string":"a"}""", "020261")]
    [InlineData("""["int",{"type":"record","name":"n.R","fields":[{"name":"x","type":"int"}]}]""", """{"n.R":{"x":1}}""", "0202")]
    [InlineData("""["null",{"type":"map","values":"int"}]""", """{"map":{"k":1}}""", "0202026b0200")]
    [InlineData("""{"type":"record","name":"test","fields":[{"name":"a","type":"long"},{"name":"b","type":"string"}]}""", """{"a":27,"b":"foo"}""", "3606666f6f")]
    public void Values_are_the_bytes_the_specification_says(string schema, string json, string hex)
    {
        var parsed = Parsed.Schema(schema);
        Assert.Equal(hex, Convert.ToHexStringLower(parsed.Encode(json)));
        Assert.Equal(json, parsed.Decode(Convert.FromHexString(hex)));
    }

    [Theory]
    [InlineData("""["null","string"]""", "\"a\"", "020261")]
    [InlineData("""["null","string"]""", """{"string":"a"}""", "020261")]
    [InlineData("""["null","long","double"]""", "5", "020a")]
    [InlineData("""["null","long","double"]""", "5.5", "040000000000001640")]
    [InlineData("""["float","long"]""", "16777217", "0282808010")]
    [InlineData("""["float","double"]""", "0.1", "029a9999999999b93f")]
    [InlineData("""["null","int","long"]""", "5000000000", "0480c8afa025")]
    [InlineData("""["null",{"type":"array","items":["null","int"]}]""", "[1,null]", "020402020000")]
    public void Plain_unions_take_the_first_branch_that_fits(string schema, string json, string hex) =>
        Assert.Equal(hex, Convert.ToHexStringLower(Parsed.Schema(schema).Encode(json, JsonForm.Plain)));

    [Theory]
    [InlineData("""["null","string",{"type":"map","values":"string"}]""", """{"string":"x"}""", "020278")]
    [InlineData("""["null",{"type":"map","values":{"type":"map","values":"string"}}]""", """{"map":{}}""", "0200")]
    [InlineData("""[{"type":"map","values":"string"},"string"]""", """{"string":"x"}""", "020278")]
    [InlineData("""["null",{"type":"map","values":"string"}]""", """{"map":"x"}""", "0202066d6170027800")]
    public void A_tag_that_holds_its_branchs_value_is_a_tag_in_plain_JSON_too(string schema, string json, string hex) =>
        Assert.Equal(hex, Convert.ToHexStringLower(Parsed.Schema(schema).Encode(json, JsonForm.Plain)));

    [Fact]
    public void Plain_unions_are_written_bare() => Assert.Equal("\"a\"", Parsed.Schema("""["null","string"]""").Decode([2, 2, 0x61], JsonForm.Plain));

    [Fact]
    public void Plain_records_take_their_defaults()
    {
        var schema = Parsed.Schema("""{"type":"record","name":"R","fields":[{"name":"a","type":"int"},{"name":"b","type":["null","string"],"default":null},{"name":"c","type":["null","int"],"default":7}]}""");
        Assert.Equal("""{"a":1,"b":null,"c":{"int":7}}""", schema.Decode(schema.Encode("""{"a":1}""", JsonForm.Plain)));
        Assert.Equal("The field b of R is missing, at /b", Assert.Throws<SchemaDataException>(() => schema.Encode("""{"a":1}""")).Message);
    }

    [Theory]
    [InlineData("\"int\"", "1.5")]
    [InlineData("\"int\"", "2147483648")]
    [InlineData("\"int\"", "\"1\"")]
    [InlineData("\"long\"", "9223372036854775808")]
    [InlineData("\"boolean\"", "0")]
    [InlineData("\"string\"", "null")]
    [InlineData("\"string\"", "\"\\ud800\"")]
    [InlineData("\"bytes\"", "\"\\u0100\"")]
    [InlineData("""{"type":"fixed","name":"F","size":2}""", "\"a\"")]
    [InlineData("""{"type":"enum","name":"E","symbols":["A"]}""", "\"B\"")]
    [InlineData("""{"type":"array","items":"int"}""", "{}")]
    [InlineData("""{"type":"map","values":"int"}""", "[]")]
    [InlineData("""["null","string"]""", "\"bare\"")]
    [InlineData("""["null","string"]""", """{"string":"a","x":1}""")]
    [InlineData("""["null","string"]""", """{"int":1}""")]
    [InlineData("""["null","string"]""", """{"null":null}""")]
    [InlineData("""{"type":"record","name":"R","fields":[{"name":"a","type":"int"}]}""", """{"a":1,"b":2}""")]
    [InlineData("""{"type":"record","name":"R","fields":[{"name":"a","type":"int"}]}""", "[1]")]
    public void Json_that_does_not_fit_is_refused(string schema, string json) =>
        Assert.Throws<SchemaDataException>(() => Parsed.Schema(schema).Encode(json));

    [Fact]
    public void The_fault_is_told_with_its_place() => Assert.Equal(
        "\"x\" is not int, at /a/1/b",
        Assert.Throws<SchemaDataException>(() => Parsed.Schema("""{"type":"record","name":"R","fields":[{"name":"a","type":{"type":"array","items":{"type":"map","values":"int"}}}]}""")
            .Encode("""{"a":[{},{"b":"x"}]}""")).Message);

    [Theory]
    [InlineData("\"int\"", "")]
    [InlineData("\"int\"", "80")]
    [InlineData("\"int\"", "feffffffffffffffff01")]
    [InlineData("\"int\"", "0000")]
    [InlineData("\"long\"", "ffffffffffffffffff02")]
    [InlineData("\"long\"", "ffffffffffffffffffffff01")]
    [InlineData("\"boolean\"", "02")]
    [InlineData("\"float\"", "000000")]
    [InlineData("\"string\"", "0861")]
    [InlineData("\"string\"", "01")]
    [InlineData("\"string\"", "02ff")]
    [InlineData("\"string\"", "feffffffffffffffff01")]
    [InlineData("""{"type":"enum","name":"E","symbols":["A"]}""", "02")]
    [InlineData("""["null","int"]""", "04")]
    [InlineData("""["null","int"]""", "01")]
    [InlineData("""{"type":"array","items":"int"}""", "0402")]
    [InlineData("""{"type":"array","items":"int"}""", "ffffffffffffffffff01")]
    [InlineData("""{"type":"array","items":"int"}""", "01fe01")]
    public void Bytes_that_are_not_data_of_the_schema_are_refused(string schema, string hex) =>
        Assert.Throws<SchemaDataException>(() => Parsed.Schema(schema).Decode(Convert.FromHexString(hex)));

    [Fact]
    public void Blocks_may_carry_their_size() =>
        Assert.Equal("[3,27,1]", Parsed.Schema("""{"type":"array","items":"long"}""").Decode([0x03, 0x04, 0x06, 0x36, 0x02, 0x02, 0x00]));

    [Fact]
    public void The_prefix_is_a_zero_and_the_id()
    {
        var bytes = new byte[6];
        SchemaIdPrefix.Write(bytes, 0x01020304);
        bytes[5] = 9;
        Assert.Equal([0, 1, 2, 3, 4, 9], bytes);
        Assert.True(SchemaIdentity.TryRead(bytes, out var id, out var payload));
        Assert.Equal((0x01020304, 9, 1), (id.Id, payload[0], payload.Length));
        Assert.False(SchemaIdentity.TryRead([1, 0, 0, 0, 1, 1], out _, out _));
        Assert.False(SchemaIdentity.TryRead([0, 0, 0, 1], out _, out _));
    }

    [Theory]
    [InlineData("\"double\"", "1e400")]
    [InlineData("\"double\"", "-1e400")]
    [InlineData("\"float\"", "3.5e38")]
    [InlineData("\"float\"", "1e39")]
    public void Numbers_beyond_the_type_are_refused_and_do_not_become_infinity(string schema, string json) =>
        Assert.Throws<SchemaDataException>(() => Parsed.Schema(schema).Encode(json));

    [Fact]
    public void The_greatest_float_is_one() => Assert.Equal("ffff7f7f", Convert.ToHexStringLower(Parsed.Schema("\"float\"").Encode("3.4028235e38")));
}

using Gateway.Schemas.Protobuf.Data;
using Gateway.Schemas.Protobuf.Model;

namespace Gateway.Schemas.Tests.Protobuf.Data;

/// <summary>The types of google.protobuf in the JSON that is their own: spellings taken and given, ranges, and what has no JSON form.</summary>
public class WellKnownTests
{
    private static readonly ProtoFile File = Protoc.Link("""
        syntax = "proto3";
        import "google/protobuf/any.proto";
        import "google/protobuf/duration.proto";
        import "google/protobuf/empty.proto";
        import "google/protobuf/field_mask.proto";
        import "google/protobuf/struct.proto";
        import "google/protobuf/timestamp.proto";
        import "google/protobuf/wrappers.proto";
        message M {
          google.protobuf.Timestamp time = 1;
          google.protobuf.Duration span = 2;
          google.protobuf.FieldMask mask = 3;
          google.protobuf.Struct struct = 4;
          google.protobuf.Value value = 5;
          google.protobuf.ListValue list = 6;
          google.protobuf.Any any = 7;
          google.protobuf.Empty empty = 8;
          google.protobuf.Int64Value long = 9;
          google.protobuf.BytesValue raw = 10;
          google.protobuf.DoubleValue number = 11;
          google.protobuf.StringValue text = 12;
          repeated google.protobuf.Value values = 13;
          map<string, google.protobuf.Value> by_name = 14;
          M m = 15;
          oneof one { google.protobuf.Value either = 16; google.protobuf.BoolValue or = 17; }
          map<string, google.protobuf.Timestamp> times = 18;
          map<string, google.protobuf.Int64Value> longs = 19;
        }
        """);

    private static readonly ProtobufCodec Codec = new(File);

    [Theory]
    [InlineData("1970-01-01T00:00:00Z", null)]
    [InlineData("0001-01-01T00:00:00Z", null)]
    [InlineData("9999-12-31T23:59:59.999999999Z", null)]
    [InlineData("2000-02-29T12:34:56.100Z", null)]
    [InlineData("2000-02-29T12:34:56.000001Z", null)]
    [InlineData("1969-12-31T23:59:59.500Z", null)]
    [InlineData("2000-01-01T00:00:00.1Z", "2000-01-01T00:00:00.100Z")]
    [InlineData("2000-01-01T00:00:00.1234567Z", "2000-01-01T00:00:00.123456700Z")]
    [InlineData("2000-01-01T00:00:00.000Z", "2000-01-01T00:00:00Z")]
    [InlineData("2000-01-01T00:00:00+01:30", "1999-12-31T22:30:00Z")]
    [InlineData("2000-01-01T00:00:00.5-08:00", "2000-01-01T08:00:00.500Z")]
    public void Timestamps(string given, string? canonical) => Back($$"""{"time":"{{given}}"}""", $$"""{"time":"{{canonical ?? given}}"}""");

    [Theory]
    [InlineData("0s", null)]
    [InlineData("1s", null)]
    [InlineData("-1s", null)]
    [InlineData("1.500s", null)]
    [InlineData("-0.500s", null)]
    [InlineData("0.000000001s", null)]
    [InlineData("315576000000.999999999s", null)]
    [InlineData("-315576000000s", null)]
    [InlineData("1.5s", "1.500s")]
    [InlineData("-0s", "0s")]
    [InlineData("1.000000s", "1s")]
    public void Durations(string given, string? canonical) => Back($$"""{"span":"{{given}}"}""", $$"""{"span":"{{canonical ?? given}}"}""");

    [Theory]
    [InlineData("""{"mask":""}""")]
    [InlineData("""{"mask":"fooBar.bazQux1,x"}""")]
    [InlineData("""{"struct":{}}""")]
    [InlineData("""{"struct":{"a":null,"b":[1,"x",true,{"c":{}},[]],"":-0.5}}""")]
    [InlineData("""{"value":null}""")]
    [InlineData("""{"value":1.5}""")]
    [InlineData("""{"value":"x"}""")]
    [InlineData("""{"value":false}""")]
    [InlineData("""{"value":{"a":[]}}""")]
    [InlineData("""{"value":[null,[null]]}""")]
    [InlineData("""{"list":[]}""")]
    [InlineData("""{"values":[null,1,{}],"byName":{"a":null}}""")]
    [InlineData("""{"either":null}""")]
    [InlineData("""{"or":false}""")]
    [InlineData("""{"empty":{}}""")]
    [InlineData("""{"long":"0","raw":"","number":0,"text":""}""")]
    [InlineData("""{"long":"-1","raw":"AQ==","number":"NaN","text":"x"}""")]
    [InlineData("""{"any":{}}""")]
    [InlineData("""{"any":{"@type":"type.googleapis.com/M"}}""")]
    [InlineData("""{"any":{"@type":"M","text":"x"}}""")]
    [InlineData("""{"any":{"@type":"a/b/M","any":{"@type":"x/google.protobuf.Any","value":{"@type":"x/M","text":"y"}}}}""")]
    [InlineData("""{"any":{"@type":"t/google.protobuf.Timestamp","value":"2000-01-01T00:00:00Z"}}""")]
    [InlineData("""{"any":{"@type":"t/google.protobuf.Int64Value","value":"5"}}""")]
    [InlineData("""{"any":{"@type":"t/google.protobuf.Value","value":null}}""")]
    [InlineData("""{"any":{"@type":"t/google.protobuf.Struct","value":{"@type":1}}}""")]
    [InlineData("""{"any":{"@type":"t/google.protobuf.Empty"}}""")]
    public void What_is_canonical_comes_back(string json) => Back(json, json);

    [Theory]
    [InlineData("""{"long":5}""", """{"long":"5"}""")]
    [InlineData("""{"long":null,"time":null,"struct":null,"any":null,"either":null}""", """{"either":null}""")]
    [InlineData("""{"any":{"text":"x","@type":"t/M"}}""", """{"any":{"@type":"t/M","text":"x"}}""")]
    [InlineData("""{"value":1e2}""", """{"value":100}""")]
    public void Other_spellings_are_taken(string json, string canonical) => Back(json, canonical);

    [Theory]
    [InlineData("""{"time":1}""")]
    [InlineData("""{"time":""}""")]
    [InlineData("""{"time":"2000-01-01"}""")]
    [InlineData("""{"time":"2000-01-01T00:00:00"}""")]
    [InlineData("""{"time":"2000-01-01t00:00:00Z"}""")]
    [InlineData("""{"time":"2000-01-01T00:00:00z"}""")]
    [InlineData("""{"time":"2001-02-29T00:00:00Z"}""")]
    [InlineData("""{"time":"2000-13-01T00:00:00Z"}""")]
    [InlineData("""{"time":"2000-01-01T24:00:00Z"}""")]
    [InlineData("""{"time":"2000-01-01T00:00:60Z"}""")]
    [InlineData("""{"time":"2000-01-01T00:00:00.Z"}""")]
    [InlineData("""{"time":"2000-01-01T00:00:00.1234567890Z"}""")]
    [InlineData("""{"time":"0000-01-01T00:00:00Z"}""")]
    [InlineData("""{"time":"0001-01-01T00:00:00+00:01"}""")]
    [InlineData("""{"time":"9999-12-31T23:59:59-00:01"}""")]
    [InlineData("""{"time":"2000-01-01T00:00:00+1:00"}""")]
    [InlineData("""{"time":"-000-01-01T00:00:00Z"}""")]
    [InlineData("""{"span":"1"}""")]
    [InlineData("""{"span":"s"}""")]
    [InlineData("""{"span":"1.s"}""")]
    [InlineData("""{"span":".5s"}""")]
    [InlineData("""{"span":"+1s"}""")]
    [InlineData("""{"span":"--1s"}""")]
    [InlineData("""{"span":"1.1234567890s"}""")]
    [InlineData("""{"span":"315576000001s"}""")]
    [InlineData("""{"span":"99999999999999999999s"}""")]
    [InlineData("""{"mask":"foo_bar"}""")]
    [InlineData("""{"mask":["a"]}""")]
    [InlineData("""{"struct":[]}""")]
    [InlineData("""{"struct":{"a":1,"a":2}}""")]
    [InlineData("""{"value":1e400}""")]
    [InlineData("""{"list":{}}""")]
    [InlineData("""{"any":{"text":"x"}}""")]
    [InlineData("""{"any":{"@type":1}}""")]
    [InlineData("""{"any":{"@type":"t/M","@type":"t/M"}}""")]
    [InlineData("""{"any":{"@type":"t/Nobody","value":"AQ=="}}""")]
    [InlineData("""{"any":{"@type":"t/google.protobuf.Timestamp"}}""")]
    [InlineData("""{"any":{"@type":"t/google.protobuf.Timestamp","value":"2000-01-01T00:00:00Z","more":1}}""")]
    [InlineData("""{"any":"t/M"}""")]
    [InlineData("""{"empty":{"a":1}}""")]
    [InlineData("""{"long":{"value":5}}""")]
    [InlineData("""{"longs":{"a":null}}""")]
    public void What_is_no_such_value_is_refused(string json)
    {
        var fault = Assert.Throws<SchemaDataException>(() => Codec.Encode(File.Messages[0], json));
        Assert.Contains(", at /", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0a 07 08 80 80 80 80 80 20", "At byte 3 in message google.protobuf.Timestamp: 1099511627776 s and 0 ns are out of range and have no JSON form")]
    [InlineData("0a 0b 10 ff ff ff ff ff ff ff ff ff 01", "At byte 3 in message google.protobuf.Timestamp: 0 s and -1 ns are out of range and have no JSON form")]
    [InlineData("12 0d 08 01 10 ff ff ff ff ff ff ff ff ff 01", "At byte 3 in message google.protobuf.Duration: 1 s and -1 ns are out of range and have no JSON form")]
    [InlineData("1a 05 0a 03 61 5f 41", "At byte 5 in field google.protobuf.FieldMask.paths (1): the path a_A has no JSON form")]
    [InlineData("1a 03 0a 01 42", "At byte 5 in field google.protobuf.FieldMask.paths (1): the path B has no JSON form")]
    [InlineData("2a 09 11 00 00 00 00 00 00 f8 7f", "At byte 4 in field google.protobuf.Value.number_value (2): a Value's number is not finite and has no JSON form")]
    [InlineData("3a 03 0a 01 78", "At byte 4 in field google.protobuf.Any.value (2): the Any's type \"x\" is neither in the schema nor in what it imports")]
    public void Data_without_a_JSON_form_is_refused_and_yet_is_data(string hex, string message)
    {
        var payload = Converted.Hex("00" + hex);
        Assert.Equal(message, Assert.Throws<SchemaDataException>(() => Codec.Decode(payload)).Message);
        Codec.Validate(payload, SchemaBudget.Default);
    }

    [Theory]
    [InlineData("2a 00", """{"value":null}""")]
    [InlineData("2a 02 08 07", """{"value":null}""")]
    [InlineData("2a 05 32 00 20 01 32", null)]
    [InlineData("2a 04 32 00 20 01", """{"value":true}""")]
    [InlineData("2a 08 32 02 0a 00 32 02 0a 00", """{"value":[null,null]}""")]
    [InlineData("0a 02 08 01 0a 04 10 c0 84 3d", """{"time":"1970-01-01T00:00:01.001Z"}""")]
    [InlineData("0a 02 08 01 0a 02 08 02", """{"time":"1970-01-01T00:00:02Z"}""")]
    [InlineData("22 03 0a 01 61", null)]
    [InlineData("22 05 0a 03 0a 01 61", """{"struct":{"a":null}}""")]
    [InlineData("4a 02 08 05 4a 00", """{"long":"5"}""")]
    [InlineData("92 01 03 0a 01 61", """{"times":{"a":"1970-01-01T00:00:00Z"}}""")]
    [InlineData("9a 01 03 0a 01 61", """{"longs":{"a":"0"}}""")]
    public void Parts_are_merged_and_what_is_missing_is_zero(string hex, string? json)
    {
        var payload = Converted.Hex("00" + hex);
        if (json is not null) Assert.Equal(json, Codec.Decode(payload));
        else Assert.Throws<SchemaDataException>(() => Codec.Decode(payload));
    }

    [Fact]
    public void Plain_JSON_keeps_an_Any_of_unknown_type_as_bytes()
    {
        var payload = Converted.Hex("00 3a 09 0a 03 74 2f 58 12 02 01 ff");
        const string Json = """{"any":{"@type":"t/X","value":"Af8="}}""";
        Assert.Equal(Json, Codec.Decode(payload, JsonForm.Plain));
        Assert.Equal(payload, Codec.Encode(File.Messages[0], Json, JsonForm.Plain));
        Assert.Throws<SchemaDataException>(() => Codec.Encode(File.Messages[0], Json));
    }

    [Fact]
    public void A_message_of_that_name_with_other_fields_is_a_message()
    {
        var file = Protoc.Link(
            ("mine.proto", "syntax = \"proto3\"; package google.protobuf; message Timestamp { string text = 1; } message Any { Timestamp t = 1; }"));
        var codec = new ProtobufCodec(file);
        const string Json = """{"t":{"text":"x"}}""";
        Assert.Equal(Json, codec.Decode(codec.Encode(file.FindMessage("google.protobuf.Any")!, Json)));
    }

    private static void Back(string json, string canonical)
    {
        var bytes = Codec.Encode(File.Messages[0], json);
        Assert.Equal(canonical, Codec.Decode(bytes));
        Assert.Equal(bytes, Codec.Encode(File.Messages[0], canonical));
        Codec.Validate(bytes, SchemaBudget.Default);
    }
}

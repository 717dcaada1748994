using Gateway.Schemas.Protobuf.Data;
using Gateway.Schemas.Protobuf.Model;

namespace Gateway.Schemas.Tests.Protobuf.Data;

/// <summary>What the wire format says, one case at a time. The first byte of each payload is the message index list.</summary>
public class DecodingTests
{
    private static readonly ProtoFile Modern = Protoc.Link("""
        syntax = "proto3";
        message M {
          int32 i = 1;
          optional int32 maybe = 2;
          repeated int32 many = 3;
          string s = 4;
          M m = 5;
          oneof o { int32 x = 6; string y = 7; M z = 8; }
          map<string, int32> map = 9;
          double d = 10;
          E e = 11;
          repeated fixed32 fixeds = 12;
          bool b = 13;
          int64 long = 14;
          float f = 15;
          bytes raw = 16;
          uint32 u = 17;
          sint32 zig = 18;
          map<int32, M> messages = 19;
          repeated E es = 20;
          map<bool, bytes> flags = 21;
        }
        enum E { ZERO = 0; ONE = 1; }
        """);

    private static readonly ProtoFile Classic = Protoc.Link("""
        syntax = "proto2";
        message M {
          optional int32 i = 1 [default = 7];
          optional E e = 2;
          repeated E es = 3;
          optional group G = 4 { optional string s = 1; optional M inner = 2; }
          optional R r = 5;
          oneof o { E left = 6; int32 right = 7; }
          map<string, E> map = 8;
          optional string lax = 9;
          extensions 100 to 199;
          extend M { optional string word = 100; repeated R rs = 101; }
        }
        message R { required int32 a = 1; required E b = 2; }
        enum E { ZERO = 0; ONE = 1; TEN = 10; }
        """);

    private static readonly ProtoFile Edition = Protoc.Link("""
        edition = "2023";
        message M {
          string checked = 1;
          string lax = 2 [features.utf8_validation = NONE];
          int32 implicit = 3 [features.field_presence = IMPLICIT];
          M delimited = 4 [features.message_encoding = DELIMITED];
          int32 needed = 5 [features.field_presence = LEGACY_REQUIRED];
        }
        """);

    [Theory]
    [InlineData("", "{}")]
    [InlineData("08 2a", """{"i":42}""")]
    [InlineData("08 00", "{}")]
    [InlineData("08 80 80 00", "{}")]
    [InlineData("10 00", """{"maybe":0}""")]
    [InlineData("08 01 08 02", """{"i":2}""")]
    [InlineData("08 01 08 00", "{}")]
    [InlineData("08 ff ff ff ff ff ff ff ff ff 01", """{"i":-1}""")]
    [InlineData("08 81 80 80 80 10", """{"i":1}""")]
    [InlineData("88 01 ff ff ff ff 1f", """{"u":4294967295}""")]
    [InlineData("90 01 03", """{"zig":-2}""")]
    [InlineData("70 ff ff ff ff ff ff ff ff ff 7f", """{"long":"-1"}""")]
    [InlineData("68 80 02", """{"b":true}""")]
    [InlineData("22 00", "{}")]
    [InlineData("2a 00", """{"m":{}}""")]
    public void Scalars_and_presence(string hex, string json) => Assert.Equal(json, Decode(Modern, hex));

    [Theory]
    [InlineData("1a 03 01 02 03", """{"many":[1,2,3]}""")]
    [InlineData("18 01 18 02", """{"many":[1,2]}""")]
    [InlineData("18 01 1a 02 02 03 18 04", """{"many":[1,2,3,4]}""")]
    [InlineData("18 01 08 05 18 02", """{"i":5,"many":[1,2]}""")]
    [InlineData("1a 00", "{}")]
    [InlineData("1a 00 18 00", """{"many":[0]}""")]
    [InlineData("18 01 f8 07 05 18 02", """{"many":[1,2]}""")]
    [InlineData("62 08 01 00 00 00 02 00 00 00 65 03 00 00 00", """{"fixeds":[1,2,3]}""")]
    [InlineData("a2 01 02 01 05", """{"es":["ONE",5]}""")]
    public void Repeated_fields_packed_or_not_in_one_run_or_several(string hex, string json) => Assert.Equal(json, Decode(Modern, hex));

    [Theory]
    [InlineData("2a 02 08 01 2a 02 10 02", """{"m":{"i":1,"maybe":2}}""")]
    [InlineData("2a 02 18 01 08 09 2a 02 18 02", """{"i":9,"m":{"many":[1,2]}}""")]
    [InlineData("2a 04 2a 02 08 01 2a 06 2a 02 10 02 08 03", """{"m":{"i":3,"m":{"i":1,"maybe":2}}}""")]
    [InlineData("2b 08 01 2c", """{"m":{"i":1}}""")]
    [InlineData("2b 08 01 2c 2a 02 10 02", """{"m":{"i":1,"maybe":2}}""")]
    public void Messages_in_parts_are_merged(string hex, string json) => Assert.Equal(json, Decode(Modern, hex));

    [Theory]
    [InlineData("30 00", """{"x":0}""")]
    [InlineData("30 01 3a 01 61", """{"y":"a"}""")]
    [InlineData("3a 01 61 30 01", """{"x":1}""")]
    [InlineData("42 02 08 01 42 02 10 02", """{"z":{"i":1,"maybe":2}}""")]
    [InlineData("42 02 08 01 30 05 42 02 10 02", """{"z":{"maybe":2}}""")]
    [InlineData("42 02 08 01 30 05", """{"x":5}""")]
    public void The_last_member_of_a_oneof_counts(string hex, string json) => Assert.Equal(json, Decode(Modern, hex));

    [Theory]
    [InlineData("4a 05 0a 01 61 10 01 4a 05 0a 01 62 10 02", """{"map":{"a":1,"b":2}}""")]
    [InlineData("4a 05 10 01 0a 01 61", """{"map":{"a":1}}""")]
    [InlineData("4a 00", """{"map":{"":0}}""")]
    [InlineData("4a 03 0a 01 61", """{"map":{"a":0}}""")]
    [InlineData("4a 05 0a 01 61 10 01 4a 05 0a 01 62 10 02 4a 05 0a 01 61 10 03", """{"map":{"a":3,"b":2}}""")]
    [InlineData("4a 05 0a 01 61 10 01 08 05 4a 05 0a 01 61 10 03", """{"i":5,"map":{"a":3}}""")]
    [InlineData("4a 07 0a 01 61 10 01 10 02", """{"map":{"a":2}}""")]
    [InlineData("9a 01 02 08 01", """{"messages":{"1":{}}}""")]
    [InlineData("9a 01 0a 08 01 12 02 08 07 12 02 10 08", """{"messages":{"1":{"i":7,"maybe":8}}}""")]
    [InlineData("9a 01 0b 08 ff ff ff ff ff ff ff ff ff 01 9a 01 02 08 01 9a 01 06 08 ff ff ff ff 0f", """{"messages":{"-1":{},"1":{}}}""")]
    [InlineData("aa 01 05 08 02 12 01 ff aa 01 00", """{"flags":{"true":"/w==","false":""}}""")]
    public void Map_entries_in_either_order_with_defaults_and_the_last_of_equal_keys(string hex, string json) =>
        Assert.Equal(json, Decode(Modern, hex));

    [Theory]
    [InlineData("51 00 00 00 00 00 00 f8 7f", """{"d":"NaN"}""")]
    [InlineData("51 00 00 00 00 00 00 f0 7f", """{"d":"Infinity"}""")]
    [InlineData("51 00 00 00 00 00 00 f0 ff", """{"d":"-Infinity"}""")]
    [InlineData("51 00 00 00 00 00 00 00 80", """{"d":-0}""")]
    [InlineData("51 00 00 00 00 00 00 00 00", "{}")]
    [InlineData("51 9a 99 99 99 99 99 b9 3f", """{"d":0.1}""")]
    [InlineData("7d cd cc cc 3d", """{"f":0.1}""")]
    [InlineData("7d 00 00 80 ff", """{"f":"-Infinity"}""")]
    [InlineData("82 01 03 fb ff 00", """{"raw":"+/8A"}""")]
    [InlineData("22 06 22 5c 0a c3 a9 3c", """{"s":"\"\\\né<"}""")]
    [InlineData("58 01", """{"e":"ONE"}""")]
    [InlineData("58 05", """{"e":5}""")]
    [InlineData("58 ff ff ff ff ff ff ff ff ff 01", """{"e":-1}""")]
    public void Floats_bytes_strings_and_open_enums(string hex, string json) => Assert.Equal(json, Decode(Modern, hex));

    [Theory]
    [InlineData("f8 07 01 08 01 f9 07 00 00 00 00 00 00 00 00 fd 07 00 00 00 00 fa 07 02 ff ff", """{"i":1}""")]
    [InlineData("fb 07 0b 08 01 0c 0a 01 61 fc 07 08 01", """{"i":1}""")]
    public void Unknown_fields_are_passed_over(string hex, string json) => Assert.Equal(json, Decode(Modern, hex));

    [Theory]
    [InlineData("", "{}")]
    [InlineData("08 00", """{"i":0}""")]
    [InlineData("10 01", """{"e":"ONE"}""")]
    [InlineData("10 05", "{}")]
    [InlineData("10 01 10 05", """{"e":"ONE"}""")]
    [InlineData("18 01 18 05 1a 03 0a 06 00", """{"es":["ONE","TEN","ZERO"]}""")]
    [InlineData("1a 01 05", "{}")]
    [InlineData("30 01 38 04 30 05", """{"right":4}""")]
    [InlineData("42 05 0a 01 61 10 05", "{}")]
    [InlineData("42 05 0a 01 61 10 01 42 05 0a 01 61 10 05", """{"map":{"a":"ONE"}}""")]
    [InlineData("42 03 0a 01 61", """{"map":{"a":"ZERO"}}""")]
    [InlineData("23 0a 01 61 12 02 08 05 24", """{"g":{"s":"a","inner":{"i":5}}}""")]
    [InlineData("22 03 0a 01 61", """{"g":{"s":"a"}}""")]
    [InlineData("2a 02 08 01 2a 02 10 0a", """{"r":{"a":1,"b":"TEN"}}""")]
    [InlineData("4a 02 61 ff", """{"lax":"a\uFFFD"}""")]
    [InlineData("a2 06 01 61", """{"[M.word]":"a"}""")]
    [InlineData("aa 06 04 08 01 10 00 08 02 aa 06 04 08 03 10 01", """{"i":2,"[M.rs]":[{"a":1,"b":"ZERO"},{"a":3,"b":"ONE"}]}""")]
    public void Proto2_closed_enums_groups_and_extensions(string hex, string json) => Assert.Equal(json, Decode(Classic, hex));

    [Theory]
    [InlineData("2a 00", "At byte 3: message R ends without its required field a (1)")]
    [InlineData("2a 02 08 01", "At byte 5: message R ends without its required field b (2)")]
    [InlineData("2a 04 08 01 10 05", "At byte 7: message R ends without its required field b (2)")]
    [InlineData("2a 04 10 01 10 01", "At byte 7: message R ends without its required field a (1)")]
    public void Required_fields_must_be_there(string hex, string message) => Assert.Equal(message, Fault(Classic, hex));

    [Theory]
    [InlineData("28 01 22 02 fb ff", "{}", false)]
    [InlineData("28 01 12 01 ff", """{"lax":"\uFFFD","needed":1}""", true)]
    [InlineData("28 01 18 00", """{"needed":1}""", true)]
    [InlineData("28 01 23 28 02 24", """{"delimited":{"needed":2},"needed":1}""", true)]
    [InlineData("28 01 0a 01 ff", "{}", false)]
    public void Features_of_editions_decide(string hex, string json, bool isData)
    {
        if (isData) Assert.Equal(json, Decode(Edition, hex));
        else Assert.Throws<SchemaDataException>(() => Decode(Edition, hex));
    }

    [Theory]
    [InlineData("08", "At byte 2 in field M.i (1): a varint is cut off")]
    [InlineData("08 ff", "At byte 2 in field M.i (1): a varint is cut off")]
    [InlineData("08 ff ff ff ff ff ff ff ff ff ff 01", "At byte 2 in field M.i (1): a varint is longer than ten bytes")]
    [InlineData("80", "At byte 1 in message M: a varint is cut off")]
    [InlineData("00", "At byte 1 in message M: 0 is no field number")]
    [InlineData("0e", "At byte 1 in message M: 6 is no wire type")]
    [InlineData("ff ff ff ff 1f 00", "At byte 1 in message M: 1073741823 is no field number")]
    [InlineData("22 05 61", "At byte 2 in field M.s (4): a length of 5 bytes is more than the 1 that are left")]
    [InlineData("22 ff ff ff ff ff ff ff ff ff 01", "At byte 2 in field M.s (4): a length of 18446744073709551615 bytes is more than the 0 that are left")]
    [InlineData("2a 03 22 02 61", "At byte 4 in field M.s (4): a length of 2 bytes is more than the 1 that are left")]
    [InlineData("51 00 00", "At byte 2 in field M.d (10): a value of 8 bytes is cut off")]
    [InlineData("7d 00 00", "At byte 2 in field M.f (15): a value of 4 bytes is cut off")]
    [InlineData("62 05 01 00 00 00 02", "At byte 7 in field M.fixeds (12): a value of 4 bytes is cut off")]
    [InlineData("1a 01 ff", "At byte 3 in field M.many (3): a varint is cut off")]
    [InlineData("22 01 ff", "At byte 3 in field M.s (4): the string is not valid UTF-8")]
    [InlineData("0a 01 61", "At byte 1 in message M: field M.i (1) is a varint, but here is a length and bytes")]
    [InlineData("20 01", "At byte 1 in message M: field M.s (4) is a length and bytes, but here is a varint")]
    [InlineData("4b 4c", "At byte 1 in message M: field M.map (9) is a length and bytes, but here is a group")]
    [InlineData("2c", "At byte 1 in message M: group 5 ends here without having begun")]
    [InlineData("2b 08 01", "At byte 2 in field M.m (5): group 5 does not end")]
    [InlineData("2b 08 01 34", "At byte 4 in field M.m (5): group 5 ends as group 6")]
    [InlineData("fb 07 08", "At byte 4 in message M: a varint is cut off")]
    [InlineData("4a 03 0a 05 61", "At byte 4 in field M.MapEntry.key (1): a length of 5 bytes is more than the 1 that are left")]
    [InlineData("4a 05 0a 01 ff 10 01", "At byte 5 in field M.MapEntry.key (1): the string is not valid UTF-8")]
    public void Broken_bytes_are_refused_with_place_and_field(string hex, string message) => Assert.Equal(message, Fault(Modern, hex));

    [Fact]
    public void Another_version_is_read_by_number_with_what_is_here_now()
    {
        var old = Protoc.Link("""
            syntax = "proto3";
            message Other {}
            message M { int32 number = 1; string gone = 99; string i = 14; }
            """);
        var payload = new ProtobufCodec(old).Encode(old.FindMessage("M")!, """{"number":5,"gone":"x","i":"not a long"}""");
        Assert.Equal(2, payload[0]);
        Assert.Equal("""{"i":5}""", new ProtobufCodec(Modern).Decode(old, payload));
    }

    [Fact]
    public void A_type_in_another_package_is_found_by_the_rest_of_its_name()
    {
        var (old, now) = (Protoc.Link("syntax = \"proto3\"; package a; message M { int32 i = 1; }"), Protoc.Link("syntax = \"proto3\"; package b.c; message X {} message M { int32 j = 1; }"));
        Assert.Equal("""{"j":3}""", new ProtobufCodec(now).Decode(old, Converted.Hex("00 08 03")));
    }

    [Fact]
    public void A_type_that_is_gone_is_an_error()
    {
        var (old, now) = (Protoc.Link("syntax = \"proto3\"; message Gone {}"), Protoc.Link("syntax = \"proto3\"; message M {}"));
        var fault = Assert.Throws<SchemaDataException>(() => new ProtobufCodec(now).Decode(old, Converted.Hex("00")));
        Assert.Equal("The data is of message Gone, which the reader's schema does not have", fault.Message);
    }

    private static string Decode(ProtoFile file, string hex)
    {
        var codec = new ProtobufCodec(file);
        var payload = Converted.Hex("00" + hex);
        codec.Validate(payload, SchemaBudget.Default);
        return codec.Decode(payload);
    }

    private static string Fault(ProtoFile file, string hex)
    {
        var codec = new ProtobufCodec(file);
        var payload = Converted.Hex("00" + hex);
        var fault = Assert.Throws<SchemaDataException>(() => codec.Decode(payload)).Message;
        Assert.Equal(fault, Assert.Throws<SchemaDataException>(() => codec.Validate(payload, SchemaBudget.Default)).Message);
        return fault;
    }
}

using Gateway.Schemas.Protobuf.Data;
using Gateway.Schemas.Protobuf.Model;

namespace Gateway.Schemas.Tests.Protobuf.Data;

/// <summary>What JSON is taken for a message, and where it is refused. The first byte of each payload is the message index list.</summary>
public class EncodingTests
{
    private static readonly ProtoFile Modern = Protoc.Link("""
        syntax = "proto3";
        import "google/protobuf/struct.proto";
        message M {
          int32 an_int = 1;
          optional int32 maybe = 2;
          repeated int32 many = 3;
          string s = 4;
          M m = 5;
          oneof o { int32 x = 6; string y = 7; google.protobuf.NullValue z = 8; }
          map<string, int32> map = 9;
          double d = 10;
          E e = 11;
          repeated string strings = 12;
          bool b = 13;
          int64 long = 14;
          float f = 15;
          bytes raw = 16;
          uint32 u = 17;
          uint64 ulong = 18;
          map<int32, M> messages = 19;
          sint32 zig = 20;
          map<bool, string> flags = 21;
          fixed32 four = 22;
          sfixed64 eight = 23;
          string own_name = 24 [json_name = "given"];
          map<uint64, int32> ulongs = 25;
          sint64 zigzag = 26;
          repeated M ms = 27;
        }
        enum E { ZERO = 0; ONE = 1; }
        """);

    private static readonly ProtoFile Classic = Protoc.Link("""
        syntax = "proto2";
        message M {
          optional int32 i = 1 [default = 7];
          optional E e = 2;
          repeated int32 loose = 3;
          optional group G = 4 { optional string s = 1; }
          optional R r = 5;
          extensions 100 to 199;
          extend M { optional string word = 100; }
        }
        message R { required int32 a = 1; required E b = 2; }
        enum E { ZERO = 0; ONE = 1; }
        """);

    private static readonly ProtoFile Edition = Protoc.Link("""
        edition = "2023";
        message M {
          M delimited = 1 [features.message_encoding = DELIMITED];
          repeated int32 expanded = 2 [features.repeated_field_encoding = EXPANDED];
          repeated int32 packed = 3;
          int32 implicit = 4 [features.field_presence = IMPLICIT];
          int32 explicit = 5;
        }
        """);

    [Theory]
    [InlineData("{}", "")]
    [InlineData("""{"anInt":42}""", "08 2a")]
    [InlineData("""{"an_int":42}""", "08 2a")]
    [InlineData("""{"given":"a"}""", "c2 01 01 61")]
    [InlineData("""{"own_name":"a"}""", "c2 01 01 61")]
    [InlineData("""{"\u0073":"a"}""", "22 01 61")]
    [InlineData("""{"anInt":0,"s":"","b":false,"d":0,"raw":"","e":"ZERO","many":[],"map":{}}""", "")]
    [InlineData("""{"maybe":0}""", "10 00")]
    [InlineData("""{"anInt":null,"maybe":null,"many":null,"map":null,"m":null,"s":null}""", "")]
    [InlineData("""{"s":"a","anInt":1}""", "08 01 22 01 61")]
    [InlineData("""{"m":{"m":{"anInt":1}},"many":[1,-1]}""", "1a 0b 01 ff ff ff ff ff ff ff ff ff 01 2a 04 2a 02 08 01")]
    [InlineData("""{"m":{}}""", "2a 00")]
    [InlineData("""{"x":0}""", "30 00")]
    [InlineData("""{"x":null,"y":""}""", "3a 00")]
    [InlineData("""{"z":null}""", "40 00")]
    [InlineData("""{"z":"NULL_VALUE"}""", "40 00")]
    [InlineData("""{"map":{"b":1,"a":0}}""", "4a 05 0a 01 62 10 01 4a 05 0a 01 61 10 00")]
    [InlineData("""{"messages":{"-1":{"anInt":1}}}""", "9a 01 0f 08 ff ff ff ff ff ff ff ff ff 01 12 02 08 01")]
    [InlineData("""{"flags":{"true":"a","false":""}}""", "aa 01 05 08 01 12 01 61 aa 01 04 08 00 12 00")]
    [InlineData("""{"ulongs":{"18446744073709551615":1}}""", "ca 01 0d 08 ff ff ff ff ff ff ff ff ff 01 10 01")]
    [InlineData("""{"strings":["","b"]}""", "62 00 62 01 62")]
    [InlineData("""{"ms":[{},{"anInt":1}]}""", "da 01 00 da 01 02 08 01")]
    public void Members_become_fields_in_order_of_number(string json, string hex) => Assert.Equal(hex, Encode(Modern, json));

    [Theory]
    [InlineData("""{"anInt":"42"}""", "08 2a")]
    [InlineData("""{"anInt":1.0}""", "08 01")]
    [InlineData("""{"anInt":1e3}""", "08 e8 07")]
    [InlineData("""{"anInt":1.5e1}""", "08 0f")]
    [InlineData("""{"anInt":1500E-2}""", "08 0f")]
    [InlineData("""{"anInt":"1e1"}""", "08 0a")]
    [InlineData("""{"anInt":0e99999999999999999999}""", "")]
    [InlineData("""{"anInt":-0}""", "")]
    [InlineData("""{"anInt":2147483647}""", "08 ff ff ff ff 07")]
    [InlineData("""{"anInt":-2147483648}""", "08 80 80 80 80 f8 ff ff ff ff 01")]
    [InlineData("""{"long":"9223372036854775807"}""", "70 ff ff ff ff ff ff ff ff 7f")]
    [InlineData("""{"long":-9223372036854775808}""", "70 80 80 80 80 80 80 80 80 80 01")]
    [InlineData("""{"u":4294967295}""", "88 01 ff ff ff ff 0f")]
    [InlineData("""{"ulong":18446744073709551615}""", "90 01 ff ff ff ff ff ff ff ff ff 01")]
    [InlineData("""{"ulong":1.8446744073709551615e19}""", "90 01 ff ff ff ff ff ff ff ff ff 01")]
    [InlineData("""{"zig":-2147483648}""", "a0 01 ff ff ff ff 0f")]
    [InlineData("""{"zigzag":-1}""", "d0 01 01")]
    [InlineData("""{"zigzag":"-9223372036854775808"}""", "d0 01 ff ff ff ff ff ff ff ff ff 01")]
    [InlineData("""{"four":4294967295}""", "b5 01 ff ff ff ff")]
    [InlineData("""{"eight":-1}""", "b9 01 ff ff ff ff ff ff ff ff")]
    [InlineData("""{"d":"NaN"}""", "51 00 00 00 00 00 00 f8 ff")]
    [InlineData("""{"d":"-Infinity"}""", "51 00 00 00 00 00 00 f0 ff")]
    [InlineData("""{"d":-0.0}""", "51 00 00 00 00 00 00 00 80")]
    [InlineData("""{"d":"0.1"}""", "51 9a 99 99 99 99 99 b9 3f")]
    [InlineData("""{"f":0.1}""", "7d cd cc cc 3d")]
    [InlineData("""{"f":"Infinity"}""", "7d 00 00 80 7f")]
    [InlineData("""{"f":3.4028235e38}""", "7d ff ff 7f 7f")]
    [InlineData("""{"f":1e-50}""", "")]
    [InlineData("""{"e":"ONE"}""", "58 01")]
    [InlineData("""{"e":1}""", "58 01")]
    [InlineData("""{"e":5.0}""", "58 05")]
    [InlineData("""{"e":-1}""", "58 ff ff ff ff ff ff ff ff ff 01")]
    [InlineData("""{"raw":"+/8="}""", "82 01 02 fb ff")]
    [InlineData("""{"raw":"-_8="}""", "82 01 02 fb ff")]
    [InlineData("""{"raw":"-_8"}""", "82 01 02 fb ff")]
    [InlineData("""{"raw":"-_"}""", "82 01 01 fb")]
    [InlineData("""{"raw":"AQIDBA=="}""", "82 01 04 01 02 03 04")]
    [InlineData("""{"raw":"AQID\u0042\u0041=="}""", "82 01 04 01 02 03 04")]
    [InlineData("""{"s":"\u00e9\ud83d\ude00\n"}""", "22 07 c3 a9 f0 9f 98 80 0a")]
    public void Values_are_taken_in_every_spelling_protobuf_allows(string json, string hex) => Assert.Equal(hex, Encode(Modern, json));

    [Theory]
    [InlineData("""{"e":"ONE","i":7}""", "08 07 10 01")]
    [InlineData("""{"loose":[1,2]}""", "18 01 18 02")]
    [InlineData("""{"g":{"s":"a"}}""", "23 0a 01 61 24")]
    [InlineData("""{"r":{"b":0,"a":0}}""", "2a 04 08 00 10 00")]
    [InlineData("""{"[M.word]":"a","i":1}""", "08 01 a2 06 01 61")]
    public void Proto2_groups_extensions_and_presence(string json, string hex) => Assert.Equal(hex, Encode(Classic, json));

    [Theory]
    [InlineData("""{"delimited":{"packed":[1,2],"delimited":{}}}""", "0b 0b 0c 1a 02 01 02 0c")]
    [InlineData("""{"expanded":[1,2],"implicit":0,"explicit":0}""", "10 01 10 02 28 00")]
    public void Features_of_editions_decide(string json, string hex) => Assert.Equal(hex, Encode(Edition, json));

    [Theory]
    [InlineData("[]", "[] is not an object of message M")]
    [InlineData("null", "null is not an object of message M")]
    [InlineData("""{"nope":1}""", "message M has no field of that name, at /nope")]
    [InlineData("""{"m":{"ms":[{},{"a/b~c":1}]}}""", "message M has no field of that name, at /m/ms/1/a~1b~0c")]
    [InlineData("""{"@type":"M"}""", "message M has no field of that name, at /@type")]
    [InlineData("""{"anInt":1,"anInt":1}""", "field an_int is given twice, at /anInt")]
    [InlineData("""{"anInt":1,"s":"","an_int":1}""", "field an_int is given twice, at /an_int")]
    [InlineData("""{"x":1,"y":"a"}""", "x and y are given, of which oneof o takes one, at /y")]
    [InlineData("""{"y":"a","z":null}""", "y and z are given, of which oneof o takes one, at /z")]
    [InlineData("""{"anInt":1.5}""", "1.5 is not a 32-bit integer, at /anInt")]
    [InlineData("""{"anInt":2147483648}""", "2147483648 is not a 32-bit integer, at /anInt")]
    [InlineData("""{"anInt":-2147483649}""", "-2147483649 is not a 32-bit integer, at /anInt")]
    [InlineData("""{"anInt":1e10}""", "1e10 is not a 32-bit integer, at /anInt")]
    [InlineData("""{"anInt":1e99999999999999999999}""", "1e99999999999999999999 is not a 32-bit integer, at /anInt")]
    [InlineData("""{"anInt":1e-1}""", "1e-1 is not a 32-bit integer, at /anInt")]
    [InlineData("""{"anInt":true}""", "true is not a 32-bit integer, at /anInt")]
    [InlineData("""{"anInt":""}""", "\"\" is not a 32-bit integer, at /anInt")]
    [InlineData("""{"anInt":" 1"}""", "\" 1\" is not a 32-bit integer, at /anInt")]
    [InlineData("""{"anInt":"+1"}""", "\"+1\" is not a 32-bit integer, at /anInt")]
    [InlineData("""{"anInt":"01"}""", "\"01\" is not a 32-bit integer, at /anInt")]
    [InlineData("""{"anInt":"0x1"}""", "\"0x1\" is not a 32-bit integer, at /anInt")]
    [InlineData("""{"u":-1}""", "-1 is not an unsigned 32-bit integer, at /u")]
    [InlineData("""{"ulong":18446744073709551616}""", "18446744073709551616 is not an unsigned 64-bit integer, at /ulong")]
    [InlineData("""{"long":"9223372036854775808"}""", "\"9223372036854775808\" is not a 64-bit integer, at /long")]
    [InlineData("""{"d":1e400}""", "1e400 is not a double, at /d")]
    [InlineData("""{"d":"nan"}""", "\"nan\" is not a double, at /d")]
    [InlineData("""{"f":3.5e38}""", "3.5e38 is not a float, at /f")]
    [InlineData("""{"b":"true"}""", "\"true\" is not true or false, at /b")]
    [InlineData("""{"s":1}""", "1 is not a string, at /s")]
    [InlineData("""{"s":"\ud800"}""", "A string is not valid text", false)]
    [InlineData("""{"\ud800":1}""", "A string is not valid text", false)]
    [InlineData("""{"raw":"a"}""", "\"a\" is not base64, at /raw")]
    [InlineData("""{"raw":"a b="}""", "\"a b=\" is not base64, at /raw")]
    [InlineData("""{"raw":"YQ="}""", "\"YQ=\" is not base64, at /raw")]
    [InlineData("""{"raw":"===="}""", "\"====\" is not base64, at /raw")]
    [InlineData("""{"e":"TWO"}""", "\"TWO\" is not a value of enum E, at /e")]
    [InlineData("""{"e":"1"}""", "\"1\" is not a value of enum E, at /e")]
    [InlineData("""{"e":2147483648}""", "2147483648 is not a value of enum E, at /e")]
    [InlineData("""{"many":1}""", "1 is not an array, at /many")]
    [InlineData("""{"many":[1,null]}""", "an element cannot be null, at /many/1")]
    [InlineData("""{"many":[1,"x"]}""", "\"x\" is not a 32-bit integer, at /many/1")]
    [InlineData("""{"map":[]}""", "[] is not an object, at /map")]
    [InlineData("""{"map":{"a":null}}""", "the value of a map entry cannot be null, at /map/a")]
    [InlineData("""{"map":{"a":1,"b":2,"a":1}}""", "the map has this key twice, at /map/a")]
    [InlineData("""{"messages":{"1":{},"1.0":{}}}""", "the map has this key twice, at /messages/1.0")]
    [InlineData("""{"messages":{"x":{}}}""", "a key of this map must be a 32-bit integer, at /messages/x")]
    [InlineData("""{"messages":{"1":{"messages":{"2":{"s":2}}}}}""", "2 is not a string, at /messages/1/messages/2/s")]
    [InlineData("""{"flags":{"TRUE":""}}""", "a key of this map must be true or false, at /flags/TRUE")]
    [InlineData("""{"ulongs":{"-1":1}}""", "a key of this map must be an unsigned 64-bit integer, at /ulongs/-1")]
    [InlineData("""{"s":["aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"]}""", "[\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa… is not a string, at /s")]
    public void What_does_not_fit_is_refused_with_its_pointer(string json, string message, bool whole = true)
    {
        var fault = Assert.Throws<SchemaDataException>(() => Encode(Modern, json)).Message;
        if (whole) Assert.Equal(message, fault);
        else Assert.StartsWith(message, fault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"r":{"a":1}}""", "message R lacks its required field b, at /r")]
    [InlineData("""{"r":{"a":1,"b":null}}""", "message R lacks its required field b, at /r")]
    [InlineData("""{"e":5}""", "5 is not a value of enum E, at /e")]
    [InlineData("""{"[M.other]":1}""", "message M has no field of that name, at /[M.other]")]
    public void Proto2_demands_required_fields_and_known_enum_values(string json, string message) =>
        Assert.Equal(message, Assert.Throws<SchemaDataException>(() => Encode(Classic, json)).Message);

    [Fact]
    public void Nothing_is_written_before_all_of_it_fits()
    {
        using var document = System.Text.Json.JsonDocument.Parse("""{"anInt":1,"s":2}""");
        var output = new System.Buffers.ArrayBufferWriter<byte>();
        Assert.Throws<SchemaDataException>(
            () => new ProtobufCodec(Modern).Encode(Modern.Messages[0], document.RootElement, JsonForm.Exact, output, SchemaBudget.Default));
        Assert.Equal(0, output.WrittenCount);
    }

    [Fact]
    public void Lengths_of_every_size_are_right_at_every_depth()
    {
        foreach (var size in new[] { 0, 1, 120, 127, 128, 16_000, 16_384, 2_100_000 })
        {
            var json = $$"""{"s":"{{new string('x', size)}}","anInt":1}""";
            for (var i = 0; i < 5; i++) json = $$"""{"m":{{json}},"ms":[{},{"s":"a"}]}""";
            var codec = new ProtobufCodec(Modern);
            var bytes = codec.Encode(Modern.Messages[0], json);
            Assert.True(Converted.SameJson(size == 0 ? json.Replace("\"s\":\"\",", "", StringComparison.Ordinal) : json, codec.Decode(bytes)), $"size {size}");
        }
    }

    private static string Encode(ProtoFile file, string json)
    {
        var bytes = new ProtobufCodec(file).Encode(file.FindMessage("M")!, json);
        Assert.Equal(0, bytes[0]);
        return string.Join(' ', bytes.Skip(1).Select(part => part.ToString("x2", System.Globalization.CultureInfo.InvariantCulture)));
    }
}

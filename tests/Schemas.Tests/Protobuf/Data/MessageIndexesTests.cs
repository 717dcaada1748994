using System.Buffers;
using Gateway.Schemas.Protobuf;
using Gateway.Schemas.Protobuf.Data;
using Gateway.Schemas.Protobuf.Model;

namespace Gateway.Schemas.Tests.Protobuf.Data;

/// <summary>The list that says which type of the file follows (wire format, §5).</summary>
public class MessageIndexesTests
{
    private static readonly ProtoFile File = Protoc.Link("""
        syntax = "proto3";
        package p;
        message A {
          map<string, int32> m = 1;
          message B { message C { string s = 1; } }
        }
        message D { string s = 1; }
        """);

    private static readonly ProtobufCodec Codec = new(File);

    [Theory]
    [InlineData("p.A", "00")]
    [InlineData("p.D", "02 02")]
    [InlineData("p.A.MEntry", "04 00 00")]
    [InlineData("p.A.B", "04 00 02")]
    [InlineData("p.A.B.C", "06 00 02 00")]
    public void Each_type_is_named_by_its_places(string type, string hex)
    {
        var output = new ArrayBufferWriter<byte>();
        MessageIndexes.Write(File.FindMessage(type)!.Indexes, output);
        Assert.Equal(Converted.Hex(hex), output.WrittenSpan.ToArray());
        var reader = new WireReader(output.WrittenSpan, SchemaBudget.Default, 100);
        Assert.Equal(type, MessageIndexes.Read(ref reader, File).FullName);
        Assert.True(reader.AtEnd);
        Assert.Equal(type, new ProtobufSchema(File, []).NameOf(output.WrittenSpan));
    }

    [Fact]
    public void Numbers_above_63_take_two_bytes()
    {
        var output = new ArrayBufferWriter<byte>();
        MessageIndexes.Write([64, 200], output);
        Assert.Equal(Converted.Hex("04 80 01 90 03"), output.WrittenSpan.ToArray());
    }

    [Fact]
    public void The_first_type_may_be_written_out() => Assert.Equal("{\"m\":{\"a\":1}}", Codec.Decode(Converted.Hex("02 00 0a 05 0a 01 61 10 01")));

    [Fact]
    public void The_type_named_is_the_type_read() => Assert.Equal("{\"s\":\"x\"}", Codec.Decode(Converted.Hex("06 00 02 00 0a 01 78")));

    [Theory]
    [InlineData("", "At byte 0: a varint is cut off")]
    [InlineData("02", "At byte 1: a varint is cut off")]
    [InlineData("80", "At byte 0: a varint is cut off")]
    [InlineData("01", "At byte 0: a list of message indexes cannot have -1 members")]
    [InlineData("02 04", "At byte 0: the message indexes name type 2 of 2")]
    [InlineData("02 01", "At byte 0: the message indexes name type -1 of 2")]
    [InlineData("04 02 00", "At byte 0: the message indexes name type 0 of 0")]
    [InlineData("fe ff ff ff 0f 00 02 00 00 00", "At byte 0: the message indexes name type 0 of 0")]
    [InlineData("ff ff ff ff ff ff ff ff ff ff 01", "At byte 0: a varint is longer than ten bytes")]
    public void A_list_that_names_nothing_is_refused(string hex, string message) =>
        Assert.Equal(message, Assert.Throws<SchemaDataException>(() => Codec.Decode(Converted.Hex(hex))).Message);
}

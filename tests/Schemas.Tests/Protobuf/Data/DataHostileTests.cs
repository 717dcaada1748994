using System.Buffers;
using System.Text;
using System.Text.Json;
using Gateway.Schemas.Protobuf.Data;
using Gateway.Schemas.Protobuf.Model;

namespace Gateway.Schemas.Tests.Protobuf.Data;

/// <summary>Data made to cost too much, in either direction: a right answer or a clear error, and no thread lost to it.</summary>
public class DataHostileTests
{
    private static readonly ProtoFile File = Protoc.Link("""
        syntax = "proto2";
        import "google/protobuf/struct.proto";
        import "google/protobuf/any.proto";
        message M {
          optional M m = 1;
          optional group G = 2 { optional G g = 2; }
          repeated int32 many = 3;
          map<string, int32> map = 4;
          optional google.protobuf.Value value = 5;
          optional google.protobuf.Any any = 6;
          map<int64, M> maps = 7;
          optional bytes raw = 8;
          repeated M ms = 9;
        }
        """);

    private static readonly ProtobufCodec Codec = new(File);
    private static readonly ProtoMessage Type = File.Messages[0];

    [Fact]
    public void Four_hundred_levels_convert_and_ten_thousand_are_refused()
    {
        var json = Nested("{\"m\":", "{}", "}", 400);
        var bytes = Codec.Encode(Type, json);
        Assert.Equal(json, Codec.Decode(bytes));
        TooDeep(() => Codec.Encode(Type, Nested("{\"m\":", "{}", "}", 10_000)));
        TooDeep(() => Codec.Encode(Type, Nested("{\"value\":", "1", "}", 1)[..^1].Replace("1", Nested("[", "1", "]", 2_000), StringComparison.Ordinal) + "}"));
        TooDeep(() => Codec.Encode(Type, Nested("{\"maps\":{\"1\":", "{}", "}}", 2_000)));
        TooDeep(() => Codec.Encode(Type, "{" + Nested("\"any\":{\"@type\":\"M\",", "\"many\":[]", "}", 2_000) + "}"));

        TooDeep(() => Codec.Decode([0, .. Levels(1, 10_000)]));
        TooDeep(() => Codec.Decode([0, .. Levels(7, 10_000, [8, 1, 18])]));
        TooDeep(() => Codec.Decode([0, .. Enumerable.Repeat((byte)0x13, 10_000)]));
        TooDeep(() => Codec.Decode([0, .. Enumerable.Repeat((byte)0x7b, 10_000)]));
        TooDeep(() => Codec.Validate([0, .. Enumerable.Repeat((byte)0x13, 10_000), .. Enumerable.Repeat((byte)0x14, 10_000)], SchemaBudget.Default));
        TooDeep(() => Codec.Validate([0, .. Levels(1, 10_000)], SchemaBudget.Default));
    }

    [Fact]
    public void A_bigger_budget_ends_at_the_thread_s_stack_not_beyond_it()
    {
        var endless = new SchemaBudget(MaxDepth: int.MaxValue);
        var json = Nested("{\"m\":", "{}", "}", 10_000);
        Exception? encoding = null, decoding = null;
        var thread = new Thread(
            () =>
            {
                encoding = Record.Exception(() => Codec.Encode(Type, json, budget: endless));
                decoding = Record.Exception(() => Codec.Decode([0, .. Enumerable.Repeat((byte)0x7b, 1_000_000)], budget: endless));
            },
            256 * 1024);
        thread.Start();
        thread.Join();
        Assert.Contains("all this thread has room for", Assert.IsType<SchemaBudgetException>(encoding).Message, StringComparison.Ordinal);
        Assert.Contains("levels deep", Assert.IsType<SchemaBudgetException>(decoding).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_JSON_writer_s_own_depth_counts_too()
    {
        var payload = Codec.Encode(Type, Nested("{\"m\":", "{}", "}", 50));
        using var writer = new Utf8JsonWriter(new ArrayBufferWriter<byte>(), new JsonWriterOptions { MaxDepth = 20 });
        writer.WriteStartArray();
        Assert.Throws<SchemaBudgetException>(() => Codec.Decode(payload, JsonForm.Exact, writer, SchemaBudget.Default));
    }

    [Fact]
    public void Steps_are_counted_in_both_directions()
    {
        var json = "{\"many\":[" + string.Join(',', Enumerable.Repeat("1", 2000)) + "]}";
        var payload = Codec.Encode(Type, json);
        var small = new SchemaBudget(MaxSteps: 1000);
        Assert.Contains("more than 1000 steps", Assert.Throws<SchemaBudgetException>(() => Codec.Encode(Type, json, budget: small)).Message, StringComparison.Ordinal);
        Assert.Contains("more than 1000 steps", Assert.Throws<SchemaBudgetException>(() => Codec.Decode(payload, budget: small)).Message, StringComparison.Ordinal);
        Assert.Throws<SchemaBudgetException>(() => Codec.Validate(payload, small));
    }

    [Fact]
    public void Packed_and_unpacked_values_of_a_megabyte_convert()
    {
        var payload = Converted.Hex("00 1a c0 84 3d").Concat(Enumerable.Repeat((byte)7, 1_000_000)).ToArray();
        Assert.Equal(2_000_010, Codec.Decode(payload).Length);
        byte[] unpacked = [0, .. Enumerable.Repeat<byte[]>([0x18, 7], 500_000).SelectMany(pair => pair)];
        Assert.Equal(unpacked, Codec.Encode(Type, Codec.Decode(unpacked)));
    }

    [Fact]
    public void A_hundred_thousand_map_entries_and_a_hundred_thousand_of_one_key_convert()
    {
        var json = "{\"map\":{" + string.Join(',', Enumerable.Range(0, 100_000).Select(i => $"\"key{i}\":{i}")) + "}}";
        Assert.Equal(json, Codec.Decode(Codec.Encode(Type, json)));
        byte[] same = [0, .. Enumerable.Range(0, 100_000).SelectMany(i => new byte[] { 0x22, 5, 10, 1, 97, 16, (byte)(i % 100) })];
        Assert.Equal("{\"map\":{\"a\":99}}", Codec.Decode(same));
        byte[] numbers = [0, .. Enumerable.Range(0, 100_000).SelectMany(i => new byte[] { 0x3a, 2, 8, (byte)(i % 128) })];
        Assert.Equal(128, JsonDocument.Parse(Codec.Decode(numbers)).RootElement.GetProperty("maps").GetPropertyCount());
    }

    [Fact]
    public void Parts_of_one_message_in_their_thousands_are_one_message()
    {
        byte[] parts = [0, .. Enumerable.Range(0, 100_000).SelectMany(i => new byte[] { 0x0a, 2, 0x18, (byte)(i % 100) })];
        Assert.Equal(100_000, JsonDocument.Parse(Codec.Decode(parts)).RootElement.GetProperty("m").GetProperty("many").GetArrayLength());
        byte[] empty = [0, .. Enumerable.Repeat<byte[]>([0x0a, 0], 100_000).SelectMany(part => part), 0x0a, 2, 0x18, 1];
        Assert.Equal("{\"m\":{\"many\":[1]}}", Codec.Decode(empty));
    }

    [Fact]
    public void Groups_within_groups_are_read_in_bounded_time()
    {
        // Each level is passed over to find its end before it is read: as many passes as levels.
        byte[] payload = [0, .. Enumerable.Repeat((byte)0x13, 400), .. Enumerable.Repeat<byte[]>([0x18, 0], 100_000).SelectMany(part => part), .. Enumerable.Repeat((byte)0x14, 400)];
        Assert.Throws<SchemaBudgetException>(() => Codec.Decode(payload));
        Assert.Equal(Nested("{\"g\":", "{}", "}", 400), Codec.Decode([0, .. Enumerable.Repeat((byte)0x13, 400), .. Enumerable.Repeat((byte)0x14, 400)]));
    }

    [Fact]
    public void More_bytes_than_JSON_takes_are_refused()
    {
        var size = 100_000_001;
        var payload = new byte[size + 6];
        Converted.Hex("00 42 81 c2 d7 2f").CopyTo(payload, 0);
        using var writer = new Utf8JsonWriter(new Gateway.Schemas.Text.DiscardedOutput());
        var fault = Assert.Throws<SchemaBudgetException>(() => Codec.Decode(payload, JsonForm.Exact, writer, SchemaBudget.Default));
        Assert.Equal("a value of 100000001 bytes cannot be written as JSON, the limit is 100000000", fault.Message);
    }

    [Fact]
    public void A_message_of_a_thousand_oneofs_converts_and_pays_for_them_in_steps()
    {
        var proto = new Google.Protobuf.Reflection.FileDescriptorProto { Name = "odd.proto", Syntax = "proto3" };
        var message = new Google.Protobuf.Reflection.DescriptorProto { Name = "M" };
        for (var i = 0; i < 1000; i++)
        {
            message.OneofDecl.Add(new Google.Protobuf.Reflection.OneofDescriptorProto { Name = "o" + i });
            for (var j = 0; j < 2; j++)
            {
                message.Field.Add(new Google.Protobuf.Reflection.FieldDescriptorProto
                {
                    Name = $"f{i}x{j}",
                    Number = (i * 2) + j + 1,
                    OneofIndex = i,
                    Label = Google.Protobuf.Reflection.FieldDescriptorProto.Types.Label.Optional,
                    Type = Google.Protobuf.Reflection.FieldDescriptorProto.Types.Type.Int32,
                });
            }
        }
        proto.MessageType.Add(message);
        var file = ProtoLinker.Link([proto], SchemaBudget.Default, out var error);
        Assert.True(file is not null, error?.ToString());
        var codec = new ProtobufCodec(file!);
        var json = "{" + string.Join(',', Enumerable.Range(0, 1000).Select(i => $"\"f{i}x{i % 2}\":{i}")) + "}";
        Assert.Equal(json, codec.Decode(codec.Encode(file!.Messages[0], json)));
        Assert.Equal("{\"f0x1\":2}", codec.Decode(Converted.Hex("00 08 01 10 02")));
        Assert.Throws<SchemaBudgetException>(() => codec.Decode(Converted.Hex("00 08 01"), budget: new SchemaBudget(MaxSteps: 1000)));
    }

    [Fact]
    public void A_descriptor_that_calls_any_message_a_map_entry_gives_messages()
    {
        var proto = new Google.Protobuf.Reflection.FileDescriptorProto { Name = "odd.proto", Syntax = "proto3" };
        var entry = new Google.Protobuf.Reflection.DescriptorProto { Name = "E", Options = new Google.Protobuf.Reflection.MessageOptions { MapEntry = true } };
        entry.Field.Add(OddField("key", 1));
        entry.Field.Add(OddField("value", 3));
        var message = new Google.Protobuf.Reflection.DescriptorProto { Name = "M", NestedType = { entry } };
        var field = OddField("es", 1);
        field.Label = Google.Protobuf.Reflection.FieldDescriptorProto.Types.Label.Repeated;
        field.Type = Google.Protobuf.Reflection.FieldDescriptorProto.Types.Type.Message;
        field.TypeName = ".M.E";
        message.Field.Add(field);
        proto.MessageType.Add(message);
        var file = ProtoLinker.Link([proto], SchemaBudget.Default, out var error);
        if (file is null)
        {
            Assert.NotNull(error);
            return;
        }
        var codec = new ProtobufCodec(file);
        Assert.Equal("{\"es\":[{\"key\":1,\"value\":2}]}", codec.Decode(codec.Encode(file.Messages[0], "{\"es\":[{\"value\":2,\"key\":1}]}")));
    }

    private static Google.Protobuf.Reflection.FieldDescriptorProto OddField(string name, int number) => new()
    {
        Name = name,
        JsonName = name,
        Number = number,
        Label = Google.Protobuf.Reflection.FieldDescriptorProto.Types.Label.Optional,
        Type = Google.Protobuf.Reflection.FieldDescriptorProto.Types.Type.Int32,
    };

    private static void TooDeep(Action work) =>
        Assert.Contains("nested more than 500 levels deep", Assert.Throws<SchemaBudgetException>(work).Message, StringComparison.Ordinal);

    private static string Nested(string open, string inner, string close, int levels) =>
        new StringBuilder().Insert(0, open, levels).Append(inner).Insert(0, "").Append(string.Concat(Enumerable.Repeat(close, levels))).ToString();

    /// <summary>A message in a message in a message, with these bytes in front of the tag of each inner one.</summary>
    private static byte[] Levels(int number, int levels, byte[]? before = null)
    {
        byte[] content = [];
        var parts = new List<byte[]>();
        var length = 0;
        for (var i = 0; i < levels; i++)
        {
            if (before is not null)
            {
                // A map entry: key, then the value's tag and length around what there is so far.
                var inner = Rearranged.Raw(2, 2, []);
                parts.Add([.. before[..2], inner[0], .. VarintOf(length)]);
                length += parts[^1].Length;
            }
            parts.Add([(byte)((number << 3) | 2), .. VarintOf(length)]);
            length += parts[^1].Length;
        }
        parts.Reverse();
        return [.. parts.SelectMany(part => part), .. content];
    }

    private static byte[] VarintOf(int value)
    {
        var bytes = new List<byte>();
        for (; value > 0x7f; value >>= 7) bytes.Add((byte)(value | 0x80));
        bytes.Add((byte)value);
        return [.. bytes];
    }

    [Fact]
    public void Fields_of_one_JSON_name_go_by_the_names_declared()
    {
        var file = Protoc.Link("""syntax = "proto2"; message J { optional int32 foo_baz = 1; optional int32 fooBaz = 2; optional int32 other_one = 3; }""");
        var codec = new ProtobufCodec(file);
        byte[] bytes = [0, 8, 1, 16, 2, 24, 3];
        Assert.Equal("""{"foo_baz":1,"fooBaz":2,"otherOne":3}""", codec.Decode(bytes));
        Assert.Equal(bytes, codec.Encode(file.Messages[0], """{"foo_baz":1,"fooBaz":2,"otherOne":3}"""));
    }

    [Fact]
    public void Names_that_JSON_escapes_are_found_again()
    {
        var file = Protoc.Link("""syntax = "proto2"; message J { optional int32 a = 1 [json_name = "<é\"+"]; }""");
        var codec = new ProtobufCodec(file);
        byte[] bytes = [0, 8, 1];
        Assert.Equal(bytes, codec.Encode(file.Messages[0], codec.Decode(bytes)));
        Assert.Equal(bytes, codec.Encode(file.Messages[0], """{"<é\"+":1}"""));
    }

    [Fact]
    public void A_null_value_has_no_other_number()
    {
        var file = Protoc.Link("""syntax = "proto3"; import "google/protobuf/struct.proto"; message N { optional google.protobuf.NullValue n = 1; }""");
        var codec = new ProtobufCodec(file);
        Assert.Throws<SchemaDataException>(() => codec.Encode(file.Messages[0], """{"n":275}"""));
        Assert.Equal([0, 8, 0], codec.Encode(file.Messages[0], """{"n":0}"""));
    }
}

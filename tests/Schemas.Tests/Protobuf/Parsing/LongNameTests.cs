using System.Text;
using Gateway.Schemas.Compatibility;
using Gateway.Schemas.Protobuf;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Gateway.Schemas.Tests.Protobuf.Parsing;

/// <summary>
/// Names that are long, and what lies inside them: full names grow with both, so little text could ask for much memory. Each is refused by
/// an error, as text, as a descriptor, as what is stored and as a reference.
/// </summary>
public class LongNameTests
{
    private const string Proto3 = "syntax = \"proto3\";\n";
    private static readonly string Long = new('a', 60_000);
    private static readonly string TooLong = new('a', 300_000);

    public static TheoryData<string> Shapes => [.. Texts.Keys];

    private static readonly Dictionary<string, (string Text, string Expected)> Texts = new(StringComparer.Ordinal)
    {
        ["a package of 50,000 parts"] = ($"{Proto3}package {Parts(50_000)}; message M {{}}", "longer than 511"),
        ["30,000 messages in a long package"] = ($"{Proto3}package {TooLong}; {Many(30_000, "message M# {} ")}", "longer than 511"),
        ["30,000 messages in the longest package"] = ($"{Proto3}package {new string('a', 511)}; {Many(30_000, "message M# {} ")}", "steps"),
        ["a message of too long a name"] = ($"{Proto3}message {TooLong} {{ {Many(10_000, "message M# {} ")} }}", "longer than 65535"),
        ["messages in a long one"] = ($"{Proto3}message {Long} {{ {Many(10_000, "message M# {} ")} }}", "steps"),
        ["fields in a long message"] = ($"{Proto3}message {Long} {{ {Many(10_000, "bool f# = #; ")} }}", "steps"),
        ["oneofs in a long message"] = ($"{Proto3}message {Long} {{ {Many(10_000, "oneof o# { bool f# = #; } ")} }}", "steps"),
        ["enums in a long message"] = ($"{Proto3}message {Long} {{ {Many(10_000, "enum E# { V# = 0; } ")} }}", "steps"),
        ["values in a long message"] = ($"{Proto3}message {Long} {{ enum E {{ {Many(10_000, "V# = #; ", from: 0)} }} }}", "steps"),
        ["methods in a long service"] = ($"{Proto3}message M {{}} service {Long} {{ {Many(10_000, "rpc R# (M) returns (M); ")} }}", "steps"),
        ["extensions in a long message"] = (
            $"syntax = \"proto2\"; message B {{ extensions 1 to 18000; }} message {Long} {{ {Many(10_000, "extend B { optional bool e# = #; } ")} }}", "steps"),
        ["extensions of a long message"] = (
            $"syntax = \"proto2\"; message {Long} {{ extensions 1 to 18000; }} extend .{Long} {{ {Many(10_000, "optional bool e# = #; ")} }}", "steps"),
        ["a field of too long a name"] = ($"{Proto3}message M {{ bool {TooLong} = 1; }}", "longer than 65535"),
        ["an enum value of too long a name"] = ($"{Proto3}enum E {{ {TooLong} = 0; }}", "longer than 65535"),
        ["a oneof of too long a name"] = ($"{Proto3}message M {{ oneof {TooLong} {{ bool f = 1; }} }}", "longer than 65535"),
        ["a service of too long a name"] = ($"{Proto3}service {TooLong} {{}}", "longer than 65535"),
        ["a method of too long a name"] = ($"{Proto3}message M {{}} service S {{ rpc {TooLong} (M) returns (M); }}", "longer than 65535"),
        ["a type of 100,000 parts"] = ($"{Proto3}message M {{ {Parts(100_000)} x = 1; }}", "longer than 65535"),
        ["10,000 types of parts"] = ($"{Proto3}message a {{ {Many(10_000, Parts(100) + " f# = #; ")} }}", "a.a.a"),
    };

    private static string Parts(int count) => string.Join('.', Enumerable.Repeat("a", count));

    private static string Many(int count, string text, int from = 1)
    {
        var all = new StringBuilder();
        for (var i = from; i < from + count; i++) all.Append(text.Replace("#", i.ToString(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal));
        return all.ToString();
    }

    private static SchemaParseResult Parse(string text, bool strict = true, params ResolvedReference[] references)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var result = new ProtobufLanguage().Parse(text, references, strict ? SchemaParseOptions.New : SchemaParseOptions.Stored);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(allocated < 256 << 20, $"allocates {allocated >> 20} MiB");
        return result;
    }

    private static string Refused(SchemaParseResult result)
    {
        Assert.Null(result.Schema);
        return result.Error!.Message;
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void A_text_is_refused(string shape)
    {
        var (text, expected) = Texts[shape];
        Assert.Contains(expected, Refused(Parse(text)), StringComparison.Ordinal);
        Assert.Contains(expected, Refused(Parse(text, strict: false)), StringComparison.Ordinal);
        var reference = Refused(Parse($"{Proto3}import \"r.proto\"; message Main {{}}", true, Parsed.Reference("r.proto", text)));
        Assert.Contains(expected, reference, StringComparison.Ordinal);
    }

    public static TheoryData<string> Descriptors => ["messages", "fields", "values", "extensions", "methods", "types"];

    [Theory]
    [MemberData(nameof(Descriptors))]
    public void A_descriptor_is_refused(string shape)
    {
        var file = new FileDescriptorProto { Name = "x.proto" };
        var long1 = new DescriptorProto { Name = Long };
        file.MessageType.Add(long1);
        switch (shape)
        {
            case "messages":
                for (var i = 0; i < 10_000; i++) long1.NestedType.Add(new DescriptorProto { Name = $"M{i}" });
                break;
            case "fields":
                for (var i = 1; i < 10_000; i++) long1.Field.Add(Bool(i));
                break;
            case "values":
                long1.EnumType.Add(new EnumDescriptorProto { Name = "E" });
                for (var i = 0; i < 10_000; i++) long1.EnumType[0].Value.Add(new EnumValueDescriptorProto { Name = $"V{i}", Number = i });
                break;
            case "extensions":
                file.MessageType.Add(new DescriptorProto { Name = "B", ExtensionRange = { new DescriptorProto.Types.ExtensionRange { Start = 1, End = 18_000 } } });
                for (var i = 1; i < 10_000; i++)
                {
                    long1.Extension.Add(Bool(i));
                    long1.Extension[^1].Extendee = ".B";
                }
                break;
            case "methods":
                file.Service.Add(new ServiceDescriptorProto { Name = Long + "S" });
                file.MessageType.Add(new DescriptorProto { Name = "M" });
                for (var i = 0; i < 10_000; i++) file.Service[0].Method.Add(new MethodDescriptorProto { Name = $"R{i}", InputType = ".M", OutputType = ".M" });
                break;
            case "types":
                // Relative names, looked up from deep inside.
                long1.NestedType.Add(new DescriptorProto { Name = "N" });
                for (var i = 1; i < 10_000; i++)
                {
                    long1.NestedType[0].Field.Add(Bool(i));
                    long1.NestedType[0].Field[^1].ClearType();
                    long1.NestedType[0].Field[^1].TypeName = "N";
                }
                break;
        }
        var text = Convert.ToBase64String(file.ToByteArray());
        Assert.Contains("steps", Refused(Parse(text)), StringComparison.Ordinal);
        Assert.Contains("steps", Refused(Parse(text, strict: false)), StringComparison.Ordinal);
    }

    private static FieldDescriptorProto Bool(int number) => new()
    {
        Name = $"f{number}",
        Number = number,
        Type = FieldDescriptorProto.Types.Type.Bool,
        Label = FieldDescriptorProto.Types.Label.Optional,
    };

    [Theory]
    [InlineData(1_000, "longer than 65535")]
    [InlineData(100, "steps")]
    public void Long_names_at_every_level_are_refused(int length, string expected)
    {
        var text = new StringBuilder(Proto3);
        for (var i = 0; i < 490; i++) text.Append("message ").Append('a', length).Append(" {");
        text.Append(Many(10_000, "bool f# = #; ")).Append('}', 490);
        Assert.Contains(expected, Refused(Parse(text.ToString(), strict: false)), StringComparison.Ordinal);
    }

    [Fact]
    public void The_longest_name_there_can_be_is_that_of_compilers()
    {
        var longest = $"{Proto3}message M {{ message {new string('a', 65_533)} {{}} }}";
        Assert.NotNull(Parse(longest).Schema);
        Assert.NotNull(Protoc.Compile(("x.proto", longest)));
        var longer = longest.Replace("message M", "message MM", StringComparison.Ordinal);
        Assert.Contains("longer than 65535", Refused(Parse(longer)), StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => Protoc.Compile(("x.proto", longer)));
    }

    [Fact]
    public void Thousands_of_references_each_of_a_package_of_many_parts_are_refused()
    {
        var references = Enumerable.Range(0, 5_000).Select(i => Parsed.Reference($"r{i}.proto", $"{Proto3}package p{i}.{Parts(250)}; message M {{}}")).ToArray();
        var text = Proto3 + Many(5_000, "import \"r#.proto\"; ", from: 0) + "message Main {}";
        Assert.Contains("steps", Refused(Parse(text, true, references)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("enum # { A = 0; $ }", "C§ = §; ", "D§ = §; ")]
    [InlineData("message M { oneof # { bool x = 20000; $ } }", "bool c§ = §; ", "string d§ = §; ")]
    public void Differences_in_something_long_cost_steps(string shape, string one, string other)
    {
        var reader = Parse(Proto3 + shape.Replace("#", Long, StringComparison.Ordinal).Replace("$", Many(10_000, one.Replace('§', '#')), StringComparison.Ordinal)).Schema!;
        var writer = Parse(Proto3 + shape.Replace("#", Long, StringComparison.Ordinal).Replace("$", Many(10_000, other.Replace('§', '#')), StringComparison.Ordinal)).Schema!;
        var (left, right) = (((ProtobufSchema)reader).File, ((ProtobufSchema)writer).File);
        Assert.Throws<SchemaBudgetException>(() => Schemas.Protobuf.Compatibility.ProtobufComparison.All(left, right, CompatibilityPolicy.Exhaustive, SchemaBudget.Default));
    }

    [Fact]
    public void Lines_far_in_make_a_text_too_long()
    {
        var text = new StringBuilder("syntax = \"proto2\";");
        for (var i = 0; i < 490; i++) text.Append("message M {");
        text.Append(Many(100_000, "option o = 1;")).Append('}', 490);
        var error = Refused(new ProtobufLanguage().Parse(text.ToString(), [], SchemaParseOptions.Stored));
        Assert.Matches("steps|the text printed is longer than", error);
    }

    [Fact]
    public void Data_that_repeats_a_long_name_costs_steps()
    {
        var schema = Parse($"{Proto3}message M {{ repeated N n = 1; }} message N {{ bool {Long} = 1; }}").Schema!;
        byte[] payload = [0, .. Enumerable.Repeat<byte[]>([0x0a, 2, 0x08, 1], 20_000).SelectMany(bytes => bytes)];
        using var output = new System.Text.Json.Utf8JsonWriter(Stream.Null);
        Assert.Throws<SchemaBudgetException>(() => schema.DecodeToJson(payload, JsonForm.Plain, output, SchemaBudget.Default));
    }

    [Fact]
    public void Half_a_million_options_are_interpreted_in_one_go()
    {
        const string Extension = "import \"google/protobuf/descriptor.proto\"; extend google.protobuf.FileOptions { repeated int32 o = 50000; }";
        var schema = (ProtobufSchema)new ProtobufLanguage().Parse(
            $"syntax = \"proto2\"; {Extension} {string.Concat(Enumerable.Repeat("option (o)=1;", 500_000))}", [], SchemaParseOptions.New).Schema!;
        Assert.Empty(schema.File.Proto.Options.UninterpretedOption);
    }

    [Fact]
    public void Extensions_of_a_message_with_many_ranges_cost_steps()
    {
        var ranges = string.Join(',', Enumerable.Range(1, 100_000).Select(i => 20_000 + i * 2));
        var text = $"syntax = \"proto2\"; message M {{ extensions {ranges}; }} extend M {{ {string.Concat(Enumerable.Range(1, 10_000).Select(i => $"optional bool e{i} = {20_000 + i * 2};"))} }}";
        Assert.Contains("steps", Refused(Parse(text)), StringComparison.Ordinal);
    }
}

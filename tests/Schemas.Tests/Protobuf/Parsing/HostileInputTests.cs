using System.Diagnostics;
using System.Text;
using Gateway.Schemas.Protobuf;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Gateway.Schemas.Tests.Protobuf.Parsing;

/// <summary>Schemas made to cost too much: each ends soon, with a right answer or a clear error.</summary>
public class HostileInputTests
{
    private static SchemaParseResult Parse(string text, params ResolvedReference[] references) => Parse(text, SchemaParseOptions.New, references);

    private static SchemaParseResult Parse(string text, SchemaParseOptions options, params ResolvedReference[] references)
    {
        var watch = Stopwatch.StartNew();
        var result = new ProtobufLanguage().Parse(text, references, options);
        Assert.True(watch.Elapsed < Patience.Bound, $"took {watch.Elapsed}");
        return result;
    }

    private static string Nested(int levels)
    {
        var text = new StringBuilder("syntax = \"proto3\";\n");
        for (var i = 0; i < levels; i++) text.Append("message M").Append(i).Append(" {\n");
        return text.Append('}', levels).ToString();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Ten_thousand_nested_levels_are_refused(bool strict)
    {
        var error = Parse(Nested(10_000), new SchemaParseOptions(strict, SchemaBudget.Default)).Error!;
        Assert.Contains("levels deep", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_stored_may_be_nested_deeper_than_compilers_like()
    {
        Assert.Contains("more than 31 levels", Parse(Nested(32)).Error!.Message, StringComparison.Ordinal);
        var schema = Parse(Nested(400), SchemaParseOptions.Stored).Schema!;
        Assert.Equal(schema.CanonicalText, Parse(schema.CanonicalText, SchemaParseOptions.Stored).Schema!.CanonicalText);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(536870912)]
    public void Field_numbers_without_a_form_on_the_wire_are_refused_even_where_stored(int number) => Assert.Contains(
        $"Field number {number}", Parse($"message M {{ optional int32 a = {number}; }}", SchemaParseOptions.Stored).Error!.Message, StringComparison.Ordinal);

    [Fact]
    public void A_megabyte_of_fields_parses()
    {
        var text = new StringBuilder("syntax = \"proto3\";\n");
        for (var m = 0; m < 250; m++)
        {
            text.Append("message M").Append(m).Append(" {\n");
            for (var f = 1; f <= 150; f++) text.Append("  repeated string field_number_").Append(f).Append(" = ").Append(f).Append(";\n");
            text.Append("}\n");
        }
        Assert.True(text.Length > 1_000_000);
        var schema = (ProtobufSchema)Parse(text.ToString()).Schema!;
        Assert.Equal(150, schema.File.Messages[249].Fields.Count);
    }

    [Fact]
    public void One_message_of_thirty_thousand_fields_parses()
    {
        var fields = string.Join('\n', Enumerable.Range(1, 45_000).Where(i => i is < 19_000 or > 19_999).Select(i => $"optional int32 f{i}={i};"));
        Assert.NotNull(Parse($"syntax = \"proto3\"; message M {{ {fields} }}").Schema);
    }

    [Fact]
    public void Thousands_of_reserved_ranges_are_checked()
    {
        var ranges = string.Join(',', Enumerable.Range(1, 50_000).Select(i => $"{i * 10} to {i * 10 + 5}"));
        Assert.NotNull(Parse($"syntax = \"proto3\"; message M {{ reserved {ranges}; int32 a = 17; }}").Schema);
        Assert.Contains("reserved", Parse($"syntax = \"proto3\"; message M {{ reserved {ranges}; int32 a = 15; }}").Error!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_circle_of_imports_is_refused()
    {
        static string File(string name, string import) => $"syntax = \"proto3\"; import \"{import}\"; message {name} {{}}";
        var error = Parse(File("M", "a.proto"), Parsed.Reference("a.proto", File("A", "b.proto")), Parsed.Reference("b.proto", File("B", "a.proto"))).Error!;
        Assert.Contains("imports itself", error.Message, StringComparison.Ordinal);
        Assert.StartsWith("In reference b.proto", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Ten_thousand_references_resolve(bool chained)
    {
        // Deepest first, as registries give them.
        var references = Enumerable.Range(0, 10_000).Select(i => Parsed.Reference(
            $"r{i}.proto",
            $"syntax = \"proto3\"; {(chained && i > 0 ? $"import \"r{i - 1}.proto\";" : "")} message R{i} {{ {(chained && i > 0 ? $"R{i - 1} previous = 1;" : "")} }}")).ToArray();
        var imports = string.Concat((chained ? [9999] : Enumerable.Range(0, 10_000)).Select(i => $"import \"r{i}.proto\";"));
        var schema = (ProtobufSchema)Parse($"syntax = \"proto3\"; {imports} message M {{ R9999 r = 1; }}", references).Schema!;
        Assert.Equal("R9999", schema.File.Messages[0].Find("r")!.MessageType!.FullName);
    }

    [Fact]
    public void Ten_thousand_public_imports_of_each_other_end_within_the_budget()
    {
        var references = Enumerable.Range(0, 10_000).Select(i => Parsed.Reference(
            $"r{i}.proto", $"syntax = \"proto3\"; {(i > 0 ? $"import public \"r{i - 1}.proto\";" : "")} message R{i} {{}}")).ToArray();
        var result = Parse("syntax = \"proto3\"; import \"r9999.proto\"; message M { R0 r = 1; }", references);
        Assert.True(result.Schema is not null || result.Error!.Message.Contains("steps", StringComparison.Ordinal));
    }

    [Fact]
    public void A_text_above_the_size_limit_is_refused() => Assert.Contains(
        "longer than 100 bytes", Parse(new string(' ', 101), new SchemaParseOptions(true, new SchemaBudget(MaxTextBytes: 100))).Error!.Message, StringComparison.Ordinal);

    [Fact]
    public void Option_values_nested_deep_are_refused()
    {
        const string Extension = "import \"google/protobuf/descriptor.proto\"; message D { optional D d = 1; } extend google.protobuf.FileOptions { optional D o = 50000; }";
        var deep = string.Concat(Enumerable.Repeat("d{", 10_000)) + new string('}', 10_000);
        Assert.Contains("levels deep", Parse($"syntax = \"proto2\"; {Extension} option (o) = {{ {deep} }};").Error!.Message, StringComparison.Ordinal);
        var name = "(o)" + string.Concat(Enumerable.Repeat(".d", 10_000));
        Assert.NotNull(Parse($"syntax = \"proto2\"; {Extension} option {name} = {{}};").Error ?? (object)"fine");
    }

    [Fact]
    public void Thousands_of_options_on_one_element_end_within_the_budget()
    {
        const string Extension = "import \"google/protobuf/descriptor.proto\"; extend google.protobuf.FileOptions { repeated int32 o = 50000; optional int32 single = 50001; }";
        var result = Parse($"syntax = \"proto2\"; {Extension} {string.Concat(Enumerable.Range(0, 20_000).Select(i => $"option (o) = {i};"))} option (single) = 1;");
        Assert.NotNull(result.Schema);
    }

    [Fact]
    public void Bytes_that_are_no_descriptor_are_refused()
    {
        var random = new Random(7);
        for (var i = 0; i < 2000; i++)
        {
            var bytes = new byte[random.Next(1, 60)];
            random.NextBytes(bytes);
            Parse(Convert.ToBase64String(bytes));
        }
        Assert.Contains("neither", Parse(Convert.ToBase64String(Enumerable.Repeat((byte)0x23, 3000).ToArray())).Error!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Descriptors_with_broken_insides_are_refused()
    {
        static string Encode(FileDescriptorProto file) => Convert.ToBase64String(file.ToByteArray());
        var good = Protoc.Compile(("x.proto", "syntax = \"proto2\"; message M { optional int32 a = 1; oneof o { M b = 2; } extensions 5; } extend M { optional int32 e = 5; } enum E { A = 0; } service S { rpc R(M) returns (M); }")).File[0];
        Assert.NotNull(Parse(Encode(good)).Schema);
        foreach (var breakIt in (Action<FileDescriptorProto>[])
        [
            file => file.MessageType[0].Field[0].ClearNumber(),
            file => file.MessageType[0].Field[0].ClearName(),
            file => file.MessageType[0].Field[0].Name = "a b",
            file => file.MessageType[0].Field[0].ClearType(),
            file => file.MessageType[0].Field[0].Type = (FieldDescriptorProto.Types.Type)99,
            file => file.MessageType[0].Field[0].Label = (FieldDescriptorProto.Types.Label)99,
            file => file.MessageType[0].Field[0].OneofIndex = 77,
            file => file.MessageType[0].Field[0].OneofIndex = -1,
            file => file.MessageType[0].Field[0].DefaultValue = "no number",
            file => file.MessageType[0].Field[1].TypeName = "",
            file => file.MessageType[0].Field[1].TypeName = ".E",
            file => file.MessageType[0].Field[1].Type = FieldDescriptorProto.Types.Type.Enum,
            file => file.MessageType[0].Field[1].Type = FieldDescriptorProto.Types.Type.Int32,
            file => file.MessageType[0].OneofDecl.Add(new OneofDescriptorProto { Name = "empty" }),
            file => file.MessageType[0].ExtensionRange[0].End = -5,
            file => file.MessageType[0].ReservedRange.Add(new DescriptorProto.Types.ReservedRange { Start = 9, End = 3 }),
            file => file.MessageType[0].Options = new MessageOptions { MapEntry = true },
            file => file.Extension[0].Extendee = ".S.R",
            file => file.PublicDependency.Add(3),
            file => file.Dependency.Add("nowhere.proto"),
            file => file.Dependency.Add("x.proto"),
            file => file.Service[0].Method[0].InputType = ".E",
            file => file.EnumType[0].Value.Clear(),
            file => file.MessageType.Add(file.MessageType[0].Clone()),
            file => file.Syntax = "proto4",
        ])
        {
            var broken = good.Clone();
            breakIt(broken);
            Assert.True(Parse(Encode(broken)).Schema is null, broken.ToString());
        }
    }
}

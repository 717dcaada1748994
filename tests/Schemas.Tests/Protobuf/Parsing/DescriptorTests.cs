using Gateway.Schemas.Protobuf;
using Gateway.Schemas.Tests.Protobuf.Printing;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Label = Google.Protobuf.Reflection.FieldDescriptorProto.Types.Label;
using Type = Google.Protobuf.Reflection.FieldDescriptorProto.Types.Type;

namespace Gateway.Schemas.Tests.Protobuf.Parsing;

/// <summary>Descriptors in base64: what is kept is their text, so it must say what they say, or they are refused.</summary>
public class DescriptorTests
{
    private const string Proto2 = """
        syntax = "proto2";
        package p;
        message M {
          optional int32 a = 1 [default = 7];
          oneof o { M b = 2; }
          optional string s = 3 [default = "x"];
          optional bytes y = 4 [default = "x"];
          optional float f = 5 [default = 1.5];
          optional E e = 6 [default = A];
          map<string, int32> counts = 7;
          message N {}
          reserved "old";
          extensions 50;
        }
        extend M { optional int32 x = 50; }
        enum E { A = 0; reserved "OLD"; }
        service S { rpc R(M) returns (M); }
        """;

    private const string Z = "; } message Z { optional string s = 1; } //";

    private static readonly FileDescriptorProto Good = ((ProtobufSchema)Parsed(Proto2)).File.Proto;

    private static ISchema Parsed(string text) => Assert.IsAssignableFrom<ISchema>(Parse(text).Schema);

    private static SchemaParseResult Parse(string text, params ResolvedReference[] references) =>
        new ProtobufLanguage().Parse(text, references, SchemaParseOptions.New);

    private static string Encode(FileDescriptorProto file) => Convert.ToBase64String(file.ToByteArray());

    private static void Refused(string expected, Action<FileDescriptorProto> change)
    {
        var broken = Good.Clone();
        change(broken);
        foreach (var options in new[] { SchemaParseOptions.New, SchemaParseOptions.Stored })
        {
            var result = new ProtobufLanguage().Parse(Encode(broken), [], options);
            Assert.True(result.Schema is null, result.Schema?.CanonicalText);
            Assert.Contains(expected, result.Error!.Message, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', result.Error.Message);
        }
    }

    private static DescriptorProto M(FileDescriptorProto file) => file.MessageType[0];

    private static FieldDescriptorProto Field(FileDescriptorProto file, string name) => M(file).Field.Single(field => field.Name == name);

    private static DescriptorProto Entry(FileDescriptorProto file) => M(file).NestedType.Single(nested => nested.Name == "CountsEntry");

    [Theory]
    [InlineData("a..b", "The package \"a..b\" is not a name")]
    [InlineData(".a", "The package \".a\"")]
    [InlineData("a.", "The package \"a.\"")]
    [InlineData("1a", "The package \"1a\"")]
    [InlineData("p\";option x=\"", "The package \"p\\\";option x=\\\"\" is not a name")]
    [InlineData("p;\nmessage Z{string s=1;}\n//", "The package \"p;\\nmessage Z{string s=1;}\\n//\" is not a name")]
    public void A_package_is_a_name(string package, string message) => Refused(message, file => file.Package = package);

    [Fact]
    public void A_package_is_as_short_as_that_of_a_text()
    {
        var file = new FileDescriptorProto { Syntax = "proto3", Package = new string('p', 511), MessageType = { new DescriptorProto { Name = "M" } } };
        Assert.NotNull(Parse(Encode(file)).Schema);
        file.Package += "p";
        Assert.Contains("longer than 511", Parse(Encode(file)).Error!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_name_is_an_identifier()
    {
        Refused("The message name \"M; }", file => M(file).Name = "M" + Z);
        Refused("The field name \"a = 1", file => Field(file, "a").Name = "a = 1" + Z);
        Refused("The oneof name \"o {}", file => M(file).OneofDecl[0].Name = "o {}" + Z);
        Refused("The field name \"x.y\"", file => file.Extension[0].Name = "x.y");
        Refused("The enum name \"E\\n\"", file => file.EnumType[0].Name = "E\n");
        Refused("The enum value name \"A = 0;", file => file.EnumType[0].Value[0].Name = "A = 0;");
        Refused("The service name \"S {}", file => file.Service[0].Name = "S {}" + Z);
        Refused("The method name \"R(M)", file => file.Service[0].Method[0].Name = "R(M) returns (M); rpc Q");
        Refused("A name is missing, of the kind: method", file => file.Service[0].Method[0].ClearName());
    }

    [Fact]
    public void Every_type_is_named_by_names()
    {
        Refused("The type of \"b\" is \".p..M\"", file => Field(file, "b").TypeName = ".p..M");
        Refused("The type of \"b\" is \"M z = 9;\\n\"", file => Field(file, "b").TypeName = "M z = 9;\n");
        Refused("What \"x\" extends is \"M {} extend M\"", file => file.Extension[0].Extendee = "M {} extend M");
        Refused("What \"R\" takes is \"M) returns (M);", file => file.Service[0].Method[0].InputType = "M) returns (M);");
        Refused("What \"R\" returns is \"stream M\"", file => file.Service[0].Method[0].OutputType = "stream M");
    }

    [Fact]
    public void Defaults_are_what_they_are_printed_as()
    {
        Refused("The default \"7]; optional int32 z = 9 [default = 1\" of \"a\"", file => Field(file, "a").DefaultValue = "7]; optional int32 z = 9 [default = 1");
        Refused("The default \"1.5 \" of \"f\"", file => Field(file, "f").DefaultValue = "1.5 ");
        Refused("The default \"A, json_name = \\\"z\\\"\" of \"e\"", file => Field(file, "e").DefaultValue = "A, json_name = \"z\"");
        Refused("The default \"x\\\", json_name = \\\"z\" of \"y\"", file => Field(file, "y").DefaultValue = "x\", json_name = \"z");
        Refused("The default \"x\\\\\" of \"y\"", file => Field(file, "y").DefaultValue = "x\\");
        Refused("The default of \"y\": This escape does not exist", file => Field(file, "y").DefaultValue = "\\q");
        Refused("cannot be written as .proto text", file => Field(file, "a").DefaultValue = "+7");
    }

    [Fact]
    public void Map_entries_are_those_of_maps()
    {
        const string Message = "has map_entry set and is not what a map field makes";
        Refused("\"N\" " + Message, file => M(file).NestedType.Single(nested => nested.Name == "N").Options = new MessageOptions { MapEntry = true });
        Refused("\"Top\" " + Message, file => file.MessageType.Add(new DescriptorProto { Name = "Top", Options = new MessageOptions { MapEntry = true } }));
        foreach (var change in (Action<FileDescriptorProto>[])
        [
            file => M(file).Field.Remove(Field(file, "counts")),
            file => Field(file, "counts").Name = "others",
            file => Field(file, "counts").Label = Label.Optional,
            file => Entry(file).Field[0].Name = "k",
            file => Entry(file).Field[1].Number = 3,
            file => Entry(file).Field[1].Label = Label.Repeated,
            file => Entry(file).Field[1].DefaultValue = "5",
            file => Entry(file).Field.Add(new FieldDescriptorProto { Name = "more", Number = 3, Type = Type.Int32, Label = Label.Optional }),
            file => Entry(file).NestedType.Add(new DescriptorProto { Name = "Inner" }),
            file => Entry(file).ReservedName.Add("more"),
            file => Entry(file).Options.Deprecated = true,
        ]) Refused("\"CountsEntry\" " + Message, change);
    }

    [Fact]
    public void Oneofs_and_optional_fields_agree()
    {
        Refused("in oneof 9, which does not exist", file => Field(file, "a").OneofIndex = 9);
        Refused("\"a\" is a proto3 optional field, in a file that is not proto3", file => Field(file, "a").Proto3Optional = true);
        var file = ((ProtobufSchema)Parsed("syntax = \"proto3\"; message M { optional int32 a = 1; }")).File.Proto.Clone();
        file.MessageType[0].Field[0].ClearOneofIndex();
        Assert.Contains("\"a\" is a proto3 optional field without its oneof", Parse(Encode(file)).Error!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_reserved_without_quotes_are_names()
    {
        var file = ((ProtobufSchema)Parsed("edition = \"2023\"; message M { reserved old; }")).File.Proto.Clone();
        Assert.NotNull(Parse(Encode(file)).Schema);
        file.MessageType[0].ReservedName[0] = "old; } message Z { reserved z";
        Assert.Contains("reserved in \"M\", is not a name", Parse(Encode(file)).Error!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_stands_in_quotes_may_be_anything()
    {
        const string Nasty = "q\\\";\n} message Z {} // '";
        var file = Good.Clone();
        file.Dependency.Add(Nasty);
        file.Options = new Google.Protobuf.Reflection.FileOptions { JavaPackage = Nasty };
        M(file).ReservedName[0] = Nasty;
        Field(file, "a").JsonName = Nasty;
        Field(file, "s").DefaultValue = Nasty;
        var reference = Printed.Reference(Nasty, "syntax = \"proto3\";");
        var schema = Assert.IsType<ProtobufSchema>(Parse(Encode(file), reference).Schema);
        var read = Printed.Parse(schema.CanonicalText, reference);
        Assert.Equal("M", read.File.Messages.Single().Name);
        Assert.Equal(Nasty, read.File.Proto.Options.JavaPackage);
        Assert.Equal([Nasty], read.File.Proto.Dependency);
        Assert.Equal([Nasty], read.File.Proto.MessageType[0].ReservedName);
        Assert.Equal((Nasty, Nasty), (read.File.Messages[0].Find("a")!.JsonName, read.File.Messages[0].Find("s")!.Default));
    }

    [Fact]
    public void Options_that_nobody_interpreted_are_names_and_values_too()
    {
        static void Add(FileDescriptorProto file, string name, string value) =>
            (file.Options ??= new Google.Protobuf.Reflection.FileOptions()).UninterpretedOption.Add(new UninterpretedOption
            {
                Name = { new UninterpretedOption.Types.NamePart { NamePart_ = name, IsExtension = false } },
                IdentifierValue = value,
            });
        Refused("An option's name is \"deprecated = true; message Z {} option deprecated\"", file => Add(file, "deprecated = true; message Z {} option deprecated", "true"));
        Refused("An option's value \"true; message Z {}\" is not a name", file => Add(file, "deprecated", "true; message Z {}"));
    }

    [Fact]
    public void What_has_no_text_is_refused()
    {
        static void Call(FileDescriptorProto file, string name)
        {
            file.ClearPackage();
            file.MessageType.Clear();
            file.Extension.Clear();
            file.MessageType.Add(new DescriptorProto { Name = name });
            file.MessageType.Add(new DescriptorProto
            {
                Name = "M",
                Field = { new FieldDescriptorProto { Name = "b", Number = 1, Label = Label.Optional, Type = Type.Message, TypeName = name } },
            });
            file.Service.Clear();
        }

        Refused("which is how it is kept: the text would be another schema's", file => Call(file, "int32"));
        Refused("which is how it is kept: A group's name must start", file => Call(file, "group"));
    }

    [Fact]
    public void A_number_that_no_word_stands_for_is_refused()
    {
        var file = Good.Clone();
        file.Options = new Google.Protobuf.Reflection.FileOptions { OptimizeFor = (Google.Protobuf.Reflection.FileOptions.Types.OptimizeMode)77 };
        Assert.Contains("cannot be written as .proto text", Parse(Encode(file)).Error!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Order_is_a_compilers_choice()
    {
        var file = Good.Clone();
        var fields = M(file).Field.Reverse().ToList();
        M(file).Field.Clear();
        M(file).Field.AddRange(fields);
        Field(file, "f").DefaultValue = "15e-1";
        Field(file, "y").DefaultValue = "\\x78";
        Assert.Equal(Parsed(Encode(Good)).CanonicalText.Length, Parsed(Encode(file)).CanonicalText.Length);
        Assert.Equal(Parsed(Encode(Good)).NormalizedText, Parsed(Encode(file)).NormalizedText);
    }

    public static TheoryData<string> Names => ProtocFileTests.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void Descriptors_of_files_by_hand_are_taken(string name)
    {
        var text = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Protobuf", "Files", name + ".proto"));
        Taken(new ProtoCase(name, [.. ProtocFileTests.Shared, (name + ".proto", text)]));
    }

    [Fact]
    public void Descriptors_of_generated_files_are_taken()
    {
        for (var seed = 0; seed < 400; seed++) Taken(ProtoGenerator.Case(seed));
        for (var seed = 0; seed < 1000; seed++)
        {
            var schema = Printed.Parse(new ProtoFileGenerator(seed).Text(seed + 1));
            var again = Printed.Parse(schema.SerializedText!);
            Assert.Equal(schema.NormalizedText, again.NormalizedText);
        }
    }

    /// <summary>Ours are protoc's descriptors, byte for byte.</summary>
    private static void Taken(ProtoCase one)
    {
        if (ProtocOracle.Parse(one).Schema is not { } schema) return;
        var again = ProtocOracle.Parse(one with { Files = [.. one.Files.SkipLast(1), (one.Files[^1].Path, schema.SerializedText!)] });
        Assert.True(again.Schema is not null, $"{again.Error}\n{one}");
        Assert.Equal(schema.NormalizedText, again.Schema.NormalizedText);
    }
}

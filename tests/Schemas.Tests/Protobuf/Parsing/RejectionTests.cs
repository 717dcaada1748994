using System.Globalization;

namespace Gateway.Schemas.Tests.Protobuf.Parsing;

/// <summary>What is refused, by protoc and by us: each rule of the language once, with the place and the gist of what we say.</summary>
public class RejectionTests
{
    private const string P2 = "syntax = \"proto2\";\n";
    private const string P3 = "syntax = \"proto3\";\n";
    private const string E23 = "edition = \"2023\";\n";
    private const string E24 = "edition = \"2024\";\n";
    private const string Options = "import \"google/protobuf/descriptor.proto\";\n";

    public static TheoryData<string, string, string> Rows => new()
    {
        // Tokens.
        { P3 + "message M { int32 a = 1; } $", "2:28", "\"$\"" },
        { P3 + "message Mü {}", "2:10", "not ASCII" },
        { P3 + "message M { int32 a = 1 }", "2:25", "\";\"" },
        { P3 + "message M { /* open", "2:13", "no end" },
        { P3 + "/* a /* b */ message M {}", "2:6", "do not nest" },
        { P3 + "option java_package = \"abc\ndef\";", "2:23", "line's end" },
        { P3 + "option java_package = \"abc", "2:23", "no end" },
        { P3 + "option java_package = \"\\q\";", "2:24", "does not exist" },
        { P3 + "option java_package = \"\\x\";", "2:24", "hex digits" },
        { P3 + "option java_package = \"\\u12\";", "2:24", "four hex digits" },
        { P3 + "option java_package = \"\\U00200000\";", "2:24", "eight hex digits" },
        { P3 + "message M { int32 a = 08; }", "2:23", "octal" },
        { P3 + "message M { int32 a = 0x; }", "2:23", "hex digits" },
        { P3 + "message M { int32 a = 1x; }", "2:24", "blank" },
        { P3 + "message M { int32 a = 1.5; }", "2:23", "a field's number" },
        { P2 + "message M { optional float a = 1 [default = 1.2.3]; }", "2:48", "one decimal point" },
        { P2 + "message M { optional float a = 1 [default = 1e]; }", "2:47", "exponent" },
        // The file.
        { "syntax = \"proto4\";", "1:10", "does not exist" },
        { "syntax = proto3;", "1:10", "\"proto2\" or \"proto3\"" },
        { "edition = \"2019\";", "1:11", "2023 and 2024" },
        { "edition = \"proto3\";", "1:11", "2023 and 2024" },
        { ";syntax = \"proto3\";", "1:2", "top level" },
        { P3 + "syntax = \"proto3\";", "2:1", "top level" },
        { P3 + "package a; package b;", "2:12", "twice" },
        { P3 + "package a.;", "2:11", "after the dot" },
        { P3 + "message", "2:8", "a message's name" },
        { P3 + "message M {", "2:12", "ends" },
        { P3 + "import \"nowhere.proto\";", "2:8", "\"nowhere.proto\" is not known" },
        { P3 + "import \"google/protobuf/any.proto\"; import \"google/protobuf/any.proto\";", "2:44", "twice" },
        { P3 + "import any;", "2:8", "in quotes" },
        { E23 + "import option \"google/protobuf/any.proto\";", "2:8", "2024" },
        { E24 + "import weak \"google/protobuf/any.proto\";", "2:8", "weak" },
        // Names.
        { P3 + "message M { int32 a = 1; int32 a = 2; }", "2:32", "\"M.a\" is already defined" },
        { P3 + "message M {} enum M { A = 0; }", "2:19", "\"M\" is already defined" },
        { P3 + "enum A { X = 0; } enum B { X = 0; }", "2:28", "beside their enum" },
        { P3 + "message M { int32 o = 1; oneof o { int32 b = 2; } }", "2:32", "already defined" },
        { P3 + "import \"google/protobuf/any.proto\"; message google {}", "2:45", "name of a package" },
        { P3 + "message M { map<int32, int32> a = 1; message AEntry {} }", "2:46", "\"M.AEntry\" is already defined" },
        { P3 + "message M { N n = 1; }", "2:13", "\"N\" is not defined" },
        { P3 + "message M { .N n = 1; }", "2:13", "\".N\" is not defined" },
        { P3 + "message M { message N {} N.O o = 1; } message N { message O {} }", "2:26", "leading dot" },
        { P3 + "message M { google.protobuf.Any a = 1; }", "2:13", "not defined" },
        { P3 + "service S { rpc R(E) returns (E); } enum E { A = 0; }", "2:19", "not a message" },
        { P3 + "service S { rpc R(int32) returns (int32); }", "2:19", "a message's name" },
        { P3 + "message M {} service S { rpc R(M) returns (M); rpc R(M) returns (M); }", "2:52", "already defined" },
        // Fields.
        { P2 + "message M { int32 a = 1; }", "2:13", "label" },
        { P3 + "message M { required int32 a = 1; }", "2:13", "required" },
        { E23 + "message M { required int32 a = 1; }", "2:13", "LEGACY_REQUIRED" },
        { E23 + "message M { optional int32 a = 1; }", "2:13", "field_presence" },
        { P3 + "message M { int32 a = 0; }", "2:23", "not positive" },
        { P3 + "message M { int32 a = -1; }", "2:23", "a field's number" },
        { P3 + "message M { int32 a = 536870912; }", "2:23", "too big" },
        { P3 + "message M { int32 a = 99999999999; }", "2:23", "out of range" },
        { P3 + "message M { int32 a = 19000; }", "2:23", "19999" },
        { P3 + "message M { int32 a = 1; int32 b = 1; }", "2:36", "for \"a\" already" },
        { P3 + "message M { int32 a = 1 []; }", "2:26", "an option's name" },
        { P3 + "message M { int32 a = 1 [default = 5]; }", "2:26", "defaults" },
        { P2 + "message M { repeated int32 a = 1 [default = 5]; }", "2:35", "Repeated" },
        { P2 + "message M { optional M a = 1 [default = x]; }", "2:31", "Messages have no default" },
        { P2 + "message M { optional int32 a = 1 [default = 2147483648]; }", "2:45", "out of range" },
        { P2 + "message M { optional uint32 a = 1 [default = -1]; }", "2:46", "negative" },
        { P2 + "message M { optional bool a = 1 [default = 1]; }", "2:44", "\"true\"" },
        { P2 + "message M { optional string a = 1 [default = x]; }", "2:46", "a string" },
        { P2 + "message M { optional E a = 1 [default = Y]; } enum E { X = 0; }", "2:31", "no value \"Y\"" },
        { P2 + "message M { optional int32 a = 1 [default = 1, default = 2]; }", "2:48", "twice" },
        { P2 + "message M { optional int32 a = 1 [json_name = \"x\", json_name = \"y\"]; }", "2:52", "twice" },
        { P2 + "message M { optional int32 a = 1 [json_name = \"[x]\"]; }", "2:35", "brackets" },
        { P3 + "message M { int32 a_b = 1; int32 aB = 2; }", "2:34", "JSON name" },
        { P2 + "message M { optional int32 a = 1 [json_name = \"x\"]; optional int32 b = 2 [json_name = \"x\"]; }", "2:68", "JSON name" },
        { P2 + "message M { optional group lower = 1 {} }", "2:28", "capital" },
        { P2 + "message M { optional group G = 1; }", "2:33", "body" },
        { P3 + "message M { repeated group G = 1 {} }", "2:22", "groups" },
        { E23 + "message M { group G = 1 {} }", "2:13", "DELIMITED" },
        { P3 + "message M { E e = 1; } enum E { A = 1; }", "2:37", "zero" },
        // Maps and oneofs.
        { P3 + "message M { map<float, int32> a = 1; }", "2:13", "cannot be float" },
        { P3 + "message M { map<bytes, int32> a = 1; }", "2:13", "cannot be bytes" },
        { P3 + "message M { map<M, int32> a = 1; }", "2:13", "cannot be message" },
        { P3 + "message M { map<E, int32> a = 1; } enum E { A = 0; }", "2:13", "cannot be enum" },
        { P3 + "message M { repeated map<int32, int32> a = 1; }", "2:22", "no label" },
        { P3 + "message M { oneof o { map<int32, int32> a = 1; } }", "2:23", "oneof cannot hold a map" },
        { P2 + "message M { map<int32, E> a = 1; } enum E { A = 1; }", "2:13", "zero" },
        { P2 + "message M { option map_entry = true; optional int32 key = 1; }", "2:20", "map<key, value>" },
        { P3 + "message M { oneof o { } }", "2:23", "at least one" },
        { P3 + "message M { oneof o { repeated int32 a = 1; } }", "2:23", "no label" },
        // Enums.
        { P3 + "enum E { }", "2:6", "no values" },
        { P3 + "enum E { A = 1; }", "2:14", "zero" },
        { P2 + "enum E { A = 0; B = 0; }", "2:21", "allow_alias" },
        { P2 + "enum E { option allow_alias = true; A = 0; B = 1; }", "2:6", "allow_alias" },
        { P2 + "enum E { A = 2147483648; }", "2:14", "out of range" },
        { P2 + "enum E { A = 0; reserved 0; }", "2:14", "reserved" },
        { P2 + "enum E { A = 0; reserved \"A\"; }", "2:10", "reserved" },
        { P2 + "enum E { A = 0; reserved 5 to 1; }", "2:26", "before it starts" },
        { P2 + "enum E { A = 0; reserved 5 to 10, 10; }", "2:35", "overlaps" },
        { P3 + "enum My { MY_A = 0; A = 1; }", "2:21", "differ by case" },
        // Reserved, extensions.
        { P3 + "message M { reserved 1 to 5; int32 a = 3; }", "2:40", "reserved" },
        { P3 + "message M { reserved \"a\"; int32 a = 3; }", "2:33", "reserved" },
        { P3 + "message M { reserved a; }", "2:22", "quotes" },
        { E23 + "message M { reserved \"a\"; }", "2:22", "without quotes" },
        { P3 + "message M { reserved 1 to 5, 5; }", "2:30", "overlaps" },
        { P3 + "message M { reserved 0; }", "2:22", "positive" },
        { P3 + "message M { reserved 9 to 5; }", "2:22", "before it starts" },
        { P3 + "message M { reserved \"a\", \"a\"; }", "2:9", "twice" },
        { P3 + "message M { extensions 5; }", "2:24", "extension ranges" },
        { P2 + "message M { extensions 5 to 10; optional int32 a = 7; }", "2:52", "left to extensions" },
        { P2 + "message M { extensions 5; } extend M { optional int32 a = 6; }", "2:59", "does not leave" },
        { P2 + "message M { extensions 5; } extend M { required int32 a = 5; }", "2:40", "required" },
        { P2 + "message M { extensions 5; } extend M { optional int32 a = 5; optional int32 b = 5; }", "2:81", "already used" },
        { P2 + "message M { extensions 5; } extend M { optional int32 a = 5 [json_name = \"x\"]; }", "2:62", "json_name" },
        { P2 + "message M { extensions 5; } extend M { map<int32, int32> a = 5; }", "2:40", "cannot be a map" },
        { P2 + "message M { extensions 5; } extend M { }", "2:40", "label" },
        { P2 + "extend N { optional int32 a = 5; }", "2:8", "not defined" },
        { P2 + "enum E { A = 0; } extend E { optional int32 a = 5; }", "2:26", "cannot be extended" },
        { P3 + "import \"shared/proto2_enum.proto\"; extend shared.old.Extendable { string a = 100; }", "2:43", "only options" },
        { P3 + "import \"shared/proto2_enum.proto\"; message M { shared.old.Closed c = 1; }", "2:48", "closed" },
        { E23 + "import \"shared/proto2_enum.proto\"; message M { shared.old.Closed c = 1 [features.field_presence = IMPLICIT]; }", "2:48", "must be open" },
        { P2 + "message M { extensions 4 [declaration = { number: 5 full_name: \".a\" type: \"int32\" }]; }", "2:24", "outside" },
        { P2 + "message M { extensions 4 [verification = DECLARATION]; } extend M { optional int32 a = 4; }", "2:88", "declare" },
        { P2 + "message M { option message_set_wire_format = true; extensions 4 to max; optional int32 a = 1; }", "2:88", "message set" },
        // Options.
        { P3 + "option nothing = 1;", "2:8", "not known" },
        { P3 + "option (nothing) = 1;", "2:8", "not defined" },
        { P3 + "option java_package = 5;", "2:8", "quotes" },
        { P3 + "option java_multiple_files = \"true\";", "2:8", "true or false" },
        { P3 + "option optimize_for = FAST;", "2:8", "no value \"FAST\"" },
        { P3 + "option java_package = \"a\"; option java_package = \"b\";", "2:35", "twice" },
        { P3 + "option java_package = -\"a\";", "2:23", "no sign" },
        { P3 + "option java_package = -x;", "2:24", "inf" },
        { P3 + "option java_package.x = 1;", "2:8", "not a message" },
        { P3 + "option uninterpreted_option = {};", "2:8", "reserved" },
        { P3 + Options + "extend google.protobuf.FileOptions { optional int32 o = 50000; } option (o) = 2147483648;", "3:73", "-2147483648 to 2147483647" },
        { P3 + Options + "extend google.protobuf.FieldOptions { optional int32 o = 50000; } option (o) = 1;", "3:74", "cannot be set on" },
        { P3 + Options + "message D { int32 a = 1; } extend google.protobuf.FileOptions { D o = 50000; } option (o) = 5;", "3:87", "is a message" },
        { P3 + Options + "message D { int32 a = 1; } extend google.protobuf.FileOptions { D o = 50000; } option (o) = { b: 1 };", "3:87", "no field \"b\"" },
        { P3 + Options + "message D { int32 a = 1; } extend google.protobuf.FileOptions { D o = 50000; } option (o) = { a: 1 a: 2 };", "3:87", "given twice" },
        { P3 + Options + "message D { int32 a = 1; } extend google.protobuf.FileOptions { D o = 50000; } option (o).a = 1; option (o) = { a: 2 };", "3:105", "set twice" },
        { P3 + Options + "message D { oneof x { int32 a = 1; int32 b = 2; } } extend google.protobuf.FileOptions { D o = 50000; } option (o) = { a: 1 b: 2 };", "3:112", "both are in the oneof" },
        { P3 + Options + "message D { int32 a = 1; } extend google.protobuf.FileOptions { repeated D o = 50000; } option (o).a = 5;", "3:96", "repeated" },
        { P3 + Options + "message D { int32 a = 1; } extend google.protobuf.FileOptions { D o = 50000; } option (o) = { a: 1;", "3:93", "no end" },
        { P2 + Options + "message D { required int32 a = 1; } extend google.protobuf.FileOptions { optional D o = 50000; } option (o) = { };", "3:105", "needs a" },
        { P2 + "message M { optional int32 a = 1 [packed = true]; }", "2:28", "packed" },
        { E23 + "message M { repeated int32 a = 1 [packed = true]; }", "2:28", "repeated_field_encoding" },
        { P2 + "message M { optional int32 a = 1 [lazy = true]; }", "2:28", "lazy" },
        { P2 + "message M { optional int32 a = 1 [jstype = JS_STRING]; }", "2:28", "64-bit" },
        // Features.
        { P3 + "option features.field_presence = EXPLICIT;", "2:8", "2023" },
        { E23 + "option features.field_presence = LEGACY_REQUIRED;", "1:1", "all fields required" },
        { E23 + "option features.enum_type = CLOSED; option features = { utf8_validation: NONE };", "2:44", "set twice" },
        { E23 + "option java_string_check_utf8 = true;", "1:1", "utf8_validation" },
        { E23 + "message M { option features.field_presence = EXPLICIT; }", "2:20", "cannot be set on a message" },
        { E23 + "message M { repeated int32 a = 1 [features.field_presence = EXPLICIT]; }", "2:28", "no presence" },
        { E23 + "message M { M a = 1 [features.field_presence = IMPLICIT]; }", "2:15", "always have presence" },
        { E23 + "message M { oneof o { int32 a = 1 [features.field_presence = EXPLICIT]; } }", "2:29", "always have presence" },
        { E23 + "message M { int32 a = 1 [features.field_presence = IMPLICIT, default = 1]; }", "2:62", "no default" },
        { E23 + "message M { int32 a = 1 [features.repeated_field_encoding = PACKED]; }", "2:19", "Only repeated" },
        { E23 + "message M { repeated string a = 1 [features.repeated_field_encoding = PACKED]; }", "2:29", "packed" },
        { E23 + "message M { int32 a = 1 [features.utf8_validation = NONE]; }", "2:19", "Only strings" },
        { E23 + "message M { int32 a = 1 [features.message_encoding = DELIMITED]; }", "2:19", "Only messages" },
        { E23 + "message M { int32 a = 1 [features.field_presence = FIELD_PRESENCE_UNKNOWN]; }", "2:19", "unknown value" },
        { E23 + "option features.enforce_naming_style = STYLE2024;", "2:8", "2024" },
        { E24 + "message M { int32 camelCase = 1; }", "2:19", "lower_snake_case" },
        { E24 + "message my_message { }", "2:9", "TitleCase" },
        { E24 + "enum E { e_a = 0; }", "2:10", "UPPER_SNAKE_CASE" },
        { E24 + "option java_multiple_files = true;", "2:8", "2024" },
        { E24 + "import \"shared/edition2024.proto\"; message M { shared.modern.Secret s = 1; }", "2:48", "export" },
        { E24 + "import \"shared/edition2024.proto\"; message M { shared.modern.Exported.Hidden s = 1; }", "2:48", "export" },
        { E24 + "export service S { }", "2:8", "\"message\" or \"enum\"" },
    };

    [Theory]
    [MemberData(nameof(Rows))]
    public void A_breach_is_told_with_its_place(string text, string place, string gist)
    {
        var one = new ProtoCase("row", [.. ProtocFileTests.Shared, ("row.proto", text)]);
        var error = ProtocOracle.Parse(one).Error;
        Assert.True(error is not null, "accepted");
        Assert.Contains(gist, error.Message, StringComparison.Ordinal);
        Assert.Equal(place, string.Create(CultureInfo.InvariantCulture, $"{error.Line}:{error.Column}"));
    }

    [Fact]
    public void Protoc_refuses_all_of_them_too() => ProtocOracle.AssertRefused(
        [.. Rows.Select((row, i) => new ProtoCase($"row {i}", [.. ProtocFileTests.Shared, ($"row{i}.proto", (string)row[0])]))]);
}

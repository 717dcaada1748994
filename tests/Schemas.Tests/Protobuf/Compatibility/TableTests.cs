using static Gateway.Schemas.Tests.Protobuf.Compatibility.Compared;

namespace Gateway.Schemas.Tests.Protobuf.Compatibility;

/// <summary>
/// Each row of the Protobuf table (schema-registry 4.2) with token and path, both ways. Differences in parentheses break nothing.
/// </summary>
public class TableTests
{
    private static string Message(string body) => $"message M {{ {body} }}";

    private static string Proto2(string body) => $"syntax = \"proto2\"; message M {{ {body} }}";

    [Fact]
    public void PACKAGE_CHANGED()
    {
        Expect("package a; message M {}", "package b; message M {}", ["PACKAGE_CHANGED #/"], ["PACKAGE_CHANGED #/"]);
        Expect("package a; message M {}", "message M {}", ["PACKAGE_CHANGED #/"], ["PACKAGE_CHANGED #/"]);
        Expect("package a; message M {}", "package a; message M {}", [], []);
    }

    [Fact]
    public void MESSAGE_ADDED_and_REMOVED_by_name_and_level()
    {
        Expect("message M {}", "message M {} message N {}", ["(MESSAGE_ADDED #/N)"], ["MESSAGE_REMOVED #/N"]);
        Expect(Message(""), Message("message N { message O {} }"), ["(MESSAGE_ADDED #/M/N)"], ["MESSAGE_REMOVED #/M/N"]);
        Expect(Message("message N {}"), Message("message N { message O {} }"), ["(MESSAGE_ADDED #/M/N/O)"], ["MESSAGE_REMOVED #/M/N/O"]);
        Expect("message M {} message N {}", Message("message N {}"),
            ["(MESSAGE_ADDED #/M/N)", "MESSAGE_REMOVED #/N"], ["MESSAGE_REMOVED #/M/N", "(MESSAGE_ADDED #/N)"]);
    }

    [Fact]
    public void Messages_that_maps_and_groups_bring_along_are_none_of_their_own()
    {
        Expect(Message(""), Message("map<string, int32> m = 1;"), ["(FIELD_ADDED #/M/1)"], ["(FIELD_REMOVED #/M/1)"]);
        Expect(Proto2(""), Proto2("optional group G = 1 { optional int32 a = 1; }"), ["(FIELD_ADDED #/M/1)"], ["(FIELD_REMOVED #/M/1)"]);
    }

    [Fact]
    public void MESSAGE_MOVED()
    {
        Expect("message A {} message B {}", "message B {} message A {}",
            ["(MESSAGE_MOVED #/A)", "(MESSAGE_MOVED #/B)"], ["(MESSAGE_MOVED #/B)", "(MESSAGE_MOVED #/A)"]);
        Expect(Message("message A {} message B {}"), Message("message B {}"),
            ["MESSAGE_REMOVED #/M/A", "(MESSAGE_MOVED #/M/B)"], ["(MESSAGE_MOVED #/M/B)", "(MESSAGE_ADDED #/M/A)"]);
        // The entry of a map has an index and is none of the messages compared.
        Expect(Message("message A {}"), Message("map<int32, int32> m = 1; message A {}"), ["(FIELD_ADDED #/M/1)"], ["(FIELD_REMOVED #/M/1)"]);
    }

    [Fact]
    public void ENUM_ADDED_and_REMOVED()
    {
        Expect("message M {}", "message M {} enum E { A = 0; }", ["(ENUM_ADDED #/E)"], ["(ENUM_REMOVED #/E)"]);
        Expect(Message(""), Message("enum E { A = 0; }"), ["(ENUM_ADDED #/M/E)"], ["(ENUM_REMOVED #/M/E)"]);
    }

    [Fact]
    public void ENUM_CONST_ADDED_CHANGED_and_REMOVED_by_number()
    {
        Expect("enum E { A = 0; }", "enum E { A = 0; B = 1; }", ["(ENUM_CONST_ADDED #/E/1)"], ["(ENUM_CONST_REMOVED #/E/1)"]);
        Expect("enum E { A = 0; B = 1; }", "enum E { A = 0; C = 1; }", ["(ENUM_CONST_CHANGED #/E/1)"], ["(ENUM_CONST_CHANGED #/E/1)"]);
        Expect("enum E { A = 0; B = 1; }", "enum E { A = 0; B = -2; }",
            ["(ENUM_CONST_ADDED #/E/-2)", "(ENUM_CONST_REMOVED #/E/1)"], ["(ENUM_CONST_REMOVED #/E/-2)", "(ENUM_CONST_ADDED #/E/1)"]);
    }

    [Fact]
    public void FIELD_ADDED_REMOVED_and_NAME_CHANGED_by_number()
    {
        Expect(Message("int32 a = 1;"), Message("int32 a = 1; string b = 2;"), ["(FIELD_ADDED #/M/2)"], ["(FIELD_REMOVED #/M/2)"]);
        Expect(Message("int32 a = 1;"), Message("int32 b = 1;"), ["(FIELD_NAME_CHANGED #/M/1)"], ["(FIELD_NAME_CHANGED #/M/1)"]);
        Expect(Message("int32 a = 1;"), Message("int32 a = 2;"),
            ["(FIELD_REMOVED #/M/1)", "(FIELD_ADDED #/M/2)"], ["(FIELD_ADDED #/M/1)", "(FIELD_REMOVED #/M/2)"]);
        Expect(Message("message N { int32 a = 1; }"), Message("message N { int32 a = 1; optional int32 b = 12; }"),
            ["(FIELD_ADDED #/M/N/12)"], ["(FIELD_REMOVED #/M/N/12)"]);
    }

    [Theory]
    [InlineData("int32 a = 1;", "N a = 1;")]
    [InlineData("string a = 1;", "N a = 1;")]
    [InlineData("E a = 1;", "N a = 1;")]
    [InlineData("N a = 1;", "map<int32, N> a = 1;")]
    [InlineData("int32 a = 1;", "map<int32, int32> a = 1;")]
    [InlineData("repeated N a = 1;", "map<int32, N> a = 1;")]
    public void FIELD_KIND_CHANGED_among_scalar_message_and_map(string one, string other) => Expect(
        Message(one) + "message N {} enum E { Z = 0; }", Message(other) + "message N {} enum E { Z = 0; }",
        ["FIELD_KIND_CHANGED #/M/1"], ["FIELD_KIND_CHANGED #/M/1"]);

    public static readonly string[][] ScalarKinds =
    [
        ["int32", "int64", "uint32", "uint64", "bool", "E"], ["sint32", "sint64"], ["string", "bytes"], ["fixed32", "sfixed32"],
        ["fixed64", "sfixed64"], ["float"], ["double"],
    ];

    [Fact]
    public void FIELD_SCALAR_KIND_CHANGED_between_the_seven_kinds_and_only_between_them()
    {
        var types = ScalarKinds.SelectMany((kind, index) => kind.Select(type => (type, index))).ToList();
        foreach (var (one, oneKind) in types)
        {
            foreach (var (other, otherKind) in types)
            {
                string[] expected = oneKind == otherKind ? [] : ["FIELD_SCALAR_KIND_CHANGED #/M/7"];
                Expect(Message($"{one} a = 7;") + "enum E { Z = 0; }", Message($"{other} a = 7;") + "enum E { Z = 0; }", expected, expected);
            }
        }
    }

    [Fact]
    public void Keys_and_values_of_maps_are_compared_like_fields()
    {
        Expect(Message("map<int32, string> m = 3;"), Message("map<uint64, bytes> m = 3;"), [], []);
        Expect(Message("map<int32, string> m = 3;"), Message("map<sint32, string> m = 3;"),
            ["FIELD_SCALAR_KIND_CHANGED #/M/3"], ["FIELD_SCALAR_KIND_CHANGED #/M/3"]);
        Expect(Message("map<int32, string> m = 3;"), Message("map<string, double> m = 3;"),
            ["FIELD_SCALAR_KIND_CHANGED #/M/3", "FIELD_SCALAR_KIND_CHANGED #/M/3"], ["FIELD_SCALAR_KIND_CHANGED #/M/3", "FIELD_SCALAR_KIND_CHANGED #/M/3"]);
        Expect(Message("map<int32, A> m = 3;") + "message A {} message B {}", Message("map<int32, B> m = 3;") + "message A {} message B {}",
            ["FIELD_NAMED_TYPE_CHANGED #/M/3"], ["FIELD_NAMED_TYPE_CHANGED #/M/3"]);
        Expect(Message("map<int32, A> m = 3;") + "message A {}", Message("map<int32, int32> m = 3;") + "message A {}",
            ["FIELD_KIND_CHANGED #/M/3"], ["FIELD_KIND_CHANGED #/M/3"]);
    }

    [Fact]
    public void FIELD_NAMED_TYPE_CHANGED_when_the_local_name_differs()
    {
        Expect(Message("A a = 1;") + "message A {} message B {}", Message("B a = 1;") + "message A {} message B {}",
            ["FIELD_NAMED_TYPE_CHANGED #/M/1"], ["FIELD_NAMED_TYPE_CHANGED #/M/1"]);
        Expect(Message("N a = 1; message N {}") + "message N {}", Message(".N a = 1; message N {}") + "message N {}",
            ["FIELD_NAMED_TYPE_CHANGED #/M/1"], ["FIELD_NAMED_TYPE_CHANGED #/M/1"]);
        // However it is spelt, and whatever the package: the package has a row of its own.
        Expect("package p; message M { A a = 1; } message A {}", "package q; message M { .q.A a = 1; } message A {}",
            ["PACKAGE_CHANGED #/"], ["PACKAGE_CHANGED #/"]);
    }

    [Fact]
    public void FIELD_NUMERIC_LABEL_CHANGED_when_both_labels_are_written()
    {
        foreach (var type in new[] { "int32", "sint64", "fixed32", "sfixed64", "float", "double", "bool", "E" })
        {
            Expect(Message($"optional {type} a = 1;") + "enum E { Z = 0; }", Message($"repeated {type} a = 1;") + "enum E { Z = 0; }",
                ["FIELD_NUMERIC_LABEL_CHANGED #/M/1"], ["FIELD_NUMERIC_LABEL_CHANGED #/M/1"]);
        }
        Expect(Proto2("optional int32 a = 1;"), Proto2("repeated int32 a = 1;"),
            ["FIELD_NUMERIC_LABEL_CHANGED #/M/1"], ["FIELD_NUMERIC_LABEL_CHANGED #/M/1"]);
        Expect(Proto2("optional int32 a = 1;"), Proto2("required int32 a = 1;"),
            ["FIELD_NUMERIC_LABEL_CHANGED #/M/1"], ["FIELD_NUMERIC_LABEL_CHANGED #/M/1"]);
        // A field without a label has none that could differ.
        Expect(Message("int32 a = 1;"), Message("repeated int32 a = 1;"), [], []);
        Expect(Message("int32 a = 1;"), Message("optional int32 a = 1;"), [], []);
        Expect(Message("oneof o { int32 a = 1; }"), Message("repeated int32 a = 1;"),
            ["(ONEOF_REMOVED #/M/o)", "(ONEOF_FIELD_MOVED_TO_TOP_LEVEL #/M/1)"], ["(ONEOF_ADDED #/M/o)"]);
    }

    [Fact]
    public void FIELD_STRING_OR_BYTES_LABEL_CHANGED()
    {
        Expect(Message("optional string a = 1;"), Message("repeated string a = 1;"),
            ["(FIELD_STRING_OR_BYTES_LABEL_CHANGED #/M/1)"], ["(FIELD_STRING_OR_BYTES_LABEL_CHANGED #/M/1)"]);
        Expect(Proto2("optional bytes a = 1;"), Proto2("repeated string a = 1;"),
            ["(FIELD_STRING_OR_BYTES_LABEL_CHANGED #/M/1)"], ["(FIELD_STRING_OR_BYTES_LABEL_CHANGED #/M/1)"]);
    }

    [Fact]
    public void REQUIRED_FIELD_ADDED_and_REMOVED()
    {
        Expect(Proto2("optional int32 a = 1;"), Proto2("optional int32 a = 1; required string b = 2;"),
            ["REQUIRED_FIELD_ADDED #/M/2"], ["REQUIRED_FIELD_REMOVED #/M/2"]);
        Expect("edition = \"2023\"; message M {}", "edition = \"2023\"; message M { int32 a = 1 [features.field_presence = LEGACY_REQUIRED]; }",
            ["REQUIRED_FIELD_ADDED #/M/1"], ["REQUIRED_FIELD_REMOVED #/M/1"]);
    }

    [Fact]
    public void ONEOF_ADDED_REMOVED_and_ONEOF_FIELD_ADDED()
    {
        Expect(Message(""), Message("oneof o { int32 a = 1; string b = 2; }"),
            ["(ONEOF_ADDED #/M/o)", "(ONEOF_FIELD_ADDED #/M/o/1)", "(ONEOF_FIELD_ADDED #/M/o/2)"],
            // All of it is gone: no more than if plain fields were.
            ["(ONEOF_REMOVED #/M/o)"]);
        Expect(Message("oneof o { int32 a = 1; }"), Message("oneof o { int32 a = 1; string b = 2; }"),
            ["(ONEOF_FIELD_ADDED #/M/o/2)"], ["ONEOF_FIELD_REMOVED #/M/o/2"]);
    }

    [Fact]
    public void ONEOF_FIELD_REMOVED_unless_no_member_survives()
    {
        Expect(Message("oneof o { int32 a = 1; int32 b = 2; int32 c = 3; }"), Message("oneof o { int32 a = 1; int32 c = 3; }"),
            ["ONEOF_FIELD_REMOVED #/M/o/2"], ["(ONEOF_FIELD_ADDED #/M/o/2)"]);
        // One member lives on outside, so the others were removed.
        Expect(Message("oneof o { int32 a = 1; int32 b = 2; }"), Message("int32 a = 1;"),
            ["(ONEOF_REMOVED #/M/o)", "(ONEOF_FIELD_MOVED_TO_TOP_LEVEL #/M/1)", "ONEOF_FIELD_REMOVED #/M/o/2"],
            ["(ONEOF_ADDED #/M/o)", "(ONEOF_FIELD_ADDED #/M/o/2)"]);
        // The oneof is still there, with other members only.
        Expect(Message("oneof o { int32 a = 1; }"), Message("oneof o { int32 b = 2; }"),
            ["ONEOF_FIELD_REMOVED #/M/o/1", "(ONEOF_FIELD_ADDED #/M/o/2)"], ["(ONEOF_FIELD_ADDED #/M/o/1)", "ONEOF_FIELD_REMOVED #/M/o/2"]);
        // Renamed: every member survives.
        Expect(Message("oneof o { int32 a = 1; int32 b = 2; }"), Message("oneof p { int32 a = 1; int32 b = 2; }"),
            ["(ONEOF_ADDED #/M/p)", "(ONEOF_REMOVED #/M/o)"], ["(ONEOF_ADDED #/M/o)", "(ONEOF_REMOVED #/M/p)"]);
    }

    [Fact]
    public void ONEOF_FIELD_MOVED_TO_TOP_LEVEL() => Expect(
        Message("oneof o { int32 a = 1; int32 b = 2; int32 c = 3; }"), Message("oneof o { int32 b = 2; int32 c = 3; } int32 a = 1;"),
        ["(ONEOF_FIELD_MOVED_TO_TOP_LEVEL #/M/1)"], ["FIELD_MOVED_TO_EXISTING_ONEOF #/M/o"]);

    [Fact]
    public void MULTIPLE_FIELDS_MOVED_TO_ONEOF() => Expect(
        Message("int32 a = 1; int32 b = 2;"), Message("oneof o { int32 a = 1; int32 b = 2; int32 c = 3; }"),
        ["MULTIPLE_FIELDS_MOVED_TO_ONEOF #/M/o", "(ONEOF_ADDED #/M/o)", "(ONEOF_FIELD_ADDED #/M/o/3)"],
        ["(ONEOF_REMOVED #/M/o)", "(ONEOF_FIELD_MOVED_TO_TOP_LEVEL #/M/1)", "(ONEOF_FIELD_MOVED_TO_TOP_LEVEL #/M/2)", "ONEOF_FIELD_REMOVED #/M/o/3"]);

    [Fact]
    public void FIELD_MOVED_TO_EXISTING_ONEOF()
    {
        Expect(Message("int32 a = 1; oneof o { int32 b = 2; }"), Message("oneof o { int32 a = 1; int32 b = 2; }"),
            ["FIELD_MOVED_TO_EXISTING_ONEOF #/M/o"], ["(ONEOF_FIELD_MOVED_TO_TOP_LEVEL #/M/1)"]);
        // Two oneofs become one: no plain field, two groups of origin.
        Expect(Message("oneof o { int32 a = 1; } oneof p { int32 b = 2; }"), Message("oneof o { int32 a = 1; int32 b = 2; }"),
            ["FIELD_MOVED_TO_EXISTING_ONEOF #/M/o", "(ONEOF_REMOVED #/M/p)"], ["(ONEOF_ADDED #/M/p)"]);
        // One plain field into a new oneof excludes nothing that was there before.
        Expect(Message("int32 a = 1; int32 b = 2;"), Message("oneof o { int32 a = 1; int32 c = 3; } int32 b = 2;"),
            ["(ONEOF_ADDED #/M/o)", "(ONEOF_FIELD_ADDED #/M/o/3)"],
            ["(ONEOF_REMOVED #/M/o)", "(ONEOF_FIELD_MOVED_TO_TOP_LEVEL #/M/1)", "ONEOF_FIELD_REMOVED #/M/o/3"]);
    }

    [Fact]
    public void Types_of_fields_that_change_their_oneof_are_still_compared() => Expect(
        Message("oneof o { int32 a = 1; }"), Message("oneof p { string a = 1; }"),
        ["(ONEOF_ADDED #/M/p)", "(ONEOF_REMOVED #/M/o)", "FIELD_SCALAR_KIND_CHANGED #/M/p/1"],
        ["(ONEOF_ADDED #/M/o)", "(ONEOF_REMOVED #/M/p)", "FIELD_SCALAR_KIND_CHANGED #/M/o/1"]);

    [Fact]
    public void The_oneof_behind_an_optional_field_is_none() => Expect(
        Message("optional int32 a = 1; optional string b = 2;"), Message("int32 a = 1; string b = 2; optional bool c = 3;"),
        ["(FIELD_ADDED #/M/3)"], ["(FIELD_REMOVED #/M/3)"]);

    [Fact]
    public void Groups_are_compared_as_messages()
    {
        Expect(Proto2("optional group G = 1 { optional int32 a = 1; }"), Proto2("optional group G = 1 { optional string a = 1; }"),
            ["FIELD_SCALAR_KIND_CHANGED #/M/G/1", "FIELD_NAMED_TYPE_CHANGED #/M/1"], ["FIELD_SCALAR_KIND_CHANGED #/M/G/1", "FIELD_NAMED_TYPE_CHANGED #/M/1"]);
        Expect(Proto2("optional group G = 1 { optional int32 a = 1; }"), Proto2("optional group G = 1 { optional int32 a = 1; optional int32 b = 2; }"),
            ["(FIELD_ADDED #/M/G/2)"], ["(FIELD_REMOVED #/M/G/2)"]);
    }
}

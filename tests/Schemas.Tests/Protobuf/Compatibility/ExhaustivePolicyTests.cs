using Gateway.Schemas.Compatibility;

namespace Gateway.Schemas.Tests.Protobuf.Compatibility;

/// <summary>What the usual rules overlook (the list below the table of schema-registry 4.2), and what the exhaustive policy says to it.</summary>
public class ExhaustivePolicyTests
{
    private static string Message(string body) => $"message M {{ {body} }} message N {{}} enum E {{ Z = 0; }}";

    private static string Proto2(string body) => $"syntax = \"proto2\"; message M {{ {body} }} enum E {{ Z = 0; }}";

    private static void Expect(string old, string @new, string[] backward, string[] forward)
    {
        Compared.Expect(old, @new, backward, forward, CompatibilityPolicy.Exhaustive);
        Assert.All(Compared.Differences(Compared.File(old), Compared.File(@new)), Compatible);
        Assert.All(Compared.Differences(Compared.File(@new), Compared.File(old)), Compatible);
        Assert.Equal(
            Compared.Differences(Compared.File(@new), Compared.File(old)),
            Compared.Differences(Compared.File(@new), Compared.File(old), CompatibilityPolicy.Lenient));

        static void Compatible(string difference) => Assert.StartsWith("(", difference, StringComparison.Ordinal);
    }

    [Fact]
    public void Numbers_without_label_become_repeated() => Expect(Message("int32 a = 1;"), Message("repeated int32 a = 1;"),
        ["FIELD_NUMERIC_LABEL_CHANGED #/M/1"], ["FIELD_NUMERIC_LABEL_CHANGED #/M/1"]);

    [Fact]
    public void Strings_without_label_become_repeated() => Expect(Message("string a = 1;"), Message("repeated string a = 1;"),
        ["(FIELD_STRING_OR_BYTES_LABEL_CHANGED #/M/1)"], ["(FIELD_STRING_OR_BYTES_LABEL_CHANGED #/M/1)"]);

    [Fact]
    public void Messages_become_repeated() => Expect(Message("N a = 1;"), Message("repeated N a = 1;"),
        ["(FIELD_MESSAGE_LABEL_EXTENDED #/M/1)"], ["FIELD_MESSAGE_LABEL_NARROWED #/M/1"]);

    [Fact]
    public void Strings_and_messages_become_required()
    {
        Expect(Proto2("optional string a = 1;"), Proto2("required string a = 1;"),
            ["(FIELD_STRING_OR_BYTES_LABEL_CHANGED #/M/1)", "FIELD_MADE_REQUIRED #/M/1"], ["(FIELD_STRING_OR_BYTES_LABEL_CHANGED #/M/1)"]);
        Expect(Proto2("optional M a = 1;"), Proto2("required M a = 1;"), ["FIELD_MADE_REQUIRED #/M/1"], []);
    }

    [Fact]
    public void Unset_becomes_indistinguishable() => Expect(Message("optional int32 a = 1;"), Message("int32 a = 1;"),
        ["FIELD_PRESENCE_LOST #/M/1"], []);

    [Fact]
    public void Defaults() => Expect(Proto2("optional int32 a = 1 [default = 3];"), Proto2("optional int32 a = 1 [default = 4];"),
        ["FIELD_DEFAULT_CHANGED #/M/1"], ["FIELD_DEFAULT_CHANGED #/M/1"]);

    [Fact]
    public void Json_names()
    {
        Expect(Message("int32 a = 1;"), Message("int32 a = 1 [json_name = \"b\"];"), ["FIELD_JSON_NAME_CHANGED #/M/1"], ["FIELD_JSON_NAME_CHANGED #/M/1"]);
        Expect(Message("int32 a_b = 1;"), Message("int32 aB = 1;"), ["(FIELD_NAME_CHANGED #/M/1)"], ["(FIELD_NAME_CHANGED #/M/1)"]);
    }

    [Fact]
    public void Packed() => Expect(Message("repeated int32 a = 1;"), Message("repeated int32 a = 1 [packed = false];"),
        ["(FIELD_PACKED_CHANGED #/M/1)"], ["(FIELD_PACKED_CHANGED #/M/1)"]);

    [Fact]
    public void How_messages_are_delimited() => Expect(
        "edition = \"2023\"; message M { M a = 1; }", "edition = \"2023\"; message M { M a = 1 [features.message_encoding = DELIMITED]; }",
        ["FIELD_ENCODING_CHANGED #/M/1"], ["FIELD_ENCODING_CHANGED #/M/1"]);

    [Fact]
    public void Syntax_decides_on_utf8_closed_enums_and_presence()
    {
        Expect(Message("bytes a = 1;"), Message("string a = 1;"), ["FIELD_UTF8_REQUIRED #/M/1"], []);
        Expect(Proto2("optional string a = 1;") + "message N {}", Message("optional string a = 1;"), ["FIELD_UTF8_REQUIRED #/M/1"], []);
        Expect(Proto2("optional E a = 1;") + "message N {}", Message("optional E a = 1;"), [], ["FIELD_ENUM_CLOSED #/M/1"]);
        Expect(Proto2("optional int32 a = 1;"), Proto2("optional E a = 1;"), ["FIELD_ENUM_CLOSED #/M/1"], []);
        Expect(Proto2("optional int32 a = 1;") + "message N {}", Message("int32 a = 1;"), ["FIELD_PRESENCE_LOST #/M/1"], []);
    }

    [Fact]
    public void Extensions_and_their_ranges()
    {
        Expect(Proto2("extensions 100 to 200;"), Proto2("optional int32 a = 150;"), ["(FIELD_ADDED #/M/150)", "FIELD_IN_EXTENSION_RANGE #/M/150"], ["(FIELD_REMOVED #/M/150)"]);
        Expect(Proto2("extensions 100 to 200;") + "extend M { optional int32 x = 100; }", Proto2("extensions 100 to 200;") + "extend M { optional string x = 100; }",
            ["FIELD_SCALAR_KIND_CHANGED #/extend/M/100"], ["FIELD_SCALAR_KIND_CHANGED #/extend/M/100"]);
        Expect(Proto2("extensions 100 to 200;"), Proto2("extensions 100 to 200; extend M { optional int32 x = 100; }"),
            ["(EXTENSION_ADDED #/extend/M/100)"], ["(EXTENSION_REMOVED #/extend/M/100)"]);
    }

    [Fact]
    public void Reserved_numbers_and_names() => Expect(Message("reserved 5 to 7; reserved \"b\";"), Message("int32 a = 6; int32 b = 9;"),
        ["(FIELD_ADDED #/M/6)", "(FIELD_ADDED #/M/9)", "(RESERVED_NUMBER_USED #/M/6)", "(RESERVED_NAME_USED #/M/9)"],
        ["(FIELD_REMOVED #/M/6)", "(FIELD_REMOVED #/M/9)"]);

    [Fact]
    public void Message_sets() => Expect(Proto2("extensions 4 to max;"), Proto2("option message_set_wire_format = true; extensions 4 to max;"),
        ["MESSAGE_SET_CHANGED #/M"], ["MESSAGE_SET_CHANGED #/M"]);

    [Fact]
    public void Services()
    {
        const string service = "message N {} message M {} service S { rpc A (M) returns (N); }";
        Expect("message N {} message M {}", service, ["(SERVICE_ADDED #/S)"], ["SERVICE_REMOVED #/S"]);
        Expect("message N {} message M {} service S { rpc A (M) returns (N); rpc B (M) returns (N); }", service, ["METHOD_REMOVED #/S/B"], ["(METHOD_ADDED #/S/B)"]);
        Expect(service, "message N {} message M {} service S { rpc A (N) returns (N); }", ["METHOD_REQUEST_CHANGED #/S/A"], ["METHOD_REQUEST_CHANGED #/S/A"]);
        Expect(service, "message N {} message M {} service S { rpc A (stream M) returns (stream N); }",
            ["METHOD_REQUEST_CHANGED #/S/A", "METHOD_RESPONSE_CHANGED #/S/A"], ["METHOD_REQUEST_CHANGED #/S/A", "METHOD_RESPONSE_CHANGED #/S/A"]);
    }
}

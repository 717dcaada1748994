namespace Gateway.Fuzz.Targets;

/// <summary>Words of .proto files, and of Protobuf's JSON.</summary>
internal static class ProtobufWords
{
    public static IReadOnlyList<string> List { get; } =
    [
        "syntax", "edition", "\"proto2\"", "\"proto3\"", "\"2023\"", "package", "import", "public", "weak", "option", "message", "enum", "service", "rpc",
        "returns", "stream", "oneof", "map", "<", ">", "extend", "extensions", "to", "max", "reserved", "optional", "required", "repeated", "group",
        "double", "float", "int32", "int64", "uint32", "uint64", "sint32", "sint64", "fixed32", "fixed64", "sfixed32", "sfixed64", "bool", "string",
        "bytes", "true", "false", "inf", "-inf", "nan", "default", "json_name", "packed", "deprecated", "allow_alias", "features", ".field_presence",
        "EXPLICIT", "IMPLICIT", "utf8_validation", "NONE", "(my.option).a", "M", "N", "E", ".a.M", "a.b.c", "x", "y", "_", "foo_bar", "fooBar", "A",
        "{", "}", "[", "]", "(", ")", ";", ",", "=", ".", "-", ":", "/", "\"", "'", "\\", "// c\n", "/* c */", "0", "1", "2", "15", "18999", "19000",
        "536870911", "536870912", "2147483647", "2147483648", "-1", "0x7f", "017", "1e400", "1.5f", "18446744073709551615", "18446744073709551616",
        "\"google/protobuf/timestamp.proto\"", "\"google/protobuf/any.proto\"", "\"google/protobuf/struct.proto\"", "\"google/protobuf/wrappers.proto\"",
        "google.protobuf.Timestamp", "google.protobuf.Any", "google.protobuf.Struct", "google.protobuf.Int64Value", "\"\\x00\\u00fc\\377\"",
        "optional int32 n = 1;", "message M { }", "enum E { E0 = 0; }", "oneof o { int32 p = 3; string q = 4; }", "map<string, M> m = 5;",
        "null", "{}", "[]", "\"a\"", "\"NaN\"", "\"Infinity\"", "\"-1\"", "\"1e3\"", "\"2026-11-20T12:00:00.5Z\"", "\"1.5s\"", "\"@type\"", "\"value\"",
        "\"type.googleapis.com/google.protobuf.Duration\"", "\"AAEC\"", "\"_-8=\"", "\"\\ud800\"",
    ];
}

namespace Gateway.Schemas.Tests.Protobuf.Printing;

/// <summary>
/// The bytes of canonical texts (schema-registry 2.8): ids and GUIDs are made from them. What is expected here is what JVM registries print,
/// and where it is not, the test says so.
/// </summary>
public class TextTests
{
    private static void Canonical(string text, string expected) => Assert.Equal(expected.ReplaceLineEndings("\n"), Printed.Canonical(text));

    [Fact]
    public void A_files_sections_in_their_order() => Canonical(
        """
        // comment
        syntax = "proto3";
        package a.b; /* and another */
        option java_package = "c.d"; option java_multiple_files=true;
        import public "google/protobuf/any.proto"; import "google/protobuf/timestamp.proto"; import "google/protobuf/descriptor.proto";
        service S { rpc Get(M) returns (stream M); rpc Put(stream .a.b.M) returns (M) { option deprecated = true; } }
        enum E { X = 0; Y = 1 [deprecated = true]; }
        extend google.protobuf.FileOptions { string note = 50000; }
        message M { M m = 1; google.protobuf.Timestamp at = 2; b.E e = 3; }
        message N {}
        """,
        """
        syntax = "proto3";
        package a.b;

        import "google/protobuf/timestamp.proto";
        import "google/protobuf/descriptor.proto";
        import public "google/protobuf/any.proto";

        option java_package = "c.d";
        option java_multiple_files = true;

        message M {
          M m = 1;
          google.protobuf.Timestamp at = 2;
          b.E e = 3;
        }
        message N {}
        enum E {
          X = 0;
          Y = 1 [deprecated = true];
        }

        extend google.protobuf.FileOptions {
          string note = 50000;
        }

        service S {
          rpc Get (M) returns (stream M);
          rpc Put (stream .a.b.M) returns (M) {
            option deprecated = true;
          };
        }

        """);

    [Fact]
    public void A_messages_sections_in_their_order_with_indented_empty_lines()
    {
        var expected =
            """
            syntax = "proto2";

            message M {
              reserved 4, 6 to 8, 1000 to max;
              reserved "a", "b";

              option deprecated = true;

              optional int32 x = 1;
              map<string, N> map = 2;

              oneof o {
                string s = 3;
                int32 t = 5;
              }

              optional group G = 9 {
                optional bytes d = 1;
              }

              extensions 100 to 199, 500;

              extend M {
                optional int32 ext = 100;
              }

              message N {
                reserved 1;
              _
                optional N n = 2;
              }
              enum E {
                reserved -3 to -1, 9 to max;
                reserved "Q";
                option allow_alias = true;
                A = 0;
                B = 0;
              }
            }

            """.Replace("_\n", "\n", StringComparison.Ordinal);
        Canonical(
            """
            syntax = "proto2";
            message M {
              oneof o { string s = 3; int32 t = 5; }
              extend M { optional int32 ext = 100; }
              extensions 100 to 199, 500;
              optional int32 x = 1; map<string,N> map = 2;
              optional group G = 9 { optional bytes d = 1; }
              message N { optional N n = 2; reserved 1; }
              enum E { option allow_alias = true; A = 0; B = 0; reserved -3 to -1, 9 to max; reserved "Q"; }
              option deprecated = true;
              reserved 4, 6 to 8, 1000 to max; reserved "a", "b";
            }
            """,
            expected);
    }

    [Fact]
    public void The_syntax_is_printed_if_written()
    {
        Canonical("message M {}", "\nmessage M {}\n");
        Canonical("syntax = \"proto2\"; message M {}", "syntax = \"proto2\";\n\nmessage M {}\n");
        Canonical("edition = \"2023\"; message M {}", "edition = \"2023\";\n\nmessage M {}\n");
        Canonical("", "");
    }

    [Fact]
    public void Options_of_a_field_defaults_and_json_names_last() => Canonical(
        """
        syntax = "proto2";
        message M {
          optional int32 a = 1 [default = 0x10, deprecated = true];
          required string b = 2 [json_name = "B", default = 'it\'s'];
          optional double c = 3 [default = -inf];
          optional bytes d = 4 [default = "\x00\xff'"];
          repeated sint32 e = 5 [packed = true];
        }
        """,
        """
        syntax = "proto2";

        message M {
          optional int32 a = 1 [
            deprecated = true,
            default = 16
          ];
          required string b = 2 [
            default = "it\'s",
            json_name = "B"
          ];
          optional double c = 3 [default = -inf];
          optional bytes d = 4 [default = "\000\377\'"];
          repeated sint32 e = 5 [packed = true];
        }

        """);

    internal const string CustomOptions =
        """
        syntax = "proto3";
        package p;
        import "google/protobuf/descriptor.proto";
        message Config { int32 a = 1; string b = 2; repeated int32 c = 3; Config d = 4; double e = 5; }
        extend google.protobuf.MessageOptions { Config config = 50001; repeated string tags = 50002; int32 number = 50003; }
        """;

    [Fact]
    public void Custom_options_stay_as_written() => Assert.Contains(
        """
        message M {
          option (config).d.b = "x";
          option (p.config).a = 1;
          option (.p.number) = 7;
          option (tags) = "one";
          option deprecated = true;
          option (tags) = "two\n\"\'\\";
        }
        message N {
          option (config) = {
            a: 1,
            b: "xy",
            c: [
              1,
              -2,
              3
            ],
            d: {
              a: 2,
              e: -1.5e-3
            }
          };
        }
        """.ReplaceLineEndings("\n"), Printed.Canonical(CustomOptions + """
        message M {
          option (config).d.b = "x"; option (p.config).a = 1; option (.p.number) = 7;
          option (tags) = "one"; option deprecated = true; option (tags) = 'two\n"\'\\';
        }
        message N { option (config) = { a: 1 b: 'x' "y"; c: [1, - 2] d < a: 2, e: -1.5e-3 > c: 3 }; }
        """), StringComparison.Ordinal);

    /// <summary>Ours: sections in the fixed order would give N the index 1, and N's data would be read as the map's.</summary>
    [Fact]
    public void A_message_before_a_map_keeps_its_index()
    {
        const string expected = "syntax = \"proto3\";\n\nmessage M {\n  int32 a = 1;\n  message N {}\n  map<int32, N> m = 2;\n}\n";
        Canonical("syntax = \"proto3\"; message M { message N {} int32 a = 1; map<int32, N> m = 2; }", expected);
        Assert.Equal([0, 0], Printed.Parse(expected).File.FindMessage("M.N")!.Indexes);
        // Behind the map it stands where registries print it.
        Canonical("syntax = \"proto3\"; message M { int32 a = 1; map<int32, N> m = 2; message N {} }",
            "syntax = \"proto3\";\n\nmessage M {\n  int32 a = 1;\n  map<int32, N> m = 2;\n\n  message N {}\n}\n");
    }

    [Fact]
    public void Editions_have_no_labels_and_names_without_quotes() => Canonical(
        "edition = '2023'; option features.field_presence = IMPLICIT; message M { int32 a = 1 [features.field_presence = EXPLICIT]; reserved b, c; repeated M m = 2; }",
        """
        edition = "2023";

        option features.field_presence = IMPLICIT;

        message M {
          reserved b, c;

          int32 a = 1 [features.field_presence = EXPLICIT];
          repeated M m = 2;
        }

        """);

    [Fact]
    public void Text_that_is_no_ascii_stays_and_what_cannot_be_seen_is_escaped() => Canonical(
        "syntax = \"proto2\"; message M { optional string a = 1 [default = \"žř 😀 \\001\\x7f\\t\\?\"]; }",
        "syntax = \"proto2\";\n\nmessage M {\n  optional string a = 1 [default = \"žř 😀 \\001\\177\\t?\"];\n}\n");

    [Fact]
    public void Without_extensions_only_the_data_is_left() => Assert.Equal(
        "syntax = \"proto2\";\npackage p;\n\nimport \"google/protobuf/descriptor.proto\";\n\nmessage M {\n  optional int32 a = 1 [deprecated = true];\n}\n",
        Gateway.Schemas.Protobuf.Printing.ProtoText.WithoutExtensions(Printed.Parse(
            """
            syntax = "proto2"; package p; import "google/protobuf/descriptor.proto";
            extend google.protobuf.FieldOptions { optional int32 x = 50000; }
            message M { optional int32 a = 1 [deprecated = true, (x) = 5]; extensions 100 to 200; extend M { optional int32 y = 100; } }
            """).File));
}

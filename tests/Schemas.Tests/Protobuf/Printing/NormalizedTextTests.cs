namespace Gateway.Schemas.Tests.Protobuf.Printing;

/// <summary>The bytes of normalised texts, by which a registry that is asked to normalise tells schemas apart.</summary>
public class NormalizedTextTests
{
    private static void Normalized(string text, string expected) => Assert.Equal(expected.ReplaceLineEndings("\n"), Printed.Normalized(text));

    [Fact]
    public void The_syntax_is_printed_if_it_is_not_proto2()
    {
        Normalized("syntax = \"proto2\"; message M {}", "\nmessage M {}\n");
        Normalized("syntax = \"proto3\"; message M {}", "syntax = \"proto3\";\n\nmessage M {}\n");
    }

    [Fact]
    public void Normalised_they_are_interpreted_named_in_full_and_sorted() => Assert.Contains(
        """
        message M {
          option deprecated = true;
          option (p.config) = {
            a: 1,
            c: 3,
            d: {
              b: "x"
            }
          };
          option (p.number) = 7;
          option (p.tags) = "one";
          option (p.tags) = "two";
        }
        """.ReplaceLineEndings("\n"), Printed.Normalized(TextTests.CustomOptions + """
        message M {
          option (tags) = "one"; option (config).d.b = "x"; option (p.config).a = 0x01; option (config).c = 3;
          option (.p.number) = 7; option deprecated = true; option (tags) = 'two';
        }
        """), StringComparison.Ordinal);

    [Fact]
    public void Normalised_everything_without_a_meaning_in_its_order_is_sorted() => Normalized(
        """
        syntax = "proto3";
        package p;
        import "google/protobuf/timestamp.proto"; import public "google/protobuf/duration.proto"; import "google/protobuf/any.proto";
        option java_package = "x"; option go_package = "y";
        message Z { Inner c = 3; oneof o { string t = 5; Z s = 4; } oneof a { int32 q = 2; } map<int32, E> m = 1 [json_name = "m"]; message Inner {} reserved 9, 7 to 8; reserved "b", "a"; }
        message A { optional int32 one = 1 [json_name = "two"]; }
        enum E { C = 0; B = 5; A_ = 2; }
        service S { rpc Y(Z) returns (A); rpc X(google.protobuf.Any) returns (Z.Inner); }
        """,
        """
        syntax = "proto3";
        package p;

        import "google/protobuf/any.proto";
        import "google/protobuf/timestamp.proto";
        import public "google/protobuf/duration.proto";

        option go_package = "y";
        option java_package = "x";

        message Z {
          reserved 7 to 8;
          reserved 9;
          reserved "a";
          reserved "b";

          map<int32, .p.E> m = 1;
          .p.Z.Inner c = 3;

          oneof a {
            int32 q = 2;
          }
          oneof o {
            .p.Z s = 4;
            string t = 5;
          }

          message Inner {}
        }
        message A {
          optional int32 one = 1 [json_name = "two"];
        }
        enum E {
          C = 0;
          A_ = 2;
          B = 5;
        }

        service S {
          rpc Y (.p.Z) returns (.p.A);
          rpc X (.google.protobuf.Any) returns (.p.Z.Inner);
        }

        """);

    /// <summary>Ours: the first constant is the default, whatever its number.</summary>
    [Fact]
    public void The_first_constant_of_an_enum_stays_the_first() => Normalized(
        "syntax = \"proto3\"; enum E { Z = 0; B = 2; A = 1; N = -1; }",
        "syntax = \"proto3\";\n\nenum E {\n  Z = 0;\n  N = -1;\n  A = 1;\n  B = 2;\n}\n");
}

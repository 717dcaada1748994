using System.Diagnostics;
using System.Globalization;
using System.Text;
using Gateway.Schemas.Compatibility;
using Gateway.Schemas.Protobuf.Compatibility;
using Gateway.Schemas.Protobuf.Model;

namespace Gateway.Schemas.Tests.Protobuf.Compatibility;

/// <summary>Messages of other files, recursion, and how much a comparison may cost.</summary>
public class ImportTests
{
    private static ProtoFile With(string imported, string text = "message M { x.T t = 1; }") => Protoc.Link(
        ("x.proto", "syntax = \"proto3\"; package x;" + imported), ("test.proto", "syntax = \"proto3\"; import \"x.proto\"; package m;" + text));

    private static void Expect(ProtoFile old, ProtoFile @new, string[] backward, string[] forward)
    {
        Assert.Equal(backward, Compared.Differences(@new, old));
        Assert.Equal(forward, Compared.Differences(old, @new));
    }

    [Fact]
    public void Imported_messages_are_compared_where_a_field_has_them()
    {
        Expect(With("message T { int32 a = 1; }"), With("message T { int32 a = 1; int32 b = 2; }"), ["(FIELD_ADDED #/T/2)"], ["(FIELD_REMOVED #/T/2)"]);
        Expect(With("message T { int32 a = 1; }"), With("message T { string a = 1; }"),
            ["FIELD_SCALAR_KIND_CHANGED #/T/1", "FIELD_NAMED_TYPE_CHANGED #/M/1"],
            ["FIELD_SCALAR_KIND_CHANGED #/T/1", "FIELD_NAMED_TYPE_CHANGED #/M/1"]);
        // What no field has is not looked at.
        Expect(With("message T {} message U { int32 a = 1; }"), With("message T {}"), [], []);
    }

    [Fact]
    public void Their_nested_messages_and_the_imports_of_imports_too()
    {
        Expect(With("message T { N n = 1; message N { int32 a = 1; } }"), With("message T { N n = 1; message N { double a = 1; } }"),
            ["FIELD_SCALAR_KIND_CHANGED #/T/N/1", "FIELD_NAMED_TYPE_CHANGED #/T/1", "FIELD_NAMED_TYPE_CHANGED #/M/1"],
            ["FIELD_SCALAR_KIND_CHANGED #/T/N/1", "FIELD_NAMED_TYPE_CHANGED #/T/1", "FIELD_NAMED_TYPE_CHANGED #/M/1"]);
        Expect(Deep("int32"), Deep("string"),
            ["FIELD_SCALAR_KIND_CHANGED #/D/1", "FIELD_NAMED_TYPE_CHANGED #/T/1", "FIELD_NAMED_TYPE_CHANGED #/M/1"],
            ["FIELD_SCALAR_KIND_CHANGED #/D/1", "FIELD_NAMED_TYPE_CHANGED #/T/1", "FIELD_NAMED_TYPE_CHANGED #/M/1"]);

        static ProtoFile Deep(string type) => Protoc.Link(
            ("deep.proto", $"syntax = \"proto3\"; package deep; message D {{ {type} a = 1; }}"),
            ("x.proto", "syntax = \"proto3\"; import \"deep.proto\"; package x; message T { deep.D d = 1; }"),
            ("test.proto", "syntax = \"proto3\"; import \"x.proto\"; package m; message M { x.T t = 1; }"));
    }

    [Fact]
    public void A_type_may_move_to_another_package_or_file_under_its_local_name()
    {
        var own = Protoc.Link("syntax = \"proto3\"; package m; message M { T t = 1; } message T { int32 a = 1; }");
        Expect(own, With("message T { int32 a = 1; }"), ["MESSAGE_REMOVED #/T"], ["(MESSAGE_ADDED #/T)"]);
        Expect(own, With("message T { bytes a = 1; }"),
            ["FIELD_SCALAR_KIND_CHANGED #/T/1", "FIELD_NAMED_TYPE_CHANGED #/M/1", "MESSAGE_REMOVED #/T"],
            ["FIELD_SCALAR_KIND_CHANGED #/T/1", "FIELD_NAMED_TYPE_CHANGED #/M/1", "(MESSAGE_ADDED #/T)"]);
    }

    [Fact]
    public void What_breaks_in_a_shared_message_is_told_once_and_marks_every_field_that_has_it() => Expect(
        With("message T { int32 a = 1; }", "message M { x.T t = 1; repeated x.T u = 2; map<int32, x.T> v = 3; }"),
        With("message T { string a = 1; }", "message M { x.T t = 1; repeated x.T u = 2; map<int32, x.T> v = 3; }"),
        ["FIELD_SCALAR_KIND_CHANGED #/T/1", "FIELD_NAMED_TYPE_CHANGED #/M/1", "FIELD_NAMED_TYPE_CHANGED #/M/2", "FIELD_NAMED_TYPE_CHANGED #/M/3"],
        ["FIELD_SCALAR_KIND_CHANGED #/T/1", "FIELD_NAMED_TYPE_CHANGED #/M/1", "FIELD_NAMED_TYPE_CHANGED #/M/2", "FIELD_NAMED_TYPE_CHANGED #/M/3"]);

    [Fact]
    public void Messages_may_contain_themselves_and_each_other()
    {
        Expect(With("message T { T t = 1; U u = 2; } message U { T t = 1; int32 a = 2; }"),
            With("message T { T t = 1; U u = 2; } message U { T t = 1; int64 a = 2; }"), [], []);
        Assert.Contains("FIELD_SCALAR_KIND_CHANGED #/U/2", Compared.Differences(
            With("message T { T t = 1; U u = 2; } message U { T t = 1; int32 a = 2; }"),
            With("message T { T t = 1; U u = 2; } message U { T t = 1; string a = 2; }")));
        Compared.Expect("message M { M m = 1; N n = 2; } message N { M m = 1; }", "message M { M m = 1; N n = 2; } message N { M m = 1; }", [], []);
    }

    [Fact]
    public void Well_known_types_read_themselves()
    {
        var file = Protoc.Link("syntax = \"proto3\"; import \"google/protobuf/struct.proto\"; message M { google.protobuf.Struct s = 1; }");
        Expect(file, Protoc.Link("syntax = \"proto3\"; import \"google/protobuf/struct.proto\"; message M { google.protobuf.Struct s = 1; int32 a = 2; }"),
            ["(FIELD_ADDED #/M/2)"], ["(FIELD_REMOVED #/M/2)"]);
        Assert.Empty(Compared.Differences(file, file));
    }

    /// <summary>Every message has fields of all others in their two versions: pairs, not paths, are compared.</summary>
    [Fact]
    public void A_megabyte_of_messages_that_all_refer_to_each_other_is_compared_pair_by_pair()
    {
        var text = new StringBuilder();
        for (var i = 0; text.Length < 1_000_000; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"message {(i == 0 ? "T" : "T" + i)} {{");
            for (var j = 1; j < 40; j++) text.Append(CultureInfo.InvariantCulture, $"repeated {(i * j % 400 == 0 ? "T" : $"T{i * j % 400}")} field_{j} = {j};");
            text.Append('}');
        }
        var (one, two) = (With(text.ToString()), With(text.ToString()));
        ProtobufComparison.Compare(one, two, SchemaBudget.Default);
        var watch = Stopwatch.StartNew();
        Assert.Empty(ProtobufComparison.Compare(one, two, CompatibilityPolicy.Exhaustive, SchemaBudget.Default));
        Assert.True(watch.Elapsed < Patience.Bound, watch.Elapsed.ToString());
    }

    [Fact]
    public void A_comparison_stops_at_its_budget()
    {
        var chain = new StringBuilder();
        for (var i = 0; i < 100; i++) chain.Append(CultureInfo.InvariantCulture, $"message {(i == 0 ? "T" : "T" + i)} {{ T{i + 1} t = 1; }}");
        var (one, two) = (With(chain + "message T100 {}"), With(chain + "message T100 {}"));
        Assert.Empty(ProtobufComparison.Compare(one, two, SchemaBudget.Default));
        Assert.Contains("50 levels", Assert.Throws<SchemaBudgetException>(() =>
            ProtobufComparison.Compare(one, two, SchemaBudget.Default with { MaxDepth = 50 })).Message, StringComparison.Ordinal);
        Assert.Contains("90 steps", Assert.Throws<SchemaBudgetException>(() =>
            ProtobufComparison.Compare(one, two, SchemaBudget.Default with { MaxSteps = 90 })).Message, StringComparison.Ordinal);
    }
}

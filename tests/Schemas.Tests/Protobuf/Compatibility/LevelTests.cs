using Gateway.Schemas.Compatibility;
using Gateway.Schemas.Tests.Protobuf.Printing;

namespace Gateway.Schemas.Tests.Protobuf.Compatibility;

/// <summary>The seven levels (schema-registry 2.6) and what verbose answers look like (2.7).</summary>
public class LevelTests
{
    private const string One = "syntax = \"proto3\"; message M { oneof o { int32 a = 1; } }";
    private const string Two = "syntax = \"proto3\"; message M { oneof o { int32 a = 1; string b = 2; } }";
    private const string Other = "syntax = \"proto3\"; message M { oneof o { double a = 1; string b = 2; } }";

    private static IReadOnlyList<string> Check(CompatibilityLevel level, CompatibilityPolicy policy, string candidate, params string[] earlierNewestFirst) =>
        CompatibilityChecker.Check(
            level, policy, Printed.Parse(candidate), [.. earlierNewestFirst.Select(text => Printed.Parse(text))], SchemaBudget.Default, out _);

    [Theory]
    [InlineData(CompatibilityLevel.None, true, true, true)]
    [InlineData(CompatibilityLevel.Backward, true, false, true)]
    [InlineData(CompatibilityLevel.BackwardTransitive, true, false, false)]
    [InlineData(CompatibilityLevel.Forward, false, true, true)]
    [InlineData(CompatibilityLevel.ForwardTransitive, false, true, false)]
    [InlineData(CompatibilityLevel.Full, false, false, true)]
    [InlineData(CompatibilityLevel.FullTransitive, false, false, false)]
    public void A_member_added_a_member_removed_and_a_type_changed_two_versions_ago(CompatibilityLevel level, bool added, bool removed, bool older)
    {
        Assert.Equal(added, Check(level, CompatibilityPolicy.Strict, Two, One).Count == 0);
        Assert.Equal(removed, Check(level, CompatibilityPolicy.Strict, One, Two).Count == 0);
        Assert.Equal(older, Check(level, CompatibilityPolicy.Strict, Two, Two, Other).Count == 0);
    }

    [Fact]
    public void Messages_tell_who_is_new_and_who_is_old()
    {
        Assert.Equal(
            ["{errorType:\"ONEOF_FIELD_REMOVED\", description:\"The oneof field at '#/M/o/2' in the old schema is not in the new schema\"}"],
            Check(CompatibilityLevel.Backward, CompatibilityPolicy.Strict, One, Two));
        Assert.Equal(
            ["{errorType:\"ONEOF_FIELD_REMOVED\", description:\"The oneof field at '#/M/o/2' in the new schema is not in the old schema\"}"],
            Check(CompatibilityLevel.Forward, CompatibilityPolicy.Strict, Two, One));
        Assert.Equal(
            [
                "{errorType:\"FIELD_SCALAR_KIND_CHANGED\", description:\"The scalar field at '#/M/o/1' in the old schema is encoded differently from the one in the new schema\"}",
                "{errorType:\"FIELD_SCALAR_KIND_CHANGED\", description:\"The scalar field at '#/M/o/1' in the new schema is encoded differently from the one in the old schema\"}",
            ],
            Check(CompatibilityLevel.Full, CompatibilityPolicy.Strict, Two, Other));
        Assert.Equal(
            ["{errorType:\"PACKAGE_CHANGED\", description:\"The package at '#/' in the new schema is not the package in the old schema\"}"],
            Check(CompatibilityLevel.Backward, CompatibilityPolicy.Strict, "package b;" + One[18..], "package a;" + One[18..]));
    }

    [Fact]
    public void The_policy_is_passed_on()
    {
        const string repeated = "syntax = \"proto3\"; message M { repeated int32 a = 1; }";
        const string single = "syntax = \"proto3\"; message M { int32 a = 1; }";
        Assert.Empty(Check(CompatibilityLevel.Full, CompatibilityPolicy.Strict, repeated, single));
        Assert.Empty(Check(CompatibilityLevel.Full, CompatibilityPolicy.Lenient, repeated, single));
        Assert.Equal(2, Check(CompatibilityLevel.Full, CompatibilityPolicy.Exhaustive, repeated, single).Count);
    }

    [Fact]
    public void Every_sentence_names_both_sides_and_the_place()
    {
        foreach (var field in typeof(Gateway.Schemas.Protobuf.Compatibility.ProtobufDifferences).GetFields())
        {
            var kind = (Gateway.Schemas.Protobuf.Compatibility.ProtobufDifferenceKind)field.GetValue(null)!;
            var told = new SchemaDifference(kind.Token, "#/M", kind.Describe("#/M"), null, SchemaTypes.Protobuf).Between("new", "old").ToString();
            Assert.StartsWith($"{{errorType:\"{kind.Token}\", description:\"", told, StringComparison.Ordinal);
            Assert.Contains("'#/M'", told, StringComparison.Ordinal);
            Assert.Contains("the new schema", told, StringComparison.Ordinal);
            Assert.Contains("the old schema", told, StringComparison.Ordinal);
            Assert.Matches("^[A-Z0-9_]+$", kind.Token);
        }
    }
}

using Gateway.Schemas.Compatibility;
using Gateway.Schemas.Json.Compatibility;
using Gateway.Schemas.Json.Model;

namespace Gateway.Schemas.Tests.Json.Compatibility;

/// <summary>
/// Comparisons in the notation of the tables: "ok" for a difference that never matters, "L" for one that matters under STRICT only,
/// "no" for one that always does; then the token and the path.
/// </summary>
internal static class Compared
{
    public static SchemaNode Node(string text) => ReferenceTests.Read(text).Root;

    public static IReadOnlyList<SchemaDifference> Incompatible(
        string original, string update, CompatibilityPolicy policy = CompatibilityPolicy.Strict, SchemaBudget? budget = null) =>
        JsonSchemaComparison.Compare(Node(update), Node(original), policy, budget ?? SchemaBudget.Default);

    public static IReadOnlyList<SchemaDifference> All(
        string original, string update, CompatibilityPolicy policy = CompatibilityPolicy.Strict, SchemaBudget? budget = null) =>
        JsonSchemaComparison.CompareAll(Node(update), Node(original), policy, budget ?? SchemaBudget.Default);

    public static bool IsCompatible(string original, string update, CompatibilityPolicy policy = CompatibilityPolicy.Strict) =>
        Incompatible(original, update, policy).Count == 0;

    /// <summary>Asserts every difference, in order, and which of them break readers under both policies.</summary>
    public static void Expect(string original, string update, params string[] expected)
    {
        Assert.Equal(expected.Select(Told), All(original, update).Select(Told));
        Assert.Equal(expected.Where(line => !line.StartsWith("ok ", StringComparison.Ordinal)).Select(Told), Incompatible(original, update).Select(Told));
        Assert.Equal(
            expected.Where(line => line.StartsWith("no ", StringComparison.Ordinal)).Select(Told),
            Incompatible(original, update, CompatibilityPolicy.Lenient).Select(Told));
    }

    /// <summary>The same under the exhaustive policy, where "L" has no meaning.</summary>
    public static void ExpectExhaustive(string original, string update, params string[] expected)
    {
        Assert.Equal(expected.Select(Told), All(original, update, CompatibilityPolicy.Exhaustive).Select(Told));
        Assert.Equal(
            expected.Where(line => line.StartsWith("no ", StringComparison.Ordinal)).Select(Told),
            Incompatible(original, update, CompatibilityPolicy.Exhaustive).Select(Told));
    }

    public static string Told(SchemaDifference difference) => $"{difference.Type} {difference.Path}";

    private static string Told(string expected) => expected[(expected.IndexOf(' ', StringComparison.Ordinal) + 1)..];
}

using System.Diagnostics;
using Gateway.Schemas.Compatibility;

namespace Gateway.Schemas.Tests.Json.Compatibility;

/// <summary>Schemas that contain themselves.</summary>
public class RecursionTests
{
    private static string List(string value, string next = "{\"$ref\":\"#\"}") =>
        $$$"""{"type":"object","properties":{"value":{{{value}}},"next":{{{next}}} }}""";

    private static string Reference(string definition) => $$"""{"$ref":"#/definitions/{{definition}}"}""";

    private static string Defined(string root, IEnumerable<string> definitions) =>
        $$"""{"$ref":"#/definitions/{{root}}","definitions":{ {{string.Join(',', definitions)}} } }""";

    [Fact]
    public void A_list_is_compared_once()
    {
        Compared.Expect(List("""{"type":"integer"}"""), List("""{"type":"integer"}"""));
        Compared.Expect(List("""{"type":"integer"}"""), List("""{"type":"number"}"""), "ok TYPE_EXTENDED #/properties/value");
        Compared.Expect(List("""{"type":"number"}"""), List("""{"type":"integer"}"""), "no TYPE_NARROWED #/properties/value");
    }

    [Fact]
    public void A_schema_unrolled_is_the_same_schema() => Compared.Expect(
        List("true"), List("true", List("true", List("true"))));

    [Fact]
    public void A_difference_inside_a_union_is_found_behind_the_cycle() => Compared.Expect(
        List("""{"type":"number"}""", """{"oneOf":[{"type":"null"},{"$ref":"#"}]}"""),
        List("""{"type":"integer"}""", """{"oneOf":[{"type":"null"},{"$ref":"#"}]}"""),
        "no TYPE_NARROWED #/properties/value", "no COMBINED_TYPE_SUBSCHEMAS_CHANGED #/properties/next");

    /// <summary>
    /// a leads to c, c to a: when c is compared first, a is still under way and taken for compatible. b, which leads to c as well, must not
    /// be judged by that.
    /// </summary>
    [Fact]
    public void What_was_taken_for_compatible_is_looked_at_again()
    {
        static string Definitions(string inA, string inB) => $$$"""
            {"properties":{"root":{"oneOf":[{"$ref":"#/definitions/a"},{"$ref":"#/definitions/b"}]}},
             "definitions":{
              "a":{"type":"object","properties":{"id":{"type":"{{{inA}}}"},"ref":{"oneOf":[{"$ref":"#/definitions/c"}]} } },
              "b":{"type":"object","properties":{"id":{"type":"{{{inB}}}"},"ref":{"oneOf":[{"$ref":"#/definitions/c"}]} } },
              "c":{"type":"object","properties":{"id":{"type":"null"},"ref":{"oneOf":[{"$ref":"#/definitions/a"}]} } } } }
            """;
        Assert.True(Compared.IsCompatible(Definitions("integer", "boolean"), Definitions("number", "boolean")));
        // b could stand for a and a for b, were it not for c, which leads back to an a that has changed.
        Assert.False(Compared.IsCompatible(Definitions("integer", "boolean"), Definitions("boolean", "number")));
        Assert.False(Compared.IsCompatible(Definitions("integer", "string"), Definitions("string", "integer")));
    }

    [Fact]
    public void A_long_way_round_ends()
    {
        // Deeper than comparisons recurse, and in a ring: the last one leads back to the first.
        static string Ring(int length, string last) =>
            Defined("d0", Enumerable.Range(0, length).Select(i => $$$"""
                "d{{{i}}}":{"properties":{"next":{"$ref":"#/definitions/d{{{(i + 1) % length}}}"},"v":{{{(i == length - 1 ? last : """{"type":"string"}""")}}} }}
                """));
        Compared.Expect(Ring(5000, """{"type":"integer"}"""), Ring(5000, """{"type":"integer"}"""));
        Assert.True(Compared.IsCompatible(Ring(5000, """{"type":"integer"}"""), Ring(5000, """{"type":"number"}""")));
        var found = Assert.Single(Compared.Incompatible(Ring(5000, """{"type":"number"}"""), Ring(5000, """{"type":"integer"}""")));
        Assert.Equal("TYPE_NARROWED", found.Type);
        Assert.EndsWith("/properties/next/properties/v", found.Path, StringComparison.Ordinal);
        Assert.Equal("#/" + string.Concat(Enumerable.Repeat("properties/next/", 4999)) + "properties/v", found.Path);
        // Rings of other lengths meet after so many rounds that every pair of places has come up.
        Assert.True(Compared.IsCompatible(Ring(30, """{"type":"string"}"""), Ring(49, """{"type":"string"}""")));
        Assert.False(Compared.IsCompatible(Ring(30, """{"type":"string"}"""), Ring(49, """{"type":"null"}""")));
    }

    [Fact]
    public void Unions_of_each_other_do_not_multiply()
    {
        static string Trades(int types, string id) =>
            Defined("any", Enumerable.Range(0, types).Select(i => $$$"""
                "t{{{i}}}":{"type":"object","properties":{"kind":{"const":{{{i}}} },"id":{"type":"{{{(i == types - 1 ? id : "string")}}}"},
                 "a":{"$ref":"#/definitions/any"},"b":{"oneOf":[{"$ref":"#/definitions/any"},{"type":"null"}]} } }
                """).Append($$"""
                "any":{"oneOf":[{{string.Join(',', Enumerable.Range(0, types).Select(i => Reference($"t{i}")))}}]}
                """));
        var clock = Stopwatch.StartNew();
        Compared.Expect(Trades(40, "string"), Trades(40, "string"));
        Assert.False(Compared.IsCompatible(Trades(40, "string"), Trades(40, "null")));
        Assert.True(clock.Elapsed < Patience.Bound, clock.Elapsed.ToString());
    }

    [Fact]
    public void Verdicts_agree_with_following_every_path()
    {
        // Random graphs of objects whose properties lead to each other: the greatest set of agreeing pairs, computed the plain way.
        var random = new Random(4711);
        for (var round = 0; round < 400; round++)
        {
            var before = Graph(random);
            var after = random.Next(2) == 0 ? Graph(random) : Mutated(before, random);
            Assert.Equal(Agrees(before, after), Compared.IsCompatible(Text(before), Text(after)));
        }

        static Node[] Graph(Random random)
        {
            var size = random.Next(1, 7);
            return [.. Enumerable.Range(0, size).Select(_ => new Node(
                random.Next(3), random.Next(4) == 0, [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => random.Next(size))]))];
        }

        static Node[] Mutated(Node[] graph, Random random)
        {
            var copy = graph.ToArray();
            var at = random.Next(copy.Length);
            copy[at] = copy[at] with { Value = random.Next(3) };
            return copy;
        }

        // A node is an object with a "v" of some maximum, and either one property per edge, or one property that is any of the edges.
        static string Text(Node[] graph) =>
            Defined("0", graph.Select((node, i) => $$$"""
                "{{{i}}}":{"properties":{"v":{"maximum":{{{node.Value}}} },{{{Edges(node)}}} }}
                """));

        static string Edges(Node node) => node.IsUnion
            ? $$"""
            "u":{"anyOf":[{{string.Join(',', node.Edges.Select(to => Reference($"{to}")))}}]}
            """
            : string.Join(',', node.Edges.Select((to, i) => $"\"e{i}\":{Reference($"{to}")}"));

        static bool Agrees(Node[] before, Node[] after)
        {
            var agree = new bool[before.Length, after.Length];
            for (var i = 0; i < before.Length; i++)
                for (var j = 0; j < after.Length; j++) agree[i, j] = true;
            for (var changed = true; changed;)
            {
                changed = false;
                for (var i = 0; i < before.Length; i++)
                {
                    for (var j = 0; j < after.Length; j++)
                    {
                        if (!agree[i, j] || Holds(before[i], after[j], agree)) continue;
                        agree[i, j] = false;
                        changed = true;
                    }
                }
            }
            return agree[0, 0];
        }

        static bool Holds(Node before, Node after, bool[,] agree)
        {
            if (before.Value > after.Value) return false;
            if (before.IsUnion != after.IsUnion) return false;
            if (!before.IsUnion) return before.Edges.Length >= after.Edges.Length && after.Edges.Select((to, i) => agree[before.Edges[i], to]).All(holds => holds);
            int[] from = [.. before.Edges.Distinct()], into = [.. after.Edges.Distinct()];
            return from.Length <= into.Length && Best(from, into, 0, 0, agree) == from.Length;
        }

        static int Best(int[] from, int[] into, int at, int taken, bool[,] agree)
        {
            if (at == from.Length) return 0;
            var best = Best(from, into, at + 1, taken, agree);
            for (var j = 0; j < into.Length; j++)
                if ((taken & (1 << j)) == 0 && agree[from[at], into[j]]) best = Math.Max(best, 1 + Best(from, into, at + 1, taken | (1 << j), agree));
            return best;
        }
    }

    private sealed record Node(int Value, bool IsUnion, int[] Edges);

    [Fact]
    public void Recursion_ends_under_every_policy()
    {
        foreach (var policy in Enum.GetValues<CompatibilityPolicy>())
        {
            Assert.Empty(Compared.All(List("true", """{"not":{"$ref":"#"}}"""), List("true", """{"not":{"$ref":"#"}}"""), policy));
            Assert.Empty(Compared.All(List("true", """{"if":{"$ref":"#"},"then":{"$ref":"#"}}"""), List("true", """{"if":{"$ref":"#"},"then":{"$ref":"#"}}"""), policy));
        }
    }
}

using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Gateway.HttpProxy.Http;
using Gateway.HttpProxy.V3;

namespace Gateway.HttpProxy.Tests;

/// <summary>docs/compatibility.md tells what is: its routes are served, every route is in it, and the tests it names exist.</summary>
public partial class CompatibilityPageTests
{
    private const string NotYet = "not yet";

    [Fact]
    public void Every_route_has_a_line_and_every_line_a_route()
    {
        var served = V2Routes.All.Concat(V3Routes.All).Select(route => $"{route.Method} {route.Pattern}").ToHashSet(StringComparer.Ordinal);
        var lines = Lines().Select(line => (Match: Endpoint().Match(line), Line: line)).Where(line => line.Match.Success).ToList();
        Assert.Equal(served.Order(StringComparer.Ordinal), lines.Select(line => line.Match.Groups[1].Value).Where(served.Contains).Distinct().Order(StringComparer.Ordinal));
        Assert.All(lines, line => Assert.True(served.Contains(line.Match.Groups[1].Value) || line.Line.Contains(NotYet, StringComparison.Ordinal), line.Line));
    }

    [Fact]
    public void Every_format_has_a_line_for_each_use()
    {
        var lines = Lines().ToList();
        foreach (string format in EmbeddedFormats.All.Select(EmbeddedFormats.NameOf))
            foreach (string use in new[] { "produce", "fetch", "instance", "lines", "stream" })
                Assert.Contains(lines, line => line.StartsWith($"| {format} | {use} | `", StringComparison.Ordinal));
    }

    [Fact]
    public void Every_test_that_is_named_exists()
    {
        var tests = typeof(CompatibilityPageTests).Assembly.GetTypes()
            .SelectMany(type => type.GetMethods().Select(method => $"{type.Name}.{method.Name}")).ToHashSet(StringComparer.Ordinal);
        var named = Lines().SelectMany(line => NamedTest().Matches(line)).Select(match => match.Groups[1].Value).ToList();
        Assert.True(named.Count > 100);
        Assert.All(named, name => Assert.Contains(name, tests));
    }

    [Fact]
    public void Every_line_names_a_test_or_says_that_there_is_none()
    {
        var rows = Lines().Where(line => line.StartsWith("| ", StringComparison.Ordinal) && !line.EndsWith("| Test |", StringComparison.Ordinal));
        Assert.All(rows, row => Assert.True(NamedTest().IsMatch(row) || row.Contains(NotYet, StringComparison.Ordinal), row));
    }

    /// <summary>The lines of the proxy's part.</summary>
    private static IEnumerable<string> Lines([CallerFilePath] string here = "") =>
        File.ReadLines(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "docs", "compatibility.md"))
            .SkipWhile(line => line != "## HTTP proxy").Skip(1).TakeWhile(line => !line.StartsWith("## ", StringComparison.Ordinal));

    [GeneratedRegex(@"^\| ((?:GET|POST|PUT|DELETE|PATCH) /\S*) \|")]
    private static partial Regex Endpoint();

    [GeneratedRegex(@"`(\w+Tests\.\w+)`")]
    private static partial Regex NamedTest();
}

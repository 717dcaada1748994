using System.Text.RegularExpressions;

namespace Gateway.Architecture;

public sealed partial class SourceRulesTests
{
    private const int MaxLines = 600;

    [Fact]
    public void No_file_is_longer_than_600_lines()
    {
        IEnumerable<string> long_ = SourceTree.CSharpFiles("src", "tests")
            .Select(file => (file, lines: File.ReadLines(file).Count())).Where(f => f.lines > MaxLines)
            .Select(f => $"{SourceTree.Relative(f.file)} has {f.lines} lines");
        Assert.Empty(long_);
    }

    [Fact]
    public void No_type_is_called_Manager_Helper_or_Utils()
    {
        IEnumerable<string> vague = SourceTree.CSharpFiles("src", "tests")
            .SelectMany(file => VagueType().Matches(File.ReadAllText(file)).Select(m => $"{SourceTree.Relative(file)}: {m.Value}"));
        Assert.Empty(vague);
    }

    [Fact]
    public void Every_project_says_what_it_is_in_a_README()
    {
        IEnumerable<string> silent = new[] { "src", "tests" }.SelectMany(folder => Directory.GetDirectories(Path.Combine(SourceTree.Root, folder)))
            .Where(project => !File.Exists(Path.Combine(project, "README.md"))).Select(SourceTree.Relative);
        Assert.Empty(silent);
    }

    [Fact]
    public void Nothing_is_left_unfinished()
    {
        IEnumerable<string> unfinished = SourceTree.CSharpFiles("src")
            .Where(file => Unfinished().IsMatch(File.ReadAllText(file))).Select(SourceTree.Relative);
        Assert.Empty(unfinished);
    }

    [Fact]
    public void Namespaces_follow_rooms()
    {
        foreach (string room in SourceTree.Rooms)
        {
            string expected = room == "Gateway" ? "namespace Gateway" : $"namespace Gateway.{room}";
            foreach (string file in SourceTree.CSharpFiles(Path.Combine("src", room)))
            {
                string? line = File.ReadLines(file).FirstOrDefault(l => l.StartsWith("namespace ", StringComparison.Ordinal));
                // Top-level programs, assembly attributes and polyfills of the compiler's own types have none or a foreign one.
                if (line is null || line.StartsWith("namespace System", StringComparison.Ordinal)) continue;
                Assert.True(line.StartsWith(expected, StringComparison.Ordinal), $"{SourceTree.Relative(file)} has '{line}', not '{expected}…'");
            }
        }
    }

    [GeneratedRegex(@"\b(class|struct|record|interface)\s+\w*(Manager|Helpers?|Utils?|Utilities)\b")]
    private static partial Regex VagueType();

    [GeneratedRegex(@"NotImplementedException|\bTODO\b|\bFIXME\b|\bHACK\b")]
    private static partial Regex Unfinished();
}

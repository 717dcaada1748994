using System.Text.RegularExpressions;
using Gateway.Client.Topology;

namespace Gateway.Cli.Topics;

/// <summary>Picks topics by name, or with <c>-r</c> by expressions that have to match the whole name.</summary>
internal static class TopicSelection
{
    private static readonly TimeSpan MatchTimeout = TimeSpan.FromSeconds(1);

    public static IEnumerable<string> Names(IEnumerable<TopicView> topics, IReadOnlyList<string> wanted, bool regex)
    {
        if (!regex) return wanted;
        Regex[] patterns = [.. wanted.Select(ParsePattern)];
        return topics.Where(t => patterns.Any(p => p.IsMatch(t.Name))).Select(t => t.Name);
    }

    private static Regex ParsePattern(string text)
    {
        try
        {
            return new Regex($"^(?:{text})$", RegexOptions.CultureInvariant, MatchTimeout);
        }
        catch (ArgumentException e)
        {
            throw new CommandException($"-r: '{text}' is no regular expression: {e.Message}", e);
        }
    }
}

using System.Text.RegularExpressions;
using Gateway.Client.Topology;

namespace Gateway.Client.Consuming;

/// <summary>What a group member subscribes to: names, or a pattern over the names of topics that are neither internal nor hidden.</summary>
internal sealed class TopicSelection
{
    private readonly IReadOnlyList<string> _names;
    private readonly Regex? _pattern;

    private readonly IReadOnlyCollection<string> _hidden;

    private TopicSelection(IReadOnlyList<string> names, Regex? pattern, IReadOnlyCollection<string> hidden) => (_names, _pattern, _hidden) = (names, pattern, hidden);

    internal static TopicSelection Nothing { get; } = new([], null, []);

    internal bool IsNothing => _pattern is null && _names.Count == 0;

    internal IReadOnlyList<string> Names => _names;

    internal static TopicSelection ByName(IEnumerable<string> names) => new([.. names.Distinct().Order(StringComparer.Ordinal)], null, []);

    internal static TopicSelection ByPattern(Regex pattern, IReadOnlyCollection<string> hidden) => new([], pattern, hidden);

    /// <summary>The topic names as of now, in order.</summary>
    internal async ValueTask<IReadOnlyList<string>> ResolveAsync(MetadataCache metadata, CancellationToken cancel)
    {
        if (_pattern is null) return _names;
        IReadOnlyList<TopicView> all = await metadata.AllTopicsAsync(cancel).ConfigureAwait(false);
        return [.. all.Where(topic => !topic.IsInternal && !_hidden.Contains(topic.Name) && _pattern.IsMatch(topic.Name)).Select(static topic => topic.Name)];
    }
}

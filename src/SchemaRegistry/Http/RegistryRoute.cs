using Gateway.SchemaRegistry.Model;

namespace Gateway.SchemaRegistry.Http;

/// <summary>One operation of the registry's HTTP door.</summary>
/// <param name="Method">HTTP method.</param>
/// <param name="Template">Path with its parameters in braces.</param>
/// <param name="OperationId">Its name in the OpenAPI document.</param>
/// <param name="Handle">What it does.</param>
internal sealed record RegistryRoute(
    string Method, string Template, string OperationId, Func<RegistryExchange, ValueTask<Outcome<Reply>>> Handle)
{
    private readonly string[] _segments = Template.Split('/')[1..];

    /// <summary>Served while the registry still reads its topic.</summary>
    public bool NeedsNoState { get; init; }

    /// <summary>Whether a path could be meant for this route, whatever its method.</summary>
    public bool Matches(IReadOnlyList<string> segments)
    {
        var count = segments.Count;
        // As routing has it, a slash at the end makes no difference; a name may be empty.
        if (count == _segments.Length + 1 && segments[^1].Length == 0) count--;
        if (count != _segments.Length) return false;
        for (var i = 0; i < count; i++)
            if (!_segments[i].StartsWith('{') && !string.Equals(segments[i], _segments[i], StringComparison.OrdinalIgnoreCase))
                return false;
        return true;
    }
}

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
    private readonly string[] _segments = Template.Split('/');

    /// <summary>Served while the registry still reads its topic.</summary>
    public bool NeedsNoState { get; init; }

    /// <summary>Whether a path could be meant for this route, whatever its method.</summary>
    public bool Matches(string path)
    {
        var segments = path.Split('/');
        if (segments.Length != _segments.Length) return false;
        for (var i = 0; i < segments.Length; i++)
            if (!_segments[i].StartsWith('{') && !string.Equals(segments[i], _segments[i], StringComparison.OrdinalIgnoreCase))
                return false;
        return true;
    }
}

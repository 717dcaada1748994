using Gateway.Protocol;

namespace Gateway.Links;

/// <summary>
/// The way to the broker is gone: refused, broken off, timed out or closed here. A retry over a new link may work; the
/// broker may or may not have acted on the request.
/// </summary>
public sealed class LinkClosedException : IOException
{
    /// <summary>Says why the link closed.</summary>
    public LinkClosedException(string message, Exception? cause = null)
        : base(message, cause)
    {
    }
}

/// <summary>The peer does not offer an API in any version known here. Retrying does not help.</summary>
public sealed class ApiNotSupportedException : NotSupportedException
{
    /// <summary>Names the API that is missing.</summary>
    public ApiNotSupportedException(ApiKey api)
        : base($"The broker does not offer {api} in a version known here.") => Api = api;

    /// <summary>The API that is missing.</summary>
    public ApiKey Api { get; }
}

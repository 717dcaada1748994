namespace Gateway.Common.Bodies;

/// <summary>Why a request's body was not taken.</summary>
public enum BodyRefusal
{
    /// <summary>It is larger than a body may be (HTTP 413).</summary>
    TooLarge,

    /// <summary>Those being read hold all the memory there is for them (HTTP 429).</summary>
    TooMany,

    /// <summary>It does not get on (HTTP 408).</summary>
    TooSlow,

    /// <summary>Its chunks are not what chunks are (HTTP 400).</summary>
    Malformed,

    /// <summary>The server stops, and the rest of it had not come (HTTP 503).</summary>
    Stopping,
}

/// <summary>A request's body was not taken. The message is for the client.</summary>
public sealed class BodyRefusedException(BodyRefusal refusal, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Why.</summary>
    public BodyRefusal Refusal { get; } = refusal;

    /// <summary>The HTTP status that says so (RFC 9110, 15.5.1, 15.5.9, 15.5.14 and 15.6.4; RFC 6585, 4).</summary>
    public int Status => Refusal switch
    {
        BodyRefusal.TooLarge => 413,
        BodyRefusal.TooMany => 429,
        BodyRefusal.TooSlow => 408,
        BodyRefusal.Stopping => 503,
        _ => 400,
    };
}

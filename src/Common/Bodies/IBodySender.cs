using System.IO.Pipelines;

namespace Gateway.Common.Bodies;

/// <summary>The client that sends a request's body.</summary>
public interface IBodySender
{
    /// <summary>Where the body comes from.</summary>
    PipeReader Body { get; }

    /// <summary>Its length as the request says it; null when it does not.</summary>
    long? Announced { get; }

    /// <summary>The connection, where it can be asked to wait for many bytes; null where it cannot. Looked for when a body is large.</summary>
    IReadThreshold? Threshold { get; }
}

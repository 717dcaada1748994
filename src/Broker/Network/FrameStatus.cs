namespace Gateway.Broker.Network;

/// <summary>What came of asking for a frame.</summary>
internal enum FrameStatus
{
    /// <summary>One is complete.</summary>
    Complete,

    /// <summary>The rest has not arrived; the socket will tell.</summary>
    WouldBlock,

    /// <summary>The budget is exhausted; whoever granted will tell.</summary>
    NeedsMemory,

    /// <summary>The client has finished sending.</summary>
    Ended,

    /// <summary>The connection is broken.</summary>
    Failed,

    /// <summary>A size that is refused (CON-1); see <see cref="FrameReader.Refusal"/>.</summary>
    Refused,
}

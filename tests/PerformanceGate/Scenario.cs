namespace Gateway.PerformanceGate;

/// <summary>One kind of request: how the node is asked it, and what stands for this machine's speed.</summary>
/// <param name="Name">Its name in the baseline.</param>
/// <param name="Node">Connects to the node.</param>
/// <param name="NodeRequests">How many requests a round asks of the node: about a millisecond on a free machine.</param>
/// <param name="Reference">Connects to the reference.</param>
/// <param name="ReferenceRequests">How many requests a round asks of the reference: as long.</param>
internal sealed record Scenario(string Name, Func<Exchange> Node, int NodeRequests, Func<Exchange> Reference, int ReferenceRequests);

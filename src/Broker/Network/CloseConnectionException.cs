namespace Gateway.Broker.Network;

/// <summary>
/// Thrown by a handler when the protocol has no way to say what is wrong except to close the connection (CON-2, CON-4). Answers to
/// earlier requests still leave; the reason is logged in one line.
/// </summary>
/// <param name="reason">Why, for the log.</param>
public sealed class CloseConnectionException(string reason) : Exception(reason);

namespace Gateway.Protocol.Frames;

/// <summary>What stands before every request's body.</summary>
/// <param name="ApiKey">The API; any number the peer cared to send.</param>
/// <param name="ApiVersion">The version of the body.</param>
/// <param name="CorrelationId">Echoed verbatim in the answer (CON-6).</param>
/// <param name="ClientId">The client's name for itself; may be null or empty (CON-6).</param>
public readonly record struct RequestHeader(ApiKey ApiKey, short ApiVersion, int CorrelationId, string? ClientId);

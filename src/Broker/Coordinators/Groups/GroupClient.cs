namespace Gateway.Broker.Coordinators.Groups;

/// <summary>Who sent a group request.</summary>
/// <param name="Version">The request's version: several rules depend on it.</param>
/// <param name="ClientId">The client's name for itself; never null here.</param>
/// <param name="Host">Where it is, as groups are described with.</param>
internal readonly record struct GroupClient(short Version, string ClientId, string Host);

using Gateway.HttpProxy.Http;

namespace Gateway.HttpProxy.V3;

/// <summary>Access control lists: there is no authoriser, which Kafka answers with SECURITY_DISABLED.</summary>
internal static class AclEndpoints
{
    internal static ValueTask RefuseAsync(V3Call call) =>
        throw new ProblemException(Problem.InvalidParameter, "SECURITY_DISABLED: authorisation is off on this broker, so there are no ACLs to list or change.");
}

namespace Gateway.HttpProxy.Http;

/// <summary>Whose clients the v2 dialect is to suit where the peers contradict each other (http-proxy §10).</summary>
internal static class ProxyProfile
{
    internal const string Confluent = "confluent";
    internal const string Redpanda = "redpanda";

    /// <summary>Whether there is a profile of that name. Without a name it is this proxy's own.</summary>
    internal static bool IsServed(string name) => name is "" or Confluent or Redpanda;

    /// <summary>An error as the profile tells it: of a topic that is not there.</summary>
    internal static Problem Adapt(string profile, Problem problem) => (profile, problem.Code) switch
    {
        (Confluent, Problem.TopicNotFound) => problem with { Code = Problem.ConsumerNotFound },
        (Redpanda, Problem.TopicNotFound) => problem with { Code = Problem.PartitionNotFound },
        _ => problem,
    };
}

using Gateway.HttpProxy.Http;

namespace Gateway.HttpProxy.Consumers;

/// <summary>What groups and instances may be called: each is a part of the address its instance is reached at, and must come out of it as it went in.</summary>
internal static class ReachableName
{
    // As Kafka's names; escaped, and twice in an address, the longest stay below what servers take of one.
    private const int MaxLength = 249;

    /// <exception cref="ProblemException">No address leads to it: 42204. It cannot be seen: 40002.</exception>
    internal static void Require(string what, string name)
    {
        VisibleName.Require(what, name);
        string? problem = name.Length > MaxLength ? $"is longer than {MaxLength} characters"
            // Clients and servers take such parts of an address as ways up.
            : name is "." or ".." ? "must not be '.' or '..'"
            // Which is how a slash stands in an address, and read as one.
            : name.Contains("%2F", StringComparison.OrdinalIgnoreCase) ? "must not hold '%2F'"
            : null;
        if (problem is not null)
            throw new ProblemException(Problem.InvalidConsumerConfig, $"Invalid consumer configuration: the {what} {problem}, since no address would lead to the instance.");
    }
}

using System.Globalization;
using Gateway.Fuzz.Engine;
using Gateway.Fuzz.Targets;

namespace Gateway.Tests.Nodes;

/// <summary>
/// Changed requests to the HTTP doors of a node: a success, or an error in the shape of the API, and nothing else. <c>GATEWAY_FUZZ_SECONDS</c> and
/// <c>GATEWAY_FUZZ_SEED</c> make it longer and other.
/// </summary>
[Collection(Alone.Name)]
public sealed class HttpFuzzTests
{
    [Fact]
    public void Changed_requests_are_answered_in_the_words_of_the_API()
    {
        double seconds = Setting("GATEWAY_FUZZ_SECONDS", 10);
        int seed = (int)Setting("GATEWAY_FUZZ_SEED", 1);
        var session = new Session(AllTargets.Find("http-bodies")!, seed);
        session.Run(TimeSpan.FromSeconds(seconds));
        Assert.Null(session.Finding);
    }

    private static double Setting(string name, double otherwise) =>
        double.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out double value) ? value : otherwise;
}

/// <summary>Tests that measure processor time or memory of the process.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Alone
{
    public const string Name = "alone";
}

using System.Globalization;
using Gateway.Broker.Tests.Support;
using Gateway.Fuzz.Engine;
using Gateway.Fuzz.Targets;

namespace Gateway.Broker.Tests.Network;

/// <summary>
/// Changed requests of every API and version against a broker: an answer that is well formed, or a closed connection (CON-2), and nothing
/// else. <c>GATEWAY_FUZZ_SECONDS</c> and <c>GATEWAY_FUZZ_SEED</c> make it longer and other.
/// </summary>
[Collection(Alone.Name)]
public sealed class FrameFuzzTests
{
    [Fact]
    public void Changed_frames_are_answered_or_closed_and_nothing_escapes()
    {
        double seconds = Setting("GATEWAY_FUZZ_SECONDS", 10);
        int seed = (int)Setting("GATEWAY_FUZZ_SEED", 1);
        var session = new Session(AllTargets.Find("kafka-frames")!, seed);
        session.Run(TimeSpan.FromSeconds(seconds));
        Assert.Null(session.Finding);
    }

    private static double Setting(string name, double otherwise) =>
        double.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out double value) ? value : otherwise;
}

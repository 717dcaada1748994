using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Gateway.Simulation.BrokerCut;

/// <summary>Says which promise was broken.</summary>
internal static class Broken
{
    /// <remarks>The message is only put together when it is needed: most checks hold.</remarks>
    internal static void Unless([DoesNotReturnIf(false)] bool holds, FormattableString message)
    {
        if (!holds) throw new PromiseBrokenException(message.ToString(CultureInfo.InvariantCulture));
    }
}

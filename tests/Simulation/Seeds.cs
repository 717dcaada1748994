using System.Globalization;

namespace Gateway.Simulation;

/// <summary>Which seeds run: so many from the first one on, or a single one to repeat it. A seed that fails says how.</summary>
/// <remarks>
/// <c>GATEWAY_SIMULATION_SEEDS</c> is how many, <c>GATEWAY_SIMULATION_FIRST_SEED</c> where they start, <c>GATEWAY_SIMULATION_SEED</c> the only one.
/// </remarks>
internal static class Seeds
{
    private const string Only = "GATEWAY_SIMULATION_SEED";

    private static readonly int? s_only = Read(Only);

    /// <summary>Runs a scenario with every seed, stops at the first that fails, and returns the others' end states.</summary>
    /// <param name="test">The test's name, for the command that repeats a seed.</param>
    /// <param name="usual">How many seeds run unless told otherwise.</param>
    /// <param name="newScenario">Makes the scenario of a seed.</param>
    internal static IReadOnlyList<T> Run<T>(string test, int usual, Func<int, T> newScenario)
        where T : CrashScenario
    {
        int first = s_only ?? Read("GATEWAY_SIMULATION_FIRST_SEED") ?? 1;
        int count = s_only is null ? Read("GATEWAY_SIMULATION_SEEDS") ?? usual : 1;
        var ran = new List<T>(count);
        foreach (int seed in Enumerable.Range(first, count))
        {
            T scenario = newScenario(seed);
            try
            {
                scenario.Run();
            }
            catch (Exception broken)
            {
                string replay = string.Create(CultureInfo.InvariantCulture, $"{Only}={seed} dotnet test tests/Simulation --filter {test}");
                Assert.Fail($"Seed {seed}. Replay: {replay}{Environment.NewLine}{broken}{Environment.NewLine}{scenario.LastLines}");
            }

            ran.Add(scenario);
        }

        return ran;
    }

    /// <summary>A scenario that does nothing would pass too: fails unless the seeds did enough of something, which a single one need not.</summary>
    internal static void RequireEach<T>(this IReadOnlyList<T> ran, double atLeast, Func<T, long> figure, string what)
    {
        long sum = ran.Sum(figure);
        Console.WriteLine($"{ran.Count} seeds, {sum} {what}");
        Assert.True(s_only is not null || sum >= atLeast * ran.Count, $"only {sum} {what} with {ran.Count} seeds");
    }

    /// <summary>The first of so many seeds with which a scenario notices something; null when none does.</summary>
    internal static (int Seed, Exception What)? FirstToNotice(int count, Func<int, CrashScenario> newScenario, Predicate<Exception> isNotice)
    {
        for (int seed = 1; seed <= count; seed++)
        {
            try
            {
                newScenario(seed).Run();
            }
            catch (Exception broken) when (isNotice(broken))
            {
                return (seed, broken);
            }
        }

        return null;
    }

    private static int? Read(string variable) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : null;
}

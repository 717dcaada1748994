using System.Globalization;

namespace Gateway.Simulation.Compaction;

public class CompactionTests
{
    private const string SeedVariable = "GATEWAY_SIMULATION_SEED";

    private static readonly int Seeds = int.Parse(Environment.GetEnvironmentVariable("GATEWAY_SIMULATION_SEEDS") ?? "250", CultureInfo.InvariantCulture);

    [Fact]
    public void Every_reader_finds_the_last_value_of_every_key_through_any_crash()
    {
        string? only = Environment.GetEnvironmentVariable(SeedVariable);
        IEnumerable<int> seeds = only is null ? Enumerable.Range(1, Seeds) : [int.Parse(only, CultureInfo.InvariantCulture)];
        long powerCuts = 0, records = 0, gone = 0, cleanings = 0;
        foreach (int seed in seeds)
        {
            var scenario = new CompactionScenario(seed);
            try
            {
                scenario.Run();
            }
            catch (Exception broken)
            {
                string command = string.Create(
                    CultureInfo.InvariantCulture, $"{SeedVariable}={seed} dotnet test tests/Simulation --filter {nameof(Every_reader_finds_the_last_value_of_every_key_through_any_crash)}");
                Assert.Fail($"Seed {seed}. Replay: {command}{Environment.NewLine}{broken}{Environment.NewLine}{scenario.LastLines}");
            }

            powerCuts += scenario.PowerCuts;
            records += scenario.RecordsChecked;
            gone += scenario.RecordsGone;
            cleanings += scenario.Cleanings;
        }

        // A scenario that cleans nothing would pass too.
        string figures = $"{powerCuts} power cuts, {cleanings} cleanings, {records} records of which {gone} were gone";
        Assert.True(only is not null || (powerCuts > 3 * Seeds && cleanings > 5 * Seeds && gone > 100 * Seeds), figures);
        Console.WriteLine(figures);
    }
}

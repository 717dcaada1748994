using System.Globalization;
using Gateway.Storage;

namespace Gateway.Simulation.PowerCut;

public class PowerCutTests
{
    private const string SeedVariable = "GATEWAY_SIMULATION_SEED";

    private static readonly int Seeds = int.Parse(Environment.GetEnvironmentVariable("GATEWAY_SIMULATION_SEEDS") ?? "200", CultureInfo.InvariantCulture);

    [Fact]
    public void Nothing_acknowledged_or_readable_is_lost_and_no_byte_changes()
    {
        string? only = Environment.GetEnvironmentVariable(SeedVariable);
        IEnumerable<int> seeds = only is null ? Enumerable.Range(1, Seeds) : [int.Parse(only, CultureInfo.InvariantCulture)];
        int powerCuts = 0, records = 0;
        foreach (int seed in seeds)
        {
            var scenario = new PowerCutScenario(seed);
            try
            {
                scenario.Run();
            }
            catch (Exception broken)
            {
                string command = string.Create(
                    CultureInfo.InvariantCulture, $"{SeedVariable}={seed} dotnet test tests/Simulation --filter {nameof(Nothing_acknowledged_or_readable_is_lost_and_no_byte_changes)}");
                Assert.Fail($"Seed {seed}. Replay: {command}{Environment.NewLine}{broken}");
            }

            powerCuts += scenario.PowerCuts;
            records += scenario.RecordsChecked;
        }

        // A scenario that checks nothing would pass too.
        Assert.True(only is not null || (powerCuts > 3 * Seeds && records > 100 * Seeds), $"{powerCuts} power cuts, {records} records");
    }

    [Fact]
    public void A_store_that_acknowledges_before_it_syncs_is_found_out()
    {
        int found = 0;
        for (int seed = 1; seed <= 20; seed++)
        {
            try
            {
                new PowerCutScenario(seed, acknowledgeBeforeSync: true).Run();
            }
            catch (Exception broken) when (broken is PromiseBrokenException or DamagedLogException)
            {
                found++;
            }
        }

        Assert.True(found >= 10, $"only {found} of 20 seeds noticed");
    }

    [Fact]
    public void A_seed_always_runs_the_same_way()
    {
        var first = new PowerCutScenario(7);
        var second = new PowerCutScenario(7);
        first.Run();
        second.Run();
        Assert.Equal((first.PowerCuts, first.RecordsChecked), (second.PowerCuts, second.RecordsChecked));
    }
}

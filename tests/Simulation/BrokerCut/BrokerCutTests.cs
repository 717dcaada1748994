using System.Globalization;
using Gateway.Simulation.PowerCut;
using Gateway.Storage;

namespace Gateway.Simulation.BrokerCut;

public class BrokerCutTests
{
    private const string SeedVariable = "GATEWAY_SIMULATION_SEED";

    private static readonly int Seeds = int.Parse(Environment.GetEnvironmentVariable("GATEWAY_SIMULATION_SEEDS") ?? "100", CultureInfo.InvariantCulture);

    [Fact]
    public void What_a_client_was_told_or_read_outlives_any_end_and_no_retry_is_stored_twice()
    {
        string? only = Environment.GetEnvironmentVariable(SeedVariable);
        IEnumerable<int> seeds = only is null ? Enumerable.Range(1, Seeds) : [int.Parse(only, CultureInfo.InvariantCulture)];
        int powerCuts = 0, records = 0, retried = 0;
        foreach (int seed in seeds)
        {
            var scenario = new BrokerCutScenario(seed);
            try
            {
                scenario.Run();
            }
            catch (Exception broken)
            {
                string command = string.Create(
                    CultureInfo.InvariantCulture,
                    $"{SeedVariable}={seed} dotnet test tests/Simulation --filter {nameof(What_a_client_was_told_or_read_outlives_any_end_and_no_retry_is_stored_twice)}");
                Assert.Fail($"Seed {seed}. Replay: {command}{Environment.NewLine}{broken}");
            }

            powerCuts += scenario.PowerCuts;
            records += scenario.RecordsChecked;
            retried += scenario.AckedAfterRestart;
        }

        // A scenario in which nothing happens would pass too.
        bool isBusy = powerCuts > 3 * Seeds && records > 100 * Seeds && retried > 5 * Seeds;
        Assert.True(only is not null || isBusy, $"{powerCuts} power cuts, {records} records, {retried} batches acknowledged after a restart");
    }

    [Fact]
    public void A_broker_over_a_store_that_acknowledges_before_it_syncs_is_found_out()
    {
        int found = 0;
        for (int seed = 1; seed <= 20; seed++)
        {
            try
            {
                new BrokerCutScenario(seed, acknowledgeBeforeSync: true).Run();
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
        var first = new BrokerCutScenario(7);
        var second = new BrokerCutScenario(7);
        first.Run();
        second.Run();
        Assert.Equal((first.PowerCuts, first.RecordsChecked, first.AckedAfterRestart), (second.PowerCuts, second.RecordsChecked, second.AckedAfterRestart));
    }
}

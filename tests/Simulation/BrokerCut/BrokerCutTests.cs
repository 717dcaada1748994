namespace Gateway.Simulation.BrokerCut;

public class BrokerCutTests
{
    [Fact]
    public void What_a_client_was_told_or_read_outlives_any_end_and_no_retry_is_stored_twice()
    {
        IReadOnlyList<BrokerCutScenario> ran = Seeds.Run(
            nameof(What_a_client_was_told_or_read_outlives_any_end_and_no_retry_is_stored_twice), 1_000, static seed => new BrokerCutScenario(seed));
        ran.RequireEach(3, static scenario => scenario.PowerCuts, "power cuts");
        ran.RequireEach(100, static scenario => scenario.RecordsChecked, "records checked");
        ran.RequireEach(5, static scenario => scenario.AckedAfterRestart, "batches acknowledged after a restart");
        ran.RequireEach(5, static scenario => scenario.KeysFound, "repeated keys found");
        ran.RequireEach(0.5, static scenario => scenario.KeysFoundAfterRestart, "keys found by whoever never heard of them before a restart");
        ran.RequireEach(1, static scenario => scenario.KeysRefused, "keys refused to another request");
    }

    [Fact]
    public void A_seed_always_runs_the_same_way()
    {
        for (int seed = 7; seed < 10; seed++)
        {
            BrokerCutScenario first = new(seed), second = new(seed);
            first.Run();
            second.Run();
            Assert.Equal(first.Fingerprint, second.Fingerprint);
        }
    }
}

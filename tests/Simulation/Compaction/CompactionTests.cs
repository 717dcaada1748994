namespace Gateway.Simulation.Compaction;

public class CompactionTests
{
    [Fact]
    public void Every_reader_finds_the_last_value_of_every_key_through_any_crash()
    {
        IReadOnlyList<CompactionScenario> ran = Seeds.Run(
            nameof(Every_reader_finds_the_last_value_of_every_key_through_any_crash), 1_000, static seed => new CompactionScenario(seed));
        ran.RequireEach(3, static scenario => scenario.PowerCuts, "power cuts");
        ran.RequireEach(5, static scenario => scenario.Cleanings, "cleanings");
        ran.RequireEach(100, static scenario => scenario.RecordsChecked, "records checked");
        ran.RequireEach(100, static scenario => scenario.RecordsGone, "records gone");
    }

    [Fact]
    public void A_seed_always_runs_the_same_way()
    {
        for (int seed = 7; seed < 10; seed++)
        {
            CompactionScenario first = new(seed), second = new(seed);
            first.Run();
            second.Run();
            Assert.Equal(first.Fingerprint, second.Fingerprint);
        }
    }
}

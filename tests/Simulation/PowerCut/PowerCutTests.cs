using Gateway.Storage;

namespace Gateway.Simulation.PowerCut;

public class PowerCutTests
{
    [Fact]
    public void Nothing_acknowledged_or_readable_is_lost_and_no_byte_changes()
    {
        IReadOnlyList<PowerCutScenario> ran = Seeds.Run(
            nameof(Nothing_acknowledged_or_readable_is_lost_and_no_byte_changes), 1_000, static seed => new PowerCutScenario(seed));
        ran.RequireEach(3, static scenario => scenario.PowerCuts, "power cuts");
        ran.RequireEach(0.5, static scenario => scenario.Troubles, "failed writes, syncs and full disks");
        ran.RequireEach(100, static scenario => scenario.RecordsChecked, "records checked");
    }

    [Fact]
    public void A_bit_that_turns_over_is_harmless_or_noticed()
    {
        IReadOnlyList<RotScenario> ran = Seeds.Run(nameof(A_bit_that_turns_over_is_harmless_or_noticed), 1_000, static seed => new RotScenario(seed));
        foreach (IGrouping<string, RotScenario> kind in ran.GroupBy(static scenario => scenario.Kind).OrderBy(static kind => kind.Key))
            Console.WriteLine($"{kind.Key}: {kind.Count()}, of which {kind.Count(static scenario => scenario.IsNoticed)} noticed");
        foreach (string kind in (string[])[".log", ".journal", ".index", "checkpoint", ".properties"])
            ran.RequireEach(0.05, scenario => scenario.Kind == kind ? 1 : 0, $"rotten files of the kind {kind}");
    }

    [Fact]
    public void A_seed_always_runs_the_same_way()
    {
        for (int seed = 7; seed < 12; seed++)
        {
            PowerCutScenario first = new(seed), second = new(seed);
            first.Run();
            second.Run();
            Assert.Equal(first.Fingerprint, second.Fingerprint);
        }
    }
}

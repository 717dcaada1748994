using Gateway.Simulation.BrokerCut;

namespace Gateway.Simulation.TransactionCut;

public class TransactionCutTests
{
    [Fact]
    public void A_transaction_is_read_as_committed_whole_or_not_at_all_through_any_end()
    {
        IReadOnlyList<TransactionCutScenario> ran = Seeds.Run(
            nameof(A_transaction_is_read_as_committed_whole_or_not_at_all_through_any_end), 1_000, static seed => new TransactionCutScenario(seed));
        ran.RequireEach(1, static scenario => scenario.PowerCuts, "power cuts");
        ran.RequireEach(3, static scenario => scenario.Committed, "committed transactions");
        ran.RequireEach(0.2, static scenario => scenario.InDoubt, "transactions in doubt");
    }

    [Fact]
    public void Batches_that_nobody_verified_are_noticed()
    {
        // Without the coordinator's word a partition takes batches of transactions nobody will end there.
        (int Seed, Exception What)? noticed = Seeds.FirstToNotice(
            20, static seed => new TransactionCutScenario(seed, verifies: false), static broken => broken is PromiseBrokenException);
        Assert.NotNull(noticed);
    }
}

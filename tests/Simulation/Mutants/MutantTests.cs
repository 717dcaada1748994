using Gateway.Simulation.BrokerCut;
using Gateway.Simulation.Compaction;
using Gateway.Simulation.PowerCut;
using Gateway.Storage;
using Gateway.Storage.Files;

namespace Gateway.Simulation.Mutants;

/// <summary>A simulation that finds nothing proves nothing: each bug that is put in on purpose must be found, and with few seeds.</summary>
public class MutantTests
{
    private const int Seeds = 200;

    public static TheoryData<string> Bugs => new(Mutants.Keys);

    private static Dictionary<string, Func<int, CrashScenario>> Mutants { get; } = new()
    {
        ["acknowledges before the flush"] = static seed => new PowerCutScenario(seed, static disk => new AcknowledgesBeforeFlush(disk)),
        ["accepts a torn tail"] = static seed => new PowerCutScenario(seed, static disk => new AcceptsTornTail(disk)),
        // Where segments only grow and shrink, an old entry is told by its checksum and position; a rewritten segment has others of the same name.
        ["does not rebuild an index"] = static seed => new CompactionScenario(seed, static disk => new KeepsOldIndexes(disk)),
        ["takes recycled bytes for new"] = static seed => new PowerCutScenario(seed, static disk => new TakesRecycledFrames(disk)),
        ["does not journal a truncation"] = static seed => new PowerCutScenario(seed, static disk => new ForgetsTruncations(disk)),
    };

    [Theory]
    [MemberData(nameof(Bugs))]
    public void A_bug_put_in_on_purpose_is_found(string bug)
    {
        (int Seed, Exception What)? found = Simulation.Seeds.FirstToNotice(Seeds, Mutants[bug], IsNotice);
        Assert.True(found is not null, $"{Seeds} seeds notice nothing of a store that {bug}");
        Console.WriteLine($"A store that {bug}: seed {found.Value.Seed}, {found.Value.What.Message}");
    }

    [Fact]
    public void Producers_notice_a_broker_that_acknowledges_before_the_flush() => Assert.NotNull(
        Simulation.Seeds.FirstToNotice(Seeds, static seed => new BrokerCutScenario(seed, static disk => new AcknowledgesBeforeFlush(disk)), IsNotice));

    [Fact]
    public void A_disk_that_only_hands_on_is_not_noticed() => Assert.Null(
        Simulation.Seeds.FirstToNotice(40, static seed => new PowerCutScenario(seed, static disk => new Honest(disk)), static _ => true));

    /// <summary>The model complains, or the store itself does.</summary>
    private static bool IsNotice(Exception broken) => broken is PromiseBrokenException or DamagedLogException or DataDirectoryException;

    private sealed class Honest(IFileSystem inner) : ThroughFileSystem(inner);
}

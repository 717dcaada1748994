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

    private static Dictionary<string, Mutant> Mutants { get; } = new()
    {
        ["acknowledges before the flush"] = new(PowerCut, static disk => new AcknowledgesBeforeFlush(disk)),
        ["acknowledges producers before the flush"] = new(BrokerCut, static disk => new AcknowledgesBeforeFlush(disk)),
        ["accepts a torn tail"] = new(PowerCut, static disk => new AcceptsTornTail(disk)),
        // Where segments only grow and shrink, an old entry is told by its checksum and position; a rewritten segment has others of the same name.
        ["does not rebuild an index"] = new(Compaction, static disk => new KeepsOldIndexes(disk)),
        ["takes recycled bytes for new"] = new(PowerCut, static disk => new TakesRecycledFrames(disk)),
        ["does not journal a truncation"] = new(PowerCut, static disk => new ForgetsTruncations(disk)),
    };

    [Theory]
    [MemberData(nameof(Bugs))]
    public void A_bug_put_in_on_purpose_is_found(string bug)
    {
        Mutant mutant = Mutants[bug];
        (int Seed, Exception What)? found = Simulation.Seeds.FirstToNotice(Seeds, seed => mutant.Scenario(seed, mutant.PutIn), IsNotice);
        Assert.True(found is not null, $"{Seeds} seeds notice nothing of a store that {bug}");
        Console.WriteLine($"A store that {bug}: seed {found.Value.Seed}, {found.Value.What.Message}");
        // It is the bug that was noticed: the same seed is clean without it, all else being the same.
        mutant.Scenario(found.Value.Seed, static disk => new Honest(disk)).Run();
    }

    private static CrashScenario PowerCut(int seed, Func<IFileSystem, IFileSystem> through) => new PowerCutScenario(seed, through);

    private static CrashScenario BrokerCut(int seed, Func<IFileSystem, IFileSystem> through) => new BrokerCutScenario(seed, through);

    private static CrashScenario Compaction(int seed, Func<IFileSystem, IFileSystem> through) => new CompactionScenario(seed, through);

    /// <summary>The model complains, or the store itself does. Any other exception is the mutant's own fault, and fails the test.</summary>
    private static bool IsNotice(Exception broken) => broken is PromiseBrokenException or DamagedLogException or DataDirectoryException;

    /// <param name="Scenario">Plays a seed on a disk.</param>
    /// <param name="PutIn">The disk with the bug.</param>
    private sealed record Mutant(Func<int, Func<IFileSystem, IFileSystem>, CrashScenario> Scenario, Func<IFileSystem, IFileSystem> PutIn);

    private sealed class Honest(IFileSystem inner) : ThroughFileSystem(inner);
}

using System.Diagnostics;
using System.Globalization;

namespace Gateway.Fuzz.Engine;

/// <summary>One target, one seed, for some time.</summary>
/// <param name="target">What is tried.</param>
/// <param name="seed">Where chance begins.</param>
public sealed class Session(ITarget target, int seed)
{
    private const int MaxPool = 5_000;

    private readonly Random _random = new(seed);
    private readonly Judge _judge = new(target, Judge.Second);
    private readonly List<byte[]> _pool = [];
    private readonly long _residentBefore = Environment.WorkingSet;
    private readonly Dictionary<string, long> _outcomes = new(StringComparer.Ordinal);

    /// <summary>What was found, or null.</summary>
    public string? Finding { get; private set; }

    /// <summary>Runs until the time is up or something is found; the number of findings.</summary>
    public int Run(TimeSpan time)
    {
        Directory.CreateDirectory(Corpus.Findings);
        using var current = new CurrentCase(Path.Combine(Corpus.Findings, target.Name + ".current"));
        foreach (var (name, bytes) in Corpus.Of(target))
        {
            current.Set(bytes);
            if (Try(bytes, out var finding) is not { } outcome) return Report(bytes, $"{name} of the corpus: {finding}");
            Count(outcome);
            _pool.Add(bytes);
        }
        var mutator = new Mutator(target, _random);
        var watch = Stopwatch.StartNew();
        var (cases, told) = (0L, TimeSpan.Zero);
        for (; watch.Elapsed < time; cases++)
        {
            var input = mutator.Mutate(_pool[_random.Next(_pool.Count)], _pool[_random.Next(_pool.Count)]);
            current.Set(input);
            if (Try(input, out var finding) is not { } outcome) return Report(input, finding!);
            if (Count(outcome) && _pool.Count < MaxPool) _pool.Add(input);
            if (watch.Elapsed - told < TimeSpan.FromSeconds(60)) continue;
            told = watch.Elapsed;
            Tell(cases, watch.Elapsed);
        }
        Tell(cases, watch.Elapsed);
        current.Done();
        Console.WriteLine($"{target.Name}: clean, seed {seed}");
        foreach (var (outcome, count) in _outcomes.OrderByDescending(pair => pair.Value).Take(12)) Console.WriteLine($"  {count,10}  {outcome}");
        return 0;
    }

    private string? Try(byte[] input, out string? finding)
    {
        var outcome = _judge.Try(input, out finding);
        var growth = Environment.WorkingSet - _residentBefore;
        if (outcome is null || growth <= (target.MostGrowth ?? long.MaxValue)) return outcome;
        finding = $"the process has grown by {growth >> 20} MiB";
        return null;
    }

    /// <summary>Whether it is new that an input goes like this.</summary>
    private bool Count(string outcome)
    {
        var seen = _outcomes.GetValueOrDefault(outcome);
        _outcomes[outcome] = seen + 1;
        return seen == 0;
    }

    private void Tell(long cases, TimeSpan elapsed) => Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
        $"{target.Name}: {elapsed.TotalSeconds:f0} s, {cases} cases, {cases / elapsed.TotalSeconds:f0}/s, pool {_pool.Count}, {_outcomes.Count} ways it went, {Environment.WorkingSet >> 20} MiB"));

    private int Report(byte[] input, string finding)
    {
        var hash = Convert.ToHexStringLower(Schemas.Fingerprints.Md5.Hash(input))[..12];
        var file = Path.Combine(Corpus.Findings, $"{target.Name}-{hash}.bin");
        File.WriteAllBytes(file, input);
        Finding = $"{Path.GetFileName(file)}: {finding}";
        Console.WriteLine($"{target.Name}: FOUND with seed {seed}: {finding}");
        Console.WriteLine($"replay: dotnet run --project tests/Fuzz -c Release -- --target {target.Name} --replay {Path.GetRelativePath(Corpus.Root, file)}");
        return 1;
    }
}

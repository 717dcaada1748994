using Gateway.Fuzz.Engine;
using Gateway.Fuzz.Targets;

namespace Gateway.Schemas.Tests;

/// <summary>Every input of the fuzzers' corpus still goes well: the ones they start from, and whatever was found.</summary>
public class FuzzCorpusTests
{
    // Only against hanging: how long a case takes is for the fuzzer to judge, on a machine that does nothing else.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    public static TheoryData<string> Targets => [.. AllTargets.List.Select(target => target.Name)];

    [Theory]
    [MemberData(nameof(Targets))]
    public void The_corpus_is_clean(string name)
    {
        var target = AllTargets.Find(name)!;
        var inputs = Corpus.Of(target);
        Assert.NotEmpty(inputs);
        foreach (var (file, bytes) in inputs)
        {
            new Judge(target, Patience).Try(bytes, out var finding);
            Assert.True(finding is null, $"{name}/{file}: {finding}");
        }
    }

    [Theory]
    [MemberData(nameof(Targets))]
    public void The_corpus_reaches_what_the_target_is_about(string name)
    {
        var target = AllTargets.Find(name)!;
        var outcomes = Corpus.Of(target).Select(input => new Judge(target, Patience).Try(input.Bytes, out var finding) ?? $"finding: {finding}").ToList();
        var goal = name.Split('-')[1] switch { "parse" => "parses:", "validate" => "valid:", "decode" => "decodes:", "encode" => "encodes:", "frames" => "answers:", "bodies" => "succeeds:", _ => name };
        Assert.True(outcomes.Count(outcome => outcome.StartsWith(goal, StringComparison.Ordinal)) >= 10, string.Join('\n', outcomes));
    }
}

using Gateway.Schemas.Protobuf;

namespace Gateway.Schemas.Tests.Protobuf.Parsing;

/// <summary>Files made from seeds, and files broken at random: protoc and we say the same of them.</summary>
public class ProtocGeneratedTests
{
    private const int Cases = 400;
    private const int Batch = 20;
    private const int BrokenCases = 150;

    [Fact]
    public void Generated_files_have_protocs_descriptors()
    {
        var answers = Enumerable.Range(0, Cases).Select(ProtoGenerator.Case).Chunk(Batch).SelectMany(ProtocOracle.Ask).ToList();
        ProtocOracle.AssertSame(answers);
        // The generator is of use only as long as most of what it makes is valid.
        Assert.InRange(answers.Count(answer => answer.IsAccepted), 300, Cases);
    }

    [Fact]
    public void Files_broken_at_random_get_protocs_verdict()
    {
        var random = new Random(20);
        var cases = Enumerable.Range(0, BrokenCases).Select(i =>
        {
            var whole = ProtoGenerator.Case(10_000 + i);
            var (path, text) = whole.Files[^1];
            return whole with { Files = [.. whole.Files.SkipLast(1), (path, Break(text, random))] };
        }).ToList();
        var answers = cases.SelectMany(one => ProtocOracle.Ask([one])).ToList();
        ProtocOracle.AssertSame(answers);
        var refused = answers.Where(answer => !answer.IsAccepted).ToList();
        // Texts of both kinds, or there is nothing to agree on.
        Assert.InRange(refused.Count, 100, BrokenCases - 15);
        // The rest has two faults, of which each tells another first, or none that protoc gives a line.
        Assert.InRange(refused.Count(IsNear), refused.Count * 9 / 10, refused.Count);
    }

    [Fact]
    public void Canonical_text_parses_to_the_same_descriptor()
    {
        foreach (var one in Enumerable.Range(0, Cases).Select(ProtoGenerator.Case))
        {
            if (ProtocOracle.Parse(one).Schema is not ProtobufSchema schema) continue;
            var again = ProtocOracle.Parse(one with { Files = [.. one.Files.SkipLast(1), (one.Files[^1].Path, schema.CanonicalText)] });
            Assert.True(again.Schema is not null, $"{again.Error}\n{schema.CanonicalText}");
            Assert.Equal(schema.CanonicalText, again.Schema.CanonicalText);
            Assert.Equal(schema.NormalizedText, again.Schema.NormalizedText);
        }
    }

    /// <summary>Whether both take a text for broken in the same place, give or take a line.</summary>
    private static bool IsNear(ProtocAnswer answer) => answer is { Line: { } line, Error: { } error } && Math.Abs(line - error.Line) <= 1;

    /// <summary>Swaps neighbouring lines, or drops, doubles, swaps or replaces words somewhere.</summary>
    private static string Break(string text, Random random)
    {
        if (random.Next(2) == 0) return Swapped(text, '\n', random, 1);
        var words = text.Split(' ').ToList();
        for (var i = random.Next(1, 3); i > 0; i--)
        {
            var at = random.Next(words.Count);
            switch (random.Next(3))
            {
                case 0:
                    words.RemoveAt(at);
                    break;
                case 1:
                    words.Insert(at, words[at]);
                    break;
                default:
                    words[at] = words[random.Next(words.Count)];
                    break;
            }
            if (words.Count == 0) return "";
        }
        var broken = string.Join(' ', words);
        return random.Next(3) == 0 ? Swapped(broken, ' ', random, random.Next(1, 10)) : broken;
    }

    private static string Swapped(string text, char separator, Random random, int apart)
    {
        var parts = text.Split(separator);
        var at = random.Next(parts.Length);
        var other = Math.Min(at + apart, parts.Length - 1);
        (parts[at], parts[other]) = (parts[other], parts[at]);
        return string.Join(separator, parts);
    }
}

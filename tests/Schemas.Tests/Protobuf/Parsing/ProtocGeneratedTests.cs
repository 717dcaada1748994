using Gateway.Schemas.Protobuf;

namespace Gateway.Schemas.Tests.Protobuf.Parsing;

/// <summary>Files made from seeds, and files broken at random: protoc and we say the same of them.</summary>
public class ProtocGeneratedTests
{
    private const int Cases = 400;
    private const int Batch = 20;

    [Fact]
    public void Generated_files_have_protocs_descriptors()
    {
        var cases = Enumerable.Range(0, Cases).Select(ProtoGenerator.Case).ToList();
        var differences = cases.Chunk(Batch).SelectMany(ProtocOracle.Differences).ToList();
        Assert.True(differences.Count == 0, $"{differences.Count} of {Cases} differ; the first: {differences.FirstOrDefault()}");
        // The generator is of use only as long as most of what it makes is valid.
        Assert.InRange(cases.Count(one => ProtocOracle.Parse(one).Schema is not null), 300, Cases);
    }

    [Fact]
    public void Files_broken_at_random_get_protocs_verdict()
    {
        var random = new Random(20);
        var cases = Enumerable.Range(0, 150).Select(i =>
        {
            var whole = ProtoGenerator.Case(10_000 + i);
            var (path, text) = whole.Files[^1];
            return whole with { Files = [.. whole.Files.SkipLast(1), (path, Break(text, random))] };
        }).ToList();
        var differences = cases.SelectMany(one => ProtocOracle.Differences([one])).ToList();
        Assert.True(differences.Count == 0, $"{differences.Count} of {cases.Count} differ; the first: {differences.FirstOrDefault()}");
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

    /// <summary>Drops, doubles or swaps a word somewhere.</summary>
    private static string Break(string text, Random random)
    {
        var words = text.Split(' ').ToList();
        for (var i = random.Next(1, 3); i > 0; i--)
        {
            var at = random.Next(words.Count);
            switch (random.Next(4))
            {
                case 0:
                    words.RemoveAt(at);
                    break;
                case 1:
                    words.Insert(at, words[at]);
                    break;
                case 2:
                    var other = random.Next(words.Count);
                    (words[at], words[other]) = (words[other], words[at]);
                    break;
                default:
                    words[at] = words[random.Next(words.Count)];
                    break;
            }
            if (words.Count == 0) return "";
        }
        return string.Join(' ', words);
    }
}

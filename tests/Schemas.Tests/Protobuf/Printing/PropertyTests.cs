using Gateway.Schemas.Protobuf;

namespace Gateway.Schemas.Tests.Protobuf.Printing;

/// <summary>What holds for the texts of every file, tried on ten thousand.</summary>
public class PropertyTests
{
    private const int Cases = 10_000;

    [Fact]
    public void Printed_texts_say_what_the_file_said_and_are_fixed_points()
    {
        for (var seed = 0; seed < Cases; seed++)
        {
            var file = Printed.Parse(new ProtoFileGenerator(seed).Text(seed + 1));
            var canonical = Printed.Parse(file.CanonicalText);
            Same(seed, file, canonical, sorted: false, file.CanonicalText);
            Assert.Equal(file.CanonicalText, canonical.CanonicalText);
            Assert.Equal(file.NormalizedText, canonical.NormalizedText);
            var normalized = Printed.Parse(file.NormalizedText);
            Same(seed, file, normalized, sorted: true, file.NormalizedText);
            Assert.Equal(file.NormalizedText, normalized.NormalizedText);
        }
    }

    [Fact]
    public void However_a_file_is_written_its_normalized_text_is_the_same()
    {
        for (var seed = 0; seed < Cases; seed++)
        {
            var generator = new ProtoFileGenerator(seed);
            Assert.Equal(Printed.Parse(generator.Text(1)).NormalizedText, Printed.Parse(generator.Text(2)).NormalizedText);
        }
    }

    private static void Same(int seed, ProtobufSchema one, ProtobufSchema other, bool sorted, string text)
    {
        var (expected, actual) = (Descriptors.Comparable(one.File.Proto, sorted), Descriptors.Comparable(other.File.Proto, sorted));
        Assert.True(expected.Equals(actual), $"seed {seed}, sorted {sorted}\n{text}\n{expected}\n{actual}");
    }
}

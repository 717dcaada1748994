using System.Text;
using Gateway.Schemas.Compatibility;

namespace Gateway.Schemas.Tests.Avro;

/// <summary>What holds for every schema and every value, tried on ten thousand of each.</summary>
public class PropertyTests
{
    private const int Cases = 10_000;

    [Fact]
    public void Canonical_and_normalized_texts_are_fixed_points()
    {
        for (var seed = 0; seed < Cases; seed++)
        {
            var schema = Parsed.Schema(new SchemaGenerator(seed).Schema());
            var again = Parsed.Schema(schema.CanonicalText);
            Assert.Equal(schema.CanonicalText, again.CanonicalText);
            Assert.Equal(schema.NormalizedText, again.NormalizedText);
            Assert.Equal(schema.NormalizedText, Parsed.Schema(schema.NormalizedText).CanonicalText);
            Assert.Equal(schema.FingerprintText, again.FingerprintText);
            Assert.Equal(schema.FingerprintText, Parsed.Schema(schema.FingerprintText).FingerprintText);
        }
    }

    [Fact]
    public void Decoding_what_was_encoded_gives_it_back()
    {
        for (var seed = 0; seed < Cases; seed++)
        {
            var schema = Parsed.Schema(new SchemaGenerator(seed).Schema());
            if (schema.CanonicalText.Contains("[]", StringComparison.Ordinal)) continue;
            var json = new ValueGenerator(new Random(seed)).Value(schema.Root)?.ToJsonString() ?? "null";
            var bytes = schema.Encode(json);
            var decoded = schema.Decode(bytes);
            Assert.True(System.Text.Json.Nodes.JsonNode.DeepEquals(
                System.Text.Json.Nodes.JsonNode.Parse(json), System.Text.Json.Nodes.JsonNode.Parse(decoded)), $"seed {seed}: {json} became {decoded}");
            Assert.Equal(bytes, schema.Encode(decoded));
            // People post what they have read: its tags are tags in plain JSON too.
            Assert.Equal(bytes, schema.Encode(decoded, JsonForm.Plain));
        }
    }

    [Fact]
    public void Every_schema_reads_its_own_data_by_every_rule()
    {
        for (var seed = 0; seed < Cases; seed++)
        {
            var text = new SchemaGenerator(seed).Schema();
            Assert.Empty(Parsed.Check(CompatibilityLevel.FullTransitive, text, text, text));
        }
    }

    [Fact]
    public void Mutated_data_throws_nothing_but_its_own_exceptions()
    {
        for (var seed = 0; seed < Cases; seed++)
        {
            var schema = Parsed.Schema(new SchemaGenerator(seed).Schema());
            if (schema.CanonicalText.Contains("[]", StringComparison.Ordinal)) continue;
            var random = new Random(seed);
            var bytes = schema.Encode(new ValueGenerator(random).Value(schema.Root)?.ToJsonString() ?? "null");
            if (bytes.Length == 0) continue;
            bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            if (random.Next(2) == 0) bytes = bytes[..random.Next(bytes.Length)];
            try
            {
                schema.Decode(bytes);
            }
            catch (Exception fault) when (fault is SchemaDataException or SchemaBudgetException)
            {
            }
        }
    }

    [Fact]
    public void Mutated_texts_give_a_schema_or_an_error()
    {
        for (var seed = 0; seed < Cases; seed++)
        {
            var random = new Random(seed);
            var text = new StringBuilder(new SchemaGenerator(seed).Schema());
            for (var i = random.Next(1, 4); i > 0; i--) text[random.Next(text.Length)] = "{}[]\",:0a\\ "[random.Next(11)];
            var result = Parsed.Avro.Parse(text.ToString(), [], SchemaParseOptions.New);
            Assert.True(result.Schema is null != result.Error is null);
        }
    }
}

using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Gateway.Schemas.Tests.Json;

/// <summary>What holds for every schema and every value, tried on ten thousand of each.</summary>
public class PropertyTests
{
    private const int Cases = 10_000;

    [Fact]
    public void Canonical_and_normalized_texts_are_fixed_points()
    {
        for (var seed = 0; seed < Cases; seed++)
        {
            var schema = JsonSchemas.Schema(new JsonSchemaGenerator(seed).Schema().Text);
            Assert.Equal(schema.CanonicalText, JsonSchemas.Stored(schema.CanonicalText).CanonicalText);
            Assert.Equal(schema.NormalizedText, JsonSchemas.Stored(schema.CanonicalText).NormalizedText);
            Assert.Equal(schema.NormalizedText, JsonSchemas.Stored(schema.NormalizedText).CanonicalText);
        }
    }

    [Fact]
    public void Normalized_text_does_not_depend_on_the_order_of_members()
    {
        for (var seed = 0; seed < Cases; seed++)
        {
            var generator = new JsonSchemaGenerator(seed);
            var text = generator.Schema().Text;
            var shuffled = generator.Shuffled(JsonNode.Parse(text))!.ToJsonString();
            Assert.Equal(JsonSchemas.Stored(text).NormalizedText, JsonSchemas.Stored(shuffled).NormalizedText);
        }
    }

    [Fact]
    public void A_value_made_for_a_schema_fits_it_and_comes_back_from_its_bytes()
    {
        for (var seed = 0; seed < Cases; seed++)
        {
            var (text, make) = new JsonSchemaGenerator(seed).Schema();
            var schema = JsonSchemas.Schema(text);
            var value = make()?.ToJsonString() ?? "null";
            var bytes = schema.Encode(value);
            schema.Validate(bytes, SchemaBudget.Default);
            Assert.True(JsonNode.DeepEquals(JsonNode.Parse(value), JsonNode.Parse(schema.Decode(bytes))), $"seed {seed}: {value}");
        }
    }

    [Fact]
    public void Whether_a_value_fits_does_not_depend_on_order_or_notation_of_the_schema()
    {
        var (fitting, failing) = (0, 0);
        for (var seed = 0; seed < Cases; seed++)
        {
            var generator = new JsonSchemaGenerator(seed);
            var (text, make) = generator.Schema();
            // A value of another schema fits now and then.
            var value = (seed % 2 == 0 ? make() : new JsonSchemaGenerator(seed + 1).Schema().Value())?.ToJsonString() ?? "null";
            var fits = JsonSchemas.Schema(text).Accepts(value);
            Assert.Equal(fits, JsonSchemas.Schema(generator.Shuffled(JsonNode.Parse(text))!.ToJsonString()).Accepts(value));
            Assert.Equal(fits, JsonSchemas.Stored(text).Accepts(value));
            if (fits) fitting++;
            else failing++;
        }
        Assert.True(fitting > Cases / 2 && failing > Cases / 10, $"{fitting} fit, {failing} do not");
    }

    [Fact]
    public void Damaged_texts_and_payloads_end_in_an_answer()
    {
        for (var seed = 0; seed < Cases; seed++)
        {
            var random = new Random(seed);
            var (text, make) = new JsonSchemaGenerator(seed).Schema();
            var damaged = Damage(text, random);
            var options = seed % 2 == 0 ? SchemaParseOptions.New : SchemaParseOptions.Stored;
            var result = JsonSchemas.Parse(damaged, options);
            Assert.True(result.Schema is null ^ result.Error is null);
            var schema = result.Schema ?? JsonSchemas.Schema(text);
            var payload = Encoding.UTF8.GetBytes(Damage(make()?.ToJsonString() ?? "null", random));
            if (payload.Length > 0 && seed % 3 == 0) payload[random.Next(payload.Length)] = (byte)random.Next(256);
            try
            {
                schema.Validate(payload, SchemaBudget.Default);
                _ = schema.CanonicalText.Length + schema.NormalizedText.Length + schema.ResolvedText.Length;
            }
            catch (Exception expected) when (expected is SchemaDataException or SchemaBudgetException)
            {
            }
        }
    }

    private static string Damage(string text, Random random)
    {
        const string Pieces = "{}[]\",:0-1eE.\\u\ud800\u0000$#/~%\u00e9";
        var damaged = new StringBuilder(text);
        for (var i = random.Next(4); i > 0 && damaged.Length > 0; i--)
        {
            var at = random.Next(damaged.Length);
            switch (random.Next(4))
            {
                case 0: damaged[at] = Pieces[random.Next(Pieces.Length)]; break;
                case 1: damaged.Remove(at, Math.Min(random.Next(1, 9), damaged.Length - at)); break;
                case 2: damaged.Insert(at, Pieces[random.Next(Pieces.Length)]); break;
                default: damaged.Insert(at, damaged.ToString(at, Math.Min(random.Next(1, 30), damaged.Length - at))); break;
            }
        }
        return damaged.ToString();
    }
}

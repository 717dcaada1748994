using System.Text;
using System.Text.Json.Nodes;
using Gateway.Schemas.Compatibility;
using Gateway.Schemas.Json;
using Xunit.Abstractions;

namespace Gateway.Schemas.Tests.Json.Compatibility;

/// <summary>What holds for any schema and any change to it. Every case has a seed of its own, which a failure names.</summary>
public class ComparisonPropertyTests(ITestOutputHelper output)
{
    private const int Cases = 10_000;
    private const int Samples = 12;

    [Fact]
    public void Any_two_schemas_compare_and_any_one_is_the_same_as_itself()
    {
        for (var seed = 0; seed < Cases; seed++)
        {
            var edits = new SchemaEdits(new Random(seed));
            var before = edits.Schema();
            var after = edits.Edited(before);
            foreach (var policy in Enum.GetValues<CompatibilityPolicy>())
            {
                Assert.True(Compared.All(before.ToJsonString(), before.ToJsonString(), policy).Count == 0, $"seed {seed}: {before.ToJsonString()}");
                var all = Compared.All(before.ToJsonString(), after.ToJsonString(), policy);
                var incompatible = Compared.Incompatible(before.ToJsonString(), after.ToJsonString(), policy);
                Assert.True(incompatible.All(all.Contains), $"seed {seed}");
            }
            // What is lenient forgives, and forgives only.
            if (Compared.IsCompatible(before.ToJsonString(), after.ToJsonString()))
                Assert.True(Compared.IsCompatible(before.ToJsonString(), after.ToJsonString(), CompatibilityPolicy.Lenient), $"seed {seed}");
        }
    }

    /// <summary>What the exhaustive comparison lets pass is right: whatever is valid under the old schema is valid under the new one.</summary>
    [Fact]
    public void Data_of_the_old_schema_is_data_of_a_new_one_that_is_compatible()
    {
        var (compatible, checkedValues) = (0, 0);
        for (var seed = 0; seed < Cases; seed++)
        {
            var random = new Random(seed);
            var edits = new SchemaEdits(random);
            var before = edits.Schema();
            var after = edits.Edited(before);
            if (!Compared.IsCompatible(before.ToJsonString(), after.ToJsonString(), CompatibilityPolicy.Exhaustive)) continue;
            compatible++;
            var (old, young) = (Schema(before), Schema(after));
            var samples = new ValueSamples(random, before);
            for (var i = 0; i < Samples; i++)
            {
                var value = Encoding.UTF8.GetBytes(samples.For(before)?.ToJsonString() ?? "null");
                if (IsValid(old, value) != true) continue;
                checkedValues++;
                Assert.True(
                    IsValid(young, value) ?? true,
                    $"seed {seed}: {Encoding.UTF8.GetString(value)} is valid under {before.ToJsonString()} and not under {after.ToJsonString()}");
            }
        }
        output.WriteLine($"{compatible} of {Cases} edits are compatible; {checkedValues} values were valid under the old schema");
        Assert.True(compatible > Cases / 10, $"only {compatible} edits were compatible");
        Assert.True(checkedValues > Cases, $"only {checkedValues} values were checked");
    }

    private static ISchema Schema(JsonObject text)
    {
        var parsed = new JsonSchemaLanguage().Parse(text.ToJsonString(), [], SchemaParseOptions.Stored);
        Assert.True(parsed.Schema is not null, parsed.Error?.ToString());
        return parsed.Schema!;
    }

    /// <summary>Null where a schema leads back to itself for the same value, so that no answer ever comes.</summary>
    private static bool? IsValid(ISchema schema, byte[] value)
    {
        try
        {
            schema.Validate(value, SchemaBudget.Default);
            return true;
        }
        catch (SchemaDataException)
        {
            return false;
        }
        catch (SchemaBudgetException)
        {
            return null;
        }
    }
}

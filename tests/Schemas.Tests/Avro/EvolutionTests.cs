using System.Runtime.InteropServices;
using System.Text.Json.Nodes;

namespace Gateway.Schemas.Tests.Avro;

/// <summary>Where a later version is said to be compatible, what the earlier one wrote is read with it, as what it should be.</summary>
public class EvolutionTests
{
    private const int Cases = 10_000;
    private const int ValuesPerCase = 3;

    [Fact]
    public void Where_backward_holds_old_data_reads_with_the_new_schema_as_the_specification_has_it()
    {
        var (compatible, incompatible, takenBack) = (0, 0, 0);
        var (held, broken, applied) = (new Dictionary<string, int>(), new Dictionary<string, int>(), new Dictionary<string, int>());
        for (var seed = 0; seed < Cases; seed++)
        {
            var versions = new EvolvingSchema(seed);
            takenBack += versions.TakenBack;
            var holds = Parsed.Differences(versions.After, versions.Before).Count == 0;
            foreach (var edit in versions.Edits) Count(holds ? held : broken, edit);
            if (!holds)
            {
                incompatible++;
                continue;
            }
            if (versions.Edits.Count > 0) compatible++;
            foreach (var rule in Read(seed, versions)) Count(applied, rule);
        }
        // Else a generator that has come to do nothing, or nothing right, would go unnoticed.
        Assert.True(compatible > Cases / 4 && incompatible > Cases / 4, $"{compatible} compatible, {incompatible} not");
        Assert.True(takenBack < Cases / 4, $"{takenBack} edits taken back");
        foreach (var edit in EvolvingSchema.Harmless) Assert.True(held.GetValueOrDefault(edit) > 20, $"{edit}: {held.GetValueOrDefault(edit)}");
        foreach (var edit in EvolvingSchema.Breaking) Assert.True(broken.GetValueOrDefault(edit) > 20, $"{edit}: {broken.GetValueOrDefault(edit)}");
        foreach (var rule in ExpectedResolution.Rules) Assert.True(applied.GetValueOrDefault(rule) > 20, $"{rule}: {applied.GetValueOrDefault(rule)}");
    }

    /// <summary>Reads a few values of the earlier version, and gives the rules that it took.</summary>
    private static IEnumerable<string> Read(int seed, EvolvingSchema versions)
    {
        var random = new Random(seed);
        var (writer, reader) = (Parsed.Schema(versions.Before), Parsed.Schema(versions.After));
        var resolution = new ExpectedResolution(versions.Before, versions.After);
        for (var i = 0; i < ValuesPerCase; i++)
        {
            var json = new ValueGenerator(random).Value(writer.Root)!.ToJsonString();
            var told = $"seed {seed}\n{versions.Before}\n{versions.After}\n{json}";
            string read;
            try
            {
                read = Parsed.Resolve(reader, writer, json);
            }
            catch (SchemaDataException fault)
            {
                Assert.Fail($"{fault.Message}: {told}");
                throw;
            }
            var expected = resolution.Of(json)!.ToJsonString();
            Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), JsonNode.Parse(read)), $"{told}\nis read as {read}\ninstead of {expected}");
            reader.Encode(read);
        }
        return resolution.Applied;
    }

    private static void Count(Dictionary<string, int> counts, string what) => CollectionsMarshal.GetValueRefOrAddDefault(counts, what, out _)++;
}

using System.Text.Json.Nodes;
using Gateway.Schemas.Compatibility;
using Gateway.Schemas.Protobuf.Compatibility;
using Gateway.Schemas.Protobuf.Data;
using Gateway.Schemas.Protobuf.Model;
using Gateway.Schemas.Tests.Protobuf.Data;

namespace Gateway.Schemas.Tests.Protobuf.Compatibility;

/// <summary>What verdicts are worth: data is written with one schema and read with the other, ten thousand times.</summary>
public class EvolutionTests
{
    private const int Cases = 10_000;

    private static readonly string[] KnownGaps = ["FIELD_MADE_REQUIRED", "FIELD_ENUM_CLOSED"];

    [Fact]
    public void Where_backward_holds_old_data_reads_with_the_new_schema()
    {
        var (readable, refused, gaps) = (0, 0, 0);
        for (var seed = 0; seed < Cases; seed++)
        {
            var (old, payload, @new) = Case(seed, out var json);
            if (ProtobufComparison.Compare(@new, old, SchemaBudget.Default).Count > 0)
            {
                refused++;
                continue;
            }
            try
            {
                new ProtobufCodec(@new).Decode(old, payload);
                readable++;
            }
            catch (SchemaDataException fault)
            {
                // Two things the table calls compatible are not always, and the exhaustive policy knows it.
                var found = ProtobufComparison.Compare(@new, old, CompatibilityPolicy.Exhaustive, SchemaBudget.Default);
                Assert.True(found.Any(difference => KnownGaps.Contains(difference.Type)), $"seed {seed}: {fault.Message} {string.Join(",", found)}\n{old.Proto}\n{@new.Proto}\n{json}");
                gaps++;
            }
        }
        Assert.True(readable > Cases / 4 && refused > Cases / 4, $"{readable} read, {refused} refused, {gaps} gaps");
        Assert.True(gaps < Cases / 50, $"{gaps} gaps");
    }

    /// <summary>Under the exhaustive policy nothing needs to be skipped, and fields that did not change give what was written.</summary>
    [Fact]
    public void Where_the_exhaustive_policy_agrees_nothing_is_lost()
    {
        var readable = 0;
        for (var seed = 0; seed < Cases; seed++)
        {
            var (old, payload, @new) = Case(seed, out var json);
            if (ProtobufComparison.Compare(@new, old, CompatibilityPolicy.Exhaustive, SchemaBudget.Default).Count > 0) continue;
            readable++;
            var read = JsonNode.Parse(new ProtobufCodec(@new).Decode(payload))!.AsObject();
            var written = JsonNode.Parse(new ProtobufCodec(old).Decode(payload))!.AsObject();
            foreach (var field in old.Messages[0].Fields)
            {
                if (field.Kind == ProtoKind.Message || @new.Messages[0].Find(field.Number) is not { } same || !IsUnchanged(field, same)) continue;
                Assert.True(
                    JsonNode.DeepEquals(read[same.JsonName], written[field.JsonName]),
                    $"seed {seed}: {field.Name}\n{read}\n{written}\n{old.Proto}\n{@new.Proto}\n{json}");
            }
        }
        Assert.True(readable > Cases / 5, $"{readable} read");
    }

    [Fact]
    public void Every_file_reads_its_own_data_by_every_rule()
    {
        for (var seed = 0; seed < 1000; seed++)
        {
            var file = EvolvingFile.Next(new Random(seed)).Link();
            Assert.Empty(ProtobufComparison.All(file, file, CompatibilityPolicy.Exhaustive, SchemaBudget.Default));
        }
    }

    private static bool IsUnchanged(ProtoField one, ProtoField other) =>
        one.Proto.Type == other.Proto.Type && one.IsRepeated == other.IsRepeated && one.HasPresence == other.HasPresence;

    private static (ProtoFile Old, byte[] Payload, ProtoFile New) Case(int seed, out string json)
    {
        var random = new Random(seed);
        var file = EvolvingFile.Next(random);
        var (old, @new) = (file.Link(), file.Edited().Link());
        json = "";
        // A message that requires itself has no values.
        for (var attempt = 0; attempt < 20; attempt++)
        {
            json = file.Value(old.Messages[0]).ToJsonString();
            if (json.Length < 100_000) break;
        }
        return (old, new ProtobufCodec(old).Encode(old.Messages[0], json), @new);
    }
}

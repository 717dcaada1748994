using System.Text;
using Gateway.Schemas.Compatibility;
using Gateway.SchemaRegistry.Model;
using Gateway.SchemaRegistry.State;
using Gateway.SchemaRegistry.Topic;

namespace Gateway.SchemaRegistry.Tests.State;

/// <summary>Records of other registries are read as they mean it (schema-registry 3).</summary>
public class DialectTests
{
    [Fact]
    public void Confluents_records_are_read()
    {
        var image = Replay.Of(
            ("""{"keytype":"NOOP","magic":0}""", null),
            ("""{"keytype":"CONFIG","magic":0}""", """{"compatibilityLevel":"FULL"}"""),
            ("""{"keytype":"CONFIG","subject":"s","magic":0}""", """{"subject":"s","compatibilityLevel":"NONE","normalize":true,"unknown":1}"""),
            ("""{"keytype":"MODE","subject":"s","magic":0}""", """{"subject":"s","mode":"READONLY"}"""),
            ("""{"keytype":"SCHEMA","subject":"s","version":1,"magic":0}""", Replay.Schema("s", 1, 3)),
            (Replay.Key("s", 2), Replay.Schema("s", 2, 4, "\\\"long\\\"", ",\"schemaType\":\"AVRO\",\"md5\":\"x\"")),
            ("""{"keytype":"CONTEXT","tenant":"default","context":".ctx","magic":0}""", """{"tenant":"default","context":".ctx"}"""),
            ("""{"keytype":"ASSOC","tenant":"default","resourceName":"t","magic":0}""", """{"subject":"s"}"""));
        var subject = QualifiedSubject.Parse("s");
        Assert.Equal(CompatibilityLevel.None, image.LevelOf(subject, CompatibilityLevel.Backward));
        Assert.Equal(CompatibilityLevel.Full, image.LevelOf(QualifiedSubject.Parse("t"), CompatibilityLevel.Backward));
        Assert.Equal(RegistryMode.ReadOnly, image.ModeOf(subject));
        Assert.Equal([(1, 3, "\"int\""), (2, 4, "\"long\"")], image.VersionsOf("s").Select(version => (version.Version, version.Id, version.Content.Text)));
        Assert.Equal([".", ".ctx"], image.Contexts);
        Assert.Equal(4, image.HighestIds["."]);
    }

    [Fact]
    public void A_null_subject_is_the_whole_registry() => Assert.Equal(
        CompatibilityLevel.Full,
        Replay.Of(("""{"keytype":"CONFIG","subject":null,"magic":0}""", """{"compatibilityLevel":"FULL"}""")).LevelOf(QualifiedSubject.Parse("s"), CompatibilityLevel.None));

    [Fact]
    public void Deletions_reach_up_to_their_watermark()
    {
        var image = Replay.Of(
            (Replay.Key("s", 1), Replay.Schema("s", 1, 1)),
            (Replay.Key("s", 2), Replay.Schema("s", 2, 2, "\\\"long\\\"")),
            ("""{"keytype":"DELETE_SUBJECT","subject":"s","magic":0}""", """{"subject":"s","version":1}"""));
        Assert.Equal([true, false], image.VersionsOf("s").Select(version => version.Deleted));
        Assert.Contains("s", image.DeletionRecords);
    }

    [Fact]
    public void A_deletion_without_a_version_means_all_so_far()
    {
        var image = Replay.Of(
            (Replay.Key("s", 1), Replay.Schema("s", 1, 1)),
            ("""{"keytype":"DELETE_SUBJECT","subject":"s","magic":0,"seq":1,"node":0}""", """{"subject":"s"}"""),
            (Replay.Key("s", 2), Replay.Schema("s", 2, 2, "\\\"long\\\"")));
        Assert.Equal([true, false], image.VersionsOf("s").Select(version => version.Deleted));
    }

    [Fact]
    public void Clearing_a_subject_drops_what_was_softly_deleted()
    {
        var image = Replay.Of(
            (Replay.Key("s", 1), Replay.Schema("s", 1, 1)),
            ("""{"keytype":"DELETE_SUBJECT","subject":"s","magic":0}""", """{"subject":"s","version":1}"""),
            ("""{"keytype":"CLEAR_SUBJECT","subject":"s","magic":0}""", """{"subject":"s"}"""));
        Assert.Empty(image.Subjects);
        Assert.Empty(image.Ids);
    }

    [Fact]
    public void Records_that_say_nothing_are_passed_over()
    {
        var records = new List<TopicRecord> { new(0, 0, null, [1, 2, 3]) };
        foreach (var (key, value) in new (string, string?)[]
        {
            ("not json", "x"), ("[]", "{}"), ("{}", "{}"), ("{\"keytype\":7}", "{}"), ("{\"keytype\":\"WHATEVER\",\"magic\":9}", "{}"),
            (Replay.Key("s", 1), "not json"), (Replay.Key("s", 1), "[]"), (Replay.Key("s", 1), "{}"), (Replay.Key("s", 1), """{"id":"x","schema":"\"int\""}"""),
            (Replay.Key("s", 0), Replay.Schema("s", 0, 1)), ("""{"keytype":"SCHEMA","magic":1}""", Replay.Schema("s", 1, 1)),
            (Replay.Key("s", 7), null), ("""{"keytype":"DELETE_SUBJECT","subject":"zz","magic":0}""", """{"subject":"zz","version":4}"""),
            ("""{"keytype":"MODE","magic":0}""", """{"mode":"SIDEWAYS"}"""), ("""{"keytype":"CONFIG","magic":0}""", "\"\\ud800\""),
        })
            records.Add(new TopicRecord(records.Count, 0, Encoding.UTF8.GetBytes(key), value is null ? null : Encoding.UTF8.GetBytes(value)));
        var image = Replay.Of(records);
        Assert.Equal(StateHash.Describe(new RegistryState().ToImage()), StateHash.Describe(image));
        Assert.Equal(records.Count, image.NextOffset);
    }

    [Fact]
    public void Of_two_records_with_one_sequence_number_the_first_counts()
    {
        static string Key(string subject, int version, int sequence) =>
            $$"""{"keytype":"SCHEMA","subject":"{{subject}}","version":{{version}},"magic":1,"seq":{{sequence}},"node":0}""";
        var image = Replay.Of(
            (Key("s", 1, 100), Replay.Schema("s", 1, 1)),
            (Key("t", 1, 100), Replay.Schema("t", 1, 1, "\\\"long\\\"")),
            (Key("u", 1, 101), Replay.Schema("u", 1, 2, "\\\"long\\\"")),
            (Key("s", 1, 100), Replay.Schema("s", 1, 1).Replace("false", "true", StringComparison.Ordinal)));
        Assert.Equal(["s", "u"], image.Subjects.Keys);
        Assert.True(Assert.Single(image.VersionsOf("s")).Deleted);
    }

    [Fact]
    public async Task What_another_registry_wrote_is_removed_under_its_own_key()
    {
        const string foreign = """{"keytype":"SCHEMA","subject":"s","version":1,"magic":1,"seq":0,"node":2}""";
        await using var server = await RegistryServer.StartAsync(MemorySchemaTopic.With((foreign, Replay.Schema("s", 1, 1))));
        await server.DeleteAsync("/subjects/s");
        (await server.DeleteAsync("/subjects/s?permanent=true")).Is("[1]");
        Assert.Contains(foreign + " = null", server.Topic.Texts);
        Assert.Contains(Replay.Key("s", 1) + " = null", server.Topic.Texts);
        Assert.DoesNotContain(Replay.Compact(server.Topic.Records), record => Encoding.UTF8.GetString(record.Key!).Contains("SCHEMA", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Stored_schemas_with_names_nobody_would_take_today_stay_readable()
    {
        var topic = MemorySchemaTopic.With((Replay.Key("s", 1), Replay.Schema("s", 1, 1, """{\"type\":\"record\",\"name\":\"a-b\",\"fields\":[]}""")));
        await using var server = await RegistryServer.StartAsync(topic);
        Assert.Contains("a-b", (await server.GetAsync("/schemas/ids/1")).Text, StringComparison.Ordinal);
        (await server.PostAsync("/compatibility/subjects/s/versions/1", RegistryServer.Body("""{"type":"record","name":"n","fields":[]}"""))).Is("""{"is_compatible":false}""");
    }
}

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

    [Theory]
    [InlineData("""{"id":1,"schema":"\"int\""}""", "\"int\"")]
    [InlineData("""{"schema":"\u0022a\u00e9\ud83d\ude00\u0022","id":1}""", "\"aé😀\"")]
    [InlineData("""{"id":7,"schema":"x","id":1,"schema":"y"}""", "y")]
    [InlineData("""{"id":1,"schema":"x","references":null,"metadata":null,"ruleSet":null,"deleted":null,"schemaType":null,"more":{"a":[1,{}]}}""", "x")]
    [InlineData("""{"id":1,"schema":"x","metadata":"m","ruleSet":[]}""", "x")]
    [InlineData("""{"id":1,"schema":"x","references":5}""", null)]
    [InlineData("""{"id":1,"schema":"x","references":[5]}""", null)]
    [InlineData("""{"id":1,"schema":"x","references":[{"name":5,"subject":"t","version":1}]}""", null)]
    [InlineData("""{"id":1,"schema":"x","references":[{"name":"n","subject":"t","version":"1"}]}""", null)]
    [InlineData("""{"id":1,"schema":"x","deleted":"true"}""", null)]
    [InlineData("""{"id":1,"schema":"x","deleted":1}""", null)]
    [InlineData("""{"id":1,"schema":"x","schemaType":1}""", null)]
    [InlineData("""{"id":1,"schema":"x","schema":null}""", null)]
    [InlineData("""{"id":1.5,"schema":"x"}""", null)]
    [InlineData("""{"id":-1,"schema":"x"}""", null)]
    [InlineData("""{"id":2147483648,"schema":"x"}""", null)]
    [InlineData("""{"id":1,"schema":{"type":"int"}}""", null)]
    [InlineData("""{"id":1,"schema":"\ud800"}""", null)]
    [InlineData("""{"id":1,"schema":"x"} {}""", null)]
    [InlineData("""{"id":1,"schema":"x","more":[1}""", null)]
    [InlineData("""{"id":1,"schema":"x""", null)]
    [InlineData("""[{"id":1,"schema":"x"}]""", null)]
    public void Values_are_read_as_json_and_what_is_no_schema_is_none(string value, string? text)
    {
        var version = Replay.Of((Replay.Key("s", 1), value)).Find("s", 1);
        Assert.Equal(text, version?.Content.Text);
        if (version is not null) Assert.Equal((1, "AVRO", false, 0), (version.Id, version.Content.SchemaType, version.Deleted, version.Content.References.Length));
    }

    [Fact]
    public void Texts_that_are_not_utf8_are_none()
    {
        var value = Encoding.UTF8.GetBytes("""{"id":1,"schema":"?"}""");
        value[Array.IndexOf(value, (byte)'?')] = 0xff;
        Assert.Null(Replay.Of([new TopicRecord(0, 0, Encoding.UTF8.GetBytes(Replay.Key("s", 1)), value)]).Find("s", 1));
    }

    [Fact]
    public void Members_beside_the_text_are_read()
    {
        var version = Replay.Of((Replay.Key("s", 2), """
            {"references":[{"name":"n","subject":"t","version":3}],"metadata":{"properties":{"a":"b"}},"ruleSet":{"domainRules":[{"name":"r","type":"CEL"}]},
             "schema":"x","deleted":true,"schemaType":"JSON","id":9}
            """)).Find("s", 2)!;
        Assert.Equal((9, "JSON", true), (version.Id, version.Content.SchemaType, version.Deleted));
        Assert.Equal(("n", "t", 3), (version.Content.References[0].Name, version.Content.References[0].Subject, version.Content.References[0].Version));
        Assert.Equal("b", version.Content.Metadata!.Properties["a"]);
        Assert.Equal("r", version.Content.RuleSet!.Domain[0].Name);
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

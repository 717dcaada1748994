using System.Text;
using Gateway.SchemaRegistry.State;

namespace Gateway.SchemaRegistry.Tests.State;

/// <summary>
/// One story as each registry would have written it (schema-registry 3.3). Whoever wrote it, the state is the same, before compaction and after it, and
/// stays so when ours goes on from there.
/// </summary>
public class DialectFixtureTests
{
    private const string Wanted = """
        version p 1 id 7 PROTOBUF
        version r 1 id 3 AVRO
        version s 1 id 1 AVRO
        version s 2 id 2 AVRO
        version t 1 id 4 JSON deleted
        version u 1 id 5 AVRO deleted
        version u 2 id 1 AVRO
        reference r 1 to s 1
        config  FULL
        config r NONE
        highest id . 7
        context .

        """;

    public enum Dialect
    {
        Confluent7,
        Confluent8,
        Redpanda,
        Karapace,
    }

    public static TheoryData<Dialect> Dialects => [.. Enum.GetValues<Dialect>()];

    [Theory]
    [MemberData(nameof(Dialects))]
    public void The_state_is_the_same_whoever_wrote_it(Dialect dialect)
    {
        var records = Fixture(dialect).Records;
        var image = Replay.Of(records);
        Assert.Equal(Wanted, Told(image));
        Assert.Equal(StateHash.Describe(Replay.Of(Fixture(Dialect.Confluent8).Records)), StateHash.Describe(image));
        // What compaction may take, the highest id a deleted schema had for one, no reader can know; all else stays.
        Assert.Equal(Wanted, Told(Replay.Of(Replay.Compact(records))));
    }

    [Theory]
    [MemberData(nameof(Dialects))]
    public async Task And_so_it_is_when_ours_went_on_from_there(Dialect dialect)
    {
        await using var server = await RegistryServer.StartAsync(MemorySchemaTopic.CopyOf(Fixture(dialect).Records));
        Assert.Equal(8, await server.RegisterAsync("w", "\"double\""));
        (await server.DeleteAsync("/subjects/u")).Is("[2]");
        (await server.DeleteAsync("/subjects/u?permanent=true")).Is("[1,2]");
        (await server.DeleteAsync("/subjects/t/versions/1?permanent=true")).Is("1");
        (await server.DeleteAsync("/config")).Is("""{"compatibilityLevel":"FULL"}""");
        var live = StateHash.Of(server.Service.Image);
        Assert.Equal(live, StateHash.Of(Replay.Of(server.Topic.Records)));
        var compacted = Replay.Compact(server.Topic.Records).ToList();
        Assert.Equal(live, StateHash.Of(Replay.Of(compacted)));
        // Nothing of what is gone is left under any key.
        Assert.DoesNotContain(compacted, record => Encoding.UTF8.GetString(record.Key!) is var key && (key.Contains("\"u\"", StringComparison.Ordinal) || key.Contains("\"t\"", StringComparison.Ordinal)));
    }

    private static string Told(RegistryImage image)
    {
        var text = new StringBuilder();
        foreach (var version in image.Subjects.Values.SelectMany(versions => versions))
            text.Append(null, $"version {version.Subject} {version.Version} id {version.Id} {version.Content.SchemaType}{(version.Deleted ? " deleted" : "")}\n");
        foreach (var (target, users) in image.Referrers)
            foreach (var user in users) text.Append(null, $"reference {user.Subject} {user.Version} to {target.Subject} {target.Version}\n");
        foreach (var (scope, config) in image.Configs) text.Append(null, $"config {scope} {config.Level.ToString()!.ToUpperInvariant()}\n");
        foreach (var (context, id) in image.HighestIds) text.Append(null, $"highest id {context} {id}\n");
        foreach (var context in image.Contexts) text.Append(null, $"context {context}\n");
        return text.ToString();
    }

    private static MemorySchemaTopic Fixture(Dialect dialect)
    {
        var writer = new Writer(dialect);
        writer.Noop();
        writer.Config(null, "FULL");
        writer.Schema("s", 1, 1, "AVRO", "\\\"int\\\"");
        writer.Schema("s", 2, 2, "AVRO", "\\\"long\\\"");
        writer.Schema("r", 1, 3, "AVRO", "\\\"bytes\\\"", ",\"references\":[{\"name\":\"n\",\"subject\":\"s\",\"version\":1}]");
        writer.Config("r", "NONE");
        writer.Schema("t", 1, 4, "JSON", "{}");
        writer.Schema("t", 1, 4, "JSON", "{}", deleted: true);
        writer.Schema("u", 1, 5, "AVRO", "\\\"float\\\"");
        writer.DeleteSubject("u", 1);
        writer.Schema("u", 2, 1, "AVRO", "\\\"int\\\"");
        writer.Schema("p", 1, 7, "PROTOBUF", "syntax = \\\"proto3\\\";\\n");
        writer.Schema("w", 1, 6, "AVRO", "\\\"boolean\\\"");
        writer.Config("w", "BACKWARD");
        writer.Schema("w", 1, 6, "AVRO", "\\\"boolean\\\"", deleted: true);
        writer.Remove("SCHEMA w 1");
        writer.Remove("CONFIG w");
        return writer.Topic;
    }

    private sealed class Writer(Dialect dialect)
    {
        private readonly Dictionary<string, List<string>> _keys = [];

        public MemorySchemaTopic Topic { get; } = new();

        public void Noop() => Write("NOOP", """{"keytype":"NOOP","magic":0}""", null);

        public void Schema(string subject, int version, int id, string type, string text, string more = "", bool deleted = false)
        {
            var key = dialect == Dialect.Karapace && version == 2
                ? $$"""{"subject":"{{subject}}","version":{{version}},"magic":1,"keytype":"SCHEMA"}"""
                : $$"""{"keytype":"SCHEMA","subject":"{{subject}}","version":{{version}},"magic":1{{Sequence()}}}""";
            var named = type != "AVRO" || dialect == Dialect.Confluent8 ? $",\"schemaType\":\"{type}\"" : "";
            Write(
                $"SCHEMA {subject} {version}", key,
                $$"""{"subject":"{{subject}}","version":{{version}},"id":{{id}}{{named}}{{more}},"schema":"{{text}}","deleted":{{(deleted ? "true" : "false")}}}""");
        }

        public void Config(string? subject, string level)
        {
            var named = subject is null ? dialect == Dialect.Confluent8 ? "" : ",\"subject\":null" : $",\"subject\":\"{subject}\"";
            Write($"CONFIG {subject}", $$"""{"keytype":"CONFIG"{{named}},"magic":0{{Sequence()}}}""", $$"""{"compatibilityLevel":"{{level}}"}""");
        }

        public void DeleteSubject(string subject, int watermark) => Write(
            $"DELETE_SUBJECT {subject}", $$"""{"keytype":"DELETE_SUBJECT","subject":"{{subject}}","magic":0{{Sequence()}}}""",
            dialect == Dialect.Redpanda ? $$"""{"subject":"{{subject}}"}""" : $$"""{"subject":"{{subject}}","version":{{watermark}}}""");

        /// <summary>A removal repeats every key the thing was written under.</summary>
        public void Remove(string thing)
        {
            foreach (var key in _keys[thing].Distinct()) Topic.Write(key, null);
        }

        private void Write(string thing, string key, string? value)
        {
            if (!_keys.TryGetValue(thing, out var keys)) _keys[thing] = keys = [];
            keys.Add(key);
            Topic.Write(key, value);
        }

        private string Sequence() => dialect == Dialect.Redpanda ? $",\"seq\":{Topic.Records.Count},\"node\":1" : "";
    }
}

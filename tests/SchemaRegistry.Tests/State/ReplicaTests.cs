using System.Diagnostics.Metrics;
using Gateway.SchemaRegistry.State;
using Gateway.SchemaRegistry.Topic;
using Microsoft.Extensions.Logging;

namespace Gateway.SchemaRegistry.Tests.State;

/// <summary>Tests that read what the whole process counts.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Alone
{
    public const string Name = "alone";
}

/// <summary>What the reader of the topic does about records it cannot apply.</summary>
[Collection(Alone.Name)]
public class ReplicaTests
{
    /// <summary>A state with a bug, which shows at one record.</summary>
    private sealed class FaultyState(long offset) : RegistryState
    {
        public override Applied Apply(in PreparedRecord prepared) =>
            prepared.Record.Offset == offset ? throw new InvalidCastException("a bug\nof two lines") : base.Apply(prepared);
    }

    /// <summary>What the metric has counted.</summary>
    private sealed class PassedOverCounter : IDisposable
    {
        private readonly MeterListener _listener = new()
        {
            InstrumentPublished = static (instrument, listener) =>
            {
                if (instrument.Name == "gateway.registry.records.passed_over") listener.EnableMeasurementEvents(instrument);
            },
        };

        private long _count;

        public PassedOverCounter()
        {
            _listener.SetMeasurementEventCallback<long>((_, count, _, _) => Interlocked.Add(ref _count, count));
            _listener.Start();
        }

        public long Count => Interlocked.Read(ref _count);

        public void Dispose() => _listener.Dispose();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_record_that_fails_is_passed_over_told_of_and_counted(long offset)
    {
        using var counter = new PassedOverCounter();
        var topic = MemorySchemaTopic.With(
            (Replay.Key("s", 1), Replay.Schema("s", 1, 1)), (Replay.Key("t", 1), Replay.Schema("t", 1, 2, "\\\"long\\\"")));
        var log = new LogLines();
        await using var replica = new RegistryReplica(topic, TimeProvider.System, log, new FaultyState(offset));
        replica.Start();
        await replica.Ready;
        topic.Write(Replay.Key("u", 1), Replay.Schema("u", 1, 3, "\\\"string\\\""));
        await replica.AppliedAsync(2);
        Assert.True(replica.IsFollowing);
        var names = new[] { "s", "t", "u" };
        Assert.Equal(names.Where((_, place) => place != offset), replica.Image.Subjects.Keys);
        Assert.Equal(
            [$$"""The record at offset {{offset}} with the key {{Replay.Key(names[offset], 1)}} cannot be applied and is passed over: a bug{{"\n"}}of two lines"""],
            log.At(LogLevel.Error));
        Assert.Equal(1, counter.Count);
    }

    [Theory]
    [InlineData("""{"keytype":"MODE","subject":5,"magic":0}""", """{"mode":"READONLY"}""", RecordProblem.KeyMember)]
    [InlineData("""{"keytype":"MODE","subject":{"a":"b"},"magic":0}""", """{"mode":"READONLY"}""", RecordProblem.KeyMember)]
    [InlineData("""{"keytype":"CONFIG","subject":["x"],"magic":0}""", """{"compatibilityLevel":"NONE"}""", RecordProblem.KeyMember)]
    [InlineData("""{"keytype":"CONFIG","subject":false,"magic":0}""", null, RecordProblem.KeyMember)]
    [InlineData("""{"keytype":"CONFIG","magic":7}""", """{"compatibilityLevel":"NONE"}""", RecordProblem.Magic)]
    [InlineData("""{"keytype":"SCHEMA","subject":"t","version":1,"magic":2}""", """{"id":9,"schema":"\"int\""}""", RecordProblem.Magic)]
    [InlineData("""{"keytype":"SCHEMA","subject":"t","version":1,"magic":-1}""", """{"id":9,"schema":"\"int\""}""", RecordProblem.Magic)]
    [InlineData("""{"keytype":"SCHEMA","subject":"t","version":1,"magic":"1"}""", """{"id":9,"schema":"\"int\""}""", RecordProblem.KeyMember)]
    [InlineData("""{"keytype":"SCHEMA","subject":"t","version":"1","magic":1}""", """{"id":9,"schema":"\"int\""}""", RecordProblem.KeyMember)]
    [InlineData("""{"keytype":"SCHEMA","subject":"t","version":4294967297,"magic":1}""", """{"id":9,"schema":"\"int\""}""", RecordProblem.KeyMember)]
    [InlineData("""{"keytype":"SCHEMA","subject":"s","version":1,"magic":1,"seq":"x"}""", null, RecordProblem.KeyMember)]
    [InlineData("""{"keytype":"DELETE_SUBJECT","subject":5,"magic":0}""", """{"version":1}""", RecordProblem.KeyMember)]
    [InlineData("""{"keytype":"DELETE_SUBJECT","subject":"s","magic":0}""", """{"version":"1"}""", RecordProblem.Value)]
    [InlineData("""{"keytype":"CONTEXT","tenant":"default","context":"ctx","magic":0}""", "{}", RecordProblem.ContextName)]
    [InlineData("""{"keytype":"CONTEXT","tenant":"default","context":".a:b","magic":0}""", "{}", RecordProblem.ContextName)]
    [InlineData("""{"keytype":"CONTEXT","tenant":"default","context":".a\n","magic":0}""", "{}", RecordProblem.ContextName)]
    [InlineData("""{"keytype":"CONTEXT","tenant":"default","context":5,"magic":0}""", "{}", RecordProblem.KeyMember)]
    [InlineData("""{"keytype":"WHATEVER","magic":0}""", "{}", RecordProblem.UnknownKind)]
    [InlineData("""{"keytype":"SCHEMA","subject":"t" """, "{}", RecordProblem.KeyIsNoJson)]
    [InlineData("[]", "{}", RecordProblem.KeyIsNoJson)]
    [InlineData("""{"keytype":"SCHEMA","subject":"t","version":1,"magic":1}""", """{"id":9,"schema":"x","deleted":"true"}""", RecordProblem.Value)]
    [InlineData("""{"keytype":"SCHEMA","subject":"t","version":1,"magic":1}""", "{", RecordProblem.Value)]
    [InlineData("""{"keytype":"MODE","magic":0}""", """{"mode":"SIDEWAYS"}""", RecordProblem.Value)]
    [InlineData("""{"keytype":"CONFIG","magic":0}""", "[]", RecordProblem.Value)]
    public async Task Records_that_are_no_registrys_change_nothing_are_counted_and_told_of_once(string key, string? value, string problem)
    {
        using var counter = new PassedOverCounter();
        var topic = MemorySchemaTopic.With((Replay.Key("s", 1), Replay.Schema("s", 1, 1)), (key, value), (key, value));
        var log = new LogLines();
        await using var replica = new RegistryReplica(topic, TimeProvider.System, log);
        replica.Start();
        await replica.Ready;
        topic.Write(key, value);
        await replica.AppliedAsync(3);
        var state = new RegistryState();
        state.Apply(topic.Records[0]);
        Assert.Equal(StateHash.Describe(state.ToImage()), StateHash.Describe(replica.Image));
        var line = Assert.Single(log.At(LogLevel.Warning));
        Assert.StartsWith("The record at offset 1 with the key ", line, StringComparison.Ordinal);
        Assert.EndsWith($" is passed over: {problem}. More of that sort are counted only", line, StringComparison.Ordinal);
        Assert.Equal(3, counter.Count);
    }

    [Theory]
    [InlineData(1, "t")]
    [InlineData(2, "")]
    public async Task What_a_topic_lost_at_its_start_is_told_of_once_and_the_rest_is_served(long start, string subjects)
    {
        var topic = MemorySchemaTopic.With((Replay.Key("s", 1), Replay.Schema("s", 1, 1)), (Replay.Key("t", 1), Replay.Schema("t", 1, 2, "\\\"long\\\"")));
        topic.Start = start;
        var log = new LogLines();
        await using var server = await RegistryServer.StartAsync(topic, log: log);
        Assert.Equal(subjects, string.Join(' ', server.Service.Image.Subjects.Keys));
        Assert.Equal(
            [$"The schema registry's topic no longer has its records from offset 0 up to {start}; whatever only they told is lost, and it is read from there"],
            log.At(LogLevel.Error));
        await server.RegisterAsync("u", "\"string\"");
        Assert.Single(log.At(LogLevel.Error));
    }

    [Fact]
    public async Task A_parameter_that_is_given_twice_counts_as_it_is_given_last()
    {
        const string rules = ""","ruleSet":{"domainRules":[{"name":"r","type":"CEL","params":{"a":"1","a":"2"}}]}""";
        var topic = MemorySchemaTopic.With((Replay.Key("s", 1), Replay.Schema("s", 1, 1, more: rules)));
        var log = new LogLines();
        await using var server = await RegistryServer.StartAsync(topic, log: log);
        Assert.Contains("""params":{"a":"2"}""", (await server.GetAsync("/subjects/s/versions/1")).Text, StringComparison.Ordinal);
        Assert.Empty(log.At(LogLevel.Error));
        Assert.Equal(200, (await server.PostAsync("/subjects/s/versions", RegistryServer.Body("\"int\"", rules))).Status);
    }
}

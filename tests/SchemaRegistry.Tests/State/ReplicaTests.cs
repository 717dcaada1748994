using System.Diagnostics.Metrics;
using Gateway.SchemaRegistry.State;
using Gateway.SchemaRegistry.Topic;
using Microsoft.Extensions.Logging;

namespace Gateway.SchemaRegistry.Tests.State;

/// <summary>What the reader of the topic does about records it cannot apply.</summary>
public class ReplicaTests
{
    /// <summary>A state with a bug, which shows at one record.</summary>
    private sealed class FaultyState(long offset) : RegistryState
    {
        public override Applied Apply(in PreparedRecord prepared) =>
            prepared.Record.Offset == offset ? throw new InvalidCastException("a bug\nof two lines") : base.Apply(prepared);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_record_that_fails_is_passed_over_told_of_and_counted(long offset)
    {
        long counted = 0;
        using var listener = new MeterListener
        {
            InstrumentPublished = static (instrument, listener) =>
            {
                if (instrument.Name == "gateway.registry.records.passed_over") listener.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>((_, count, _, _) => Interlocked.Add(ref counted, count));
        listener.Start();
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
        Assert.Equal(1, Interlocked.Read(ref counted));
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

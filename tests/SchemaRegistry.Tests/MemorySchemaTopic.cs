using System.Text;
using Gateway.SchemaRegistry.Topic;

namespace Gateway.SchemaRegistry.Tests;

/// <summary>The registry's topic in memory, with a door for other writers and for failures.</summary>
internal sealed class MemorySchemaTopic : ISchemaTopic
{
    private readonly Lock _gate = new();
    private readonly List<TopicRecord> _records = [];
    private TaskCompletionSource _grown = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _clockMs = 1_700_000_000_000;

    /// <summary>Called before each append of the registry's own, outside any lock: the moment for another writer.</summary>
    public Action? BeforeAppend { get; set; }

    /// <summary>Makes appends fail while set.</summary>
    public Exception? AppendFault { get; set; }

    /// <summary>Makes reads fail while set, once there is something to read.</summary>
    public Exception? ReadFault { get; set; }

    /// <summary>Reads wait for this; lets a test hold up the replay.</summary>
    public Task ReadGate { get; set; } = Task.CompletedTask;

    /// <summary>Where the topic begins; what stood before is gone.</summary>
    public long Start { get; set; }

    public IReadOnlyList<TopicRecord> Records
    {
        get
        {
            lock (_gate) return [.. _records];
        }
    }

    public IEnumerable<string> Texts => Records.Select(record => $"{Text(record.Key)} = {Text(record.Value)}");

    public static MemorySchemaTopic With(params (string Key, string? Value)[] records)
    {
        var topic = new MemorySchemaTopic();
        foreach (var (key, value) in records) topic.Write(key, value);
        return topic;
    }

    public static MemorySchemaTopic CopyOf(IEnumerable<TopicRecord> records)
    {
        var topic = new MemorySchemaTopic();
        topic._records.AddRange(records);
        return topic;
    }

    public long Write(string key, string? value) => Append(new TopicWrite(Encoding.UTF8.GetBytes(key), value is null ? null : Encoding.UTF8.GetBytes(value)));

    public ValueTask PrepareAsync(CancellationToken cancel) => ValueTask.CompletedTask;

    public ValueTask<long> EndOffsetAsync(CancellationToken cancel)
    {
        lock (_gate) return new(_records is [.., var last] ? last.Offset + 1 : 0);
    }

    public ValueTask<string> ClusterIdAsync(CancellationToken cancel) => AppendFault is { } fault ? throw fault : new("kc");

    /// <summary>Topics of the cluster beside this one, and their ids.</summary>
    public Dictionary<string, string> Topics { get; } = new(StringComparer.Ordinal);

    public ValueTask<string?> TopicIdAsync(string topic, CancellationToken cancel) =>
        AppendFault is { } fault ? throw fault : new(Topics.GetValueOrDefault(topic));

    public ValueTask<IReadOnlyList<long>> AppendAsync(IReadOnlyList<TopicWrite> writes, CancellationToken cancel)
    {
        BeforeAppend?.Invoke();
        if (AppendFault is { } fault) throw fault;
        return new([.. writes.Select(Append)]);
    }

    public async ValueTask<TopicPage> ReadAsync(long offset, CancellationToken cancel)
    {
        await ReadGate.WaitAsync(cancel);
        if (offset < Start) return new TopicPage([], Start) { IsCutAway = true };
        while (true)
        {
            Task grown;
            lock (_gate)
            {
                var records = _records.Where(record => record.Offset >= offset).Take(100).ToList();
                if (records.Count > 0 && ReadFault is { } fault) throw fault;
                if (records.Count > 0) return new TopicPage(records, records[^1].Offset + 1);
                grown = _grown.Task;
            }
            await grown.WaitAsync(cancel);
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private long Append(TopicWrite write)
    {
        lock (_gate)
        {
            var offset = _records is [.., var last] ? last.Offset + 1 : 0;
            _records.Add(new TopicRecord(offset, write.TimestampMs ?? _clockMs++, write.Key, write.Value));
            _grown.SetResult();
            _grown = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return offset;
        }
    }

    private static string Text(byte[]? bytes) => bytes is null ? "null" : Encoding.UTF8.GetString(bytes);
}

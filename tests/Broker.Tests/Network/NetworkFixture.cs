using System.Collections.Concurrent;
using System.Net;
using Gateway.Broker.Network;
using Gateway.Protocol;
using Gateway.Protocol.Messages;
using Gateway.Shards;
using Microsoft.Extensions.Logging;

namespace Gateway.Broker.Tests.Network;

/// <summary>A listener on a free loopback port with handlers that do what a test says.</summary>
internal sealed class NetworkFixture : IAsyncDisposable
{
    internal static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private readonly ThreadedShardHost _host;

    internal NetworkFixture(ConnectionLimits? limits = null, long budget = 64 * 1024 * 1024, int shards = 2, bool portable = false, TimeProvider? time = null)
    {
        _host = new ThreadedShardHost(new ShardOptions
        {
            ShardCount = shards,
            ForcePortableSockets = portable,
            Time = time ?? TimeProvider.System,
            OnUnhandled = (_, e) => Unhandled.Enqueue(e),
        });
        Table = new HandlerTable(shards);
        Budget = new MemoryBudget(budget);
        Limits = limits ?? new ConnectionLimits();
    }

    internal HandlerTable Table { get; }

    internal MemoryBudget Budget { get; }

    internal ConnectionLimits Limits { get; }

    internal ConcurrentQueue<Exception> Unhandled { get; } = [];

    internal LineLog Log { get; } = new();

    internal IReadOnlyList<Shard> Shards => _host.Shards;

    internal KafkaListener Listener { get; private set; } = null!;

    /// <summary>Serves an API in all its versions.</summary>
    internal NetworkFixture Serve<TRequest, TResponse>(
        Func<RequestContext, TRequest, ValueTask<TResponse?>> answer, Pipelining pipelining = Pipelining.Allowed, short? min = null, short? advertisedMin = null)
        where TRequest : class, IRequest<TResponse>, new()
        where TResponse : class, IResponse, new()
    {
        MessageInfo info = MessageInfo.Of(new TRequest().ApiKey);
        Table.Add(info.ApiKey, min ?? info.LowestVersion, info.HighestVersion, _ => new Scripted<TRequest, TResponse>(answer), advertisedMin, pipelining);
        return this;
    }

    /// <summary>A heartbeat answers with its generation as the throttle time, so that answers can be told apart.</summary>
    internal NetworkFixture ServeHeartbeat() => Serve<HeartbeatRequest, HeartbeatResponse>(
        static (_, request) => new(new HeartbeatResponse { ThrottleTimeMs = request.GenerationId }));

    internal NetworkFixture Start(string name = "PLAINTEXT")
    {
        var options = new KafkaListenerOptions { Name = name, EndPoint = new IPEndPoint(IPAddress.Loopback, 0), Limits = Limits };
        Listener = KafkaListener.Start(options, Table, _host, Budget, Log);
        _host.Start();
        return this;
    }

    internal Task<RawClient> Connect() => RawClient.Connect(Listener.BoundAddress);

    /// <summary>Runs on a shard once everything posted there so far has run.</summary>
    internal Task<T> On<T>(int shard, Func<T> question)
    {
        var answer = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        _host.Shards[shard].Post(() => answer.SetResult(question()));
        return answer.Task.WaitAsync(Deadline);
    }

    public async ValueTask DisposeAsync()
    {
        await Listener.StopAsync(TimeSpan.FromSeconds(10)).WaitAsync(Deadline);
        // Whatever happened, nothing of the budget may be lost.
        Assert.Equal(0, Budget.Used);
        Assert.Equal(0, Budget.Waiting);
        Assert.Equal(0, Listener.ConnectionCount);
        _host.Dispose();
        Assert.Empty(Unhandled);
    }

    private sealed class Scripted<TRequest, TResponse>(Func<RequestContext, TRequest, ValueTask<TResponse?>> answer) : Handler<TRequest, TResponse>
        where TRequest : class, IRequest<TResponse>, new()
        where TResponse : class, IResponse, new()
    {
        public override ValueTask<TResponse?> HandleAsync(RequestContext context, TRequest request) => answer(context, request);
    }
}

/// <summary>Keeps what is logged, and tells when a line comes.</summary>
internal sealed class LineLog : ILogger
{
    private readonly List<(string Part, TaskCompletionSource<string> Seen)> _awaited = [];
    private readonly List<string> _lines = [];

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        string line = formatter(state, exception);
        lock (_lines)
        {
            _lines.Add(line);
            foreach ((string part, TaskCompletionSource<string> seen) in _awaited)
            {
                if (line.Contains(part, StringComparison.Ordinal)) seen.TrySetResult(line);
            }
        }
    }

    internal int Count(string part)
    {
        lock (_lines) return _lines.Count(line => line.Contains(part, StringComparison.Ordinal));
    }

    internal Task<string> Line(string part)
    {
        lock (_lines)
        {
            string? already = _lines.Find(line => line.Contains(part, StringComparison.Ordinal));
            if (already is not null) return Task.FromResult(already);
            var seen = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
            _awaited.Add((part, seen));
            return seen.Task.WaitAsync(NetworkFixture.Deadline);
        }
    }
}

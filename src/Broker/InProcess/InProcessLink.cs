using Gateway.Broker.Network;
using Gateway.Broker.Partitions;
using Gateway.Common.Buffers;
using Gateway.Common.Ids;
using Gateway.Links;
using Gateway.Protocol;
using Gateway.Protocol.Messages;
using Gateway.Shards;

namespace Gateway.Broker.InProcess;

/// <summary>
/// A link into the broker of this process (design D1): the typed request is posted to a shard and runs through the same handler
/// table as a connection's, with the caller's principal, in the highest version; the answer completes off the shard, so no caller's
/// code runs there. Like a connection it belongs to one shard, which keeps its requests in order; but a produce to one partition goes
/// straight to the shard that owns it, since the way over another one would wake two threads more. Produces to one partition stay in order.
/// </summary>
/// <remarks>Thread-safe. At most <see cref="InFlightMax"/> requests are on the shard at once and as many wait; one more is refused.</remarks>
public sealed class InProcessLink : IBrokerLink
{
    /// <summary>The name such requests have in place of a listener's.</summary>
    public const string ListenerName = "IN-PROCESS";

    /// <summary>How many requests may be with the handlers at once.</summary>
    public const int InFlightMax = 1024;

    private readonly Shard _shard;
    private readonly IReadOnlyList<Shard> _shards;
    private readonly HandlerTable _table;
    private readonly HostAndPort _advertised;
    private readonly MemoryBudget _memory;
    private readonly string _principal;
    private readonly string _clientId;
    private readonly Action<InProcessLink> _closed;
    private readonly Lock _lock = new();
    private readonly HashSet<InProcessCall> _running = [];
    private readonly Queue<InProcessCall> _waiting = new();
    private bool _isClosed;

    internal InProcessLink(
        Shard shard, IReadOnlyList<Shard> shards, HandlerTable table, HostAndPort advertised, MemoryBudget memory, string principal, string clientId,
        Action<InProcessLink> closed)
    {
        _shard = shard;
        _shards = shards;
        _table = table;
        _advertised = advertised;
        _memory = memory;
        _principal = principal;
        _clientId = clientId;
        _closed = closed;
    }

    /// <inheritdoc/>
    public bool IsInProcess => true;

    /// <inheritdoc/>
    public bool IsOpen
    {
        get
        {
            lock (_lock) return !_isClosed;
        }
    }

    internal Shard Owner => _shard;

    /// <inheritdoc/>
    public bool Supports(ApiKey api) => _table.Find(api) is not null;

    /// <inheritdoc/>
    public short NegotiatedVersion(ApiKey api) => _table.Find(api)?.MaxVersion ?? throw new ApiNotSupportedException(api);

    /// <inheritdoc/>
    public ValueTask<TResponse> SendAsync<TResponse>(IRequest<TResponse> request, CancellationToken cancel)
        where TResponse : class, IResponse, new()
    {
        HandlerEntry? entry = _table.Find(request.ApiKey);
        if (entry is null || cancel.IsCancellationRequested)
        {
            request.ReleaseRecords();
            cancel.ThrowIfCancellationRequested();
            throw new ApiNotSupportedException(request.ApiKey);
        }
        Shard shard = _shard;
        if (request is ProduceRequest produce)
        {
            OwnRecords(produce);
            shard = OwnerOf(produce) ?? _shard;
        }
        var call = new InProcessCall<TResponse>(this, entry, request, Context(entry, shard), cancel);
        lock (_lock)
        {
            if (_isClosed) call.Refuse(new LinkClosedException("The broker of this process has stopped, or the link was closed"));
            else if (_running.Count < InFlightMax) Start(call);
            else if (_waiting.Count < InFlightMax) _waiting.Enqueue(call);
            else call.Refuse(new LinkClosedException($"More than {2 * InFlightMax} requests are under way on this link"));
        }
        return call.Answer;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        Close("The link was closed");
        return ValueTask.CompletedTask;
    }

    internal void Close(string reason)
    {
        InProcessCall[] running, waiting;
        lock (_lock)
        {
            if (_isClosed) return;
            _isClosed = true;
            (running, waiting) = ([.. _running], [.. _waiting]);
            _running.Clear();
            _waiting.Clear();
        }
        foreach (InProcessCall call in running) call.Fail(new LinkClosedException(reason));
        foreach (InProcessCall call in waiting) call.Refuse(new LinkClosedException(reason));
        _closed(this);
    }

    /// <summary>A call has left the shard, or never got there. Off the shard.</summary>
    internal void Ended(InProcessCall call)
    {
        lock (_lock)
        {
            if (!_running.Remove(call) || _isClosed) return;
            while (_running.Count < InFlightMax && _waiting.TryDequeue(out InProcessCall? next)) Start(next);
        }
    }

    private void Start(InProcessCall call)
    {
        _running.Add(call);
        // Under the lock: requests reach the shard in the order in which they were sent.
        call.Shard.Post(static call => call.Run(), call);
    }

    /// <summary>The shard of the one partition a request writes to; null when it is not known or there are several.</summary>
    private Shard? OwnerOf(ProduceRequest request) =>
        request.TopicData is [{ PartitionData: [{ } partition] } topic] && topic.TopicId != Guid.Empty
            ? _shards[PartitionPlacement.ShardOf(new TopicIdPartition(topic.TopicId, partition.Index), _shards.Count)]
            : null;

    private RequestContext Context(HandlerEntry entry, Shard shard) => new()
    {
        ApiVersion = entry.MaxVersion,
        ClientId = _clientId,
        Principal = _principal,
        Listener = ListenerName,
        Shard = shard,
        AdvertisedAddress = _advertised,
        // What HTTP clients read is as large as what Kafka clients read.
        Memory = _memory,
    };

    /// <summary>
    /// The log patches batches where they lie, and whoever sent them may keep a share for a retry, or have them in memory of its own:
    /// what is not ours alone is copied.
    /// </summary>
    private static void OwnRecords(ProduceRequest request)
    {
        foreach (ProduceRequest.TopicProduceData topic in request.TopicData)
        {
            foreach (ProduceRequest.PartitionProduceData partition in topic.PartitionData)
            {
                if (partition.Records is not { IsExclusive: false } shared) continue;
                partition.Records = RecordsLease.Copy(shared.Span);
                shared.Dispose();
            }
        }
    }
}

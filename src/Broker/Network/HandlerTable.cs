using Gateway.Common.Errors;
using Gateway.Protocol;
using Gateway.Shards;

namespace Gateway.Broker.Network;

/// <summary>The versions of one API that ApiVersions lists.</summary>
/// <param name="ApiKey">The API.</param>
/// <param name="MinVersion">The lowest version.</param>
/// <param name="MaxVersion">The highest version.</param>
public readonly record struct ApiRange(ApiKey ApiKey, short MinVersion, short MaxVersion);

/// <summary>
/// Which requests are served, in which versions, by whom: the one place a new API is added to, and where ApiVersions takes its list
/// from (AV-6). Filled before the first request; afterwards any thread may read it.
/// </summary>
/// <param name="shardCount">How many shards there are; each gets a handler of its own.</param>
public sealed class HandlerTable(int shardCount)
{
    private readonly SortedDictionary<ApiKey, HandlerEntry> _entries = [];
    private HandlerEntry?[] _byKey = [];

    /// <summary>What ApiVersions lists, by key.</summary>
    public IReadOnlyList<ApiRange> Ranges { get; private set; } = [];

    /// <summary>All entries, by key.</summary>
    public IReadOnlyCollection<HandlerEntry> Entries => _entries.Values;

    /// <summary>Serves an API.</summary>
    /// <param name="key">The API; its messages must be those of <typeparamref name="TRequest"/>.</param>
    /// <param name="min">The lowest version served.</param>
    /// <param name="max">The highest version served.</param>
    /// <param name="create">Makes the handler of a shard, on that shard, when the first request arrives there.</param>
    /// <param name="advertisedMin">The lowest version listed when it is not <paramref name="min"/>: Produce is listed from 0 (AV-5).</param>
    /// <param name="pipelining">Whether a request may start while earlier ones of its connection still run.</param>
    /// <param name="isWithin">Whether it is served to links of this process only, and not listed.</param>
    public void Add<TRequest, TResponse>(
        ApiKey key, short min, short max, Func<Shard, RequestHandler<TRequest, TResponse>> create,
        short? advertisedMin = null, Pipelining pipelining = Pipelining.Allowed, bool isWithin = false)
        where TRequest : class, IRequest<TResponse>, new()
        where TResponse : class, IResponse, new()
    {
        Invariant.Check(new TRequest().ApiKey == key);
        MessageInfo info = MessageInfo.Of(key);
        Invariant.Check(min <= max && info.Has(min) && info.Has(max));
        _entries.Add(key, new HandlerEntry(key, min, max, advertisedMin ?? min, pipelining, isWithin, create, shardCount));
        _byKey = new HandlerEntry?[_entries.Keys.Max(static k => (int)k) + 1];
        foreach (HandlerEntry entry in _entries.Values) _byKey[(int)entry.ApiKey] = entry;
        Ranges = [.. _entries.Values.Where(static e => !e.IsWithin).Select(static e => new ApiRange(e.ApiKey, e.AdvertisedMin, e.MaxVersion))];
    }

    /// <summary>The entry of an API, or null when it is not served. Takes any number a peer may send.</summary>
    public HandlerEntry? Find(ApiKey key) => (int)key >= 0 && (int)key < _byKey.Length ? _byKey[(int)key] : null;
}

/// <summary>How a request relates to the earlier ones of its connection.</summary>
public enum Pipelining
{
    /// <summary>It starts as soon as it has arrived; its answer waits for its turn.</summary>
    Allowed,

    /// <summary>
    /// It starts only when all earlier answers have been handed to the network, which bounds what a connection can make the broker
    /// hold: for requests with large answers (Fetch).
    /// </summary>
    AfterEarlierAnswers,
}

/// <summary>One line of the handler table.</summary>
public sealed class HandlerEntry
{
    private readonly Func<Shard, IHandler> _create;
    private readonly IHandler?[] _byShard;

    internal HandlerEntry(ApiKey key, short min, short max, short advertisedMin, Pipelining pipelining, bool isWithin, Func<Shard, IHandler> create, int shardCount)
    {
        ApiKey = key;
        MinVersion = min;
        MaxVersion = max;
        AdvertisedMin = advertisedMin;
        Pipelining = pipelining;
        IsWithin = isWithin;
        _create = create;
        _byShard = new IHandler?[shardCount];
    }

    /// <summary>The API.</summary>
    public ApiKey ApiKey { get; }

    /// <summary>The lowest version served.</summary>
    public short MinVersion { get; }

    /// <summary>The highest version served.</summary>
    public short MaxVersion { get; }

    /// <summary>The lowest version listed.</summary>
    public short AdvertisedMin { get; }

    /// <summary>Whether a request may start while earlier ones of its connection still run.</summary>
    public Pipelining Pipelining { get; }

    /// <summary>Whether links of this process only may ask for it.</summary>
    public bool IsWithin { get; }

    /// <summary>Whether a version is served.</summary>
    public bool Serves(short version) => version >= MinVersion && version <= MaxVersion;

    /// <summary>The handler of a shard. On that shard only.</summary>
    public IHandler HandlerOn(Shard shard)
    {
        Invariant.Check(shard.IsCurrent);
        return _byShard[shard.Index] ??= _create(shard);
    }
}

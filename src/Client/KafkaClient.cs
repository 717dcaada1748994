using Gateway.Client.Admin;
using Gateway.Client.Connections;
using Gateway.Client.Consuming;
using Gateway.Client.Fetching;
using Gateway.Client.Producing;
using Gateway.Client.Topology;
using Gateway.Common.Ids;
using Gateway.Links;
using Gateway.Links.Tcp;

namespace Gateway.Client;

/// <summary>
/// A Kafka client over links: what it asks of brokers is the same whether they run in this process or elsewhere. Producers
/// and consumers made from it share its metadata and must be disposed before it.
/// </summary>
/// <remarks>Thread-safe.</remarks>
public sealed class KafkaClient : IAsyncDisposable
{
    /// <summary>Brokers take records for their internal topics from clients of this id only.</summary>
    public const string AdminClientId = "__admin_client";

    private readonly BrokerLinks _links;
    private readonly ExclusiveLinks _exclusive;
    private readonly Coordinators _coordinators;
    private readonly RequestRouter _router;
    private readonly CancellationTokenSource _closing = new();

    /// <summary>A client over these links. Nothing is connected before the first request.</summary>
    public KafkaClient(IBrokerLinkFactory links, ClientOptions? options = null)
    {
        Options = (options ?? new ClientOptions()) with { Closing = _closing.Token };
        _links = new BrokerLinks(links);
        _exclusive = new ExclusiveLinks(links);
        _coordinators = new Coordinators(_links);
        Metadata = new MetadataCache(_links, Options);
        _router = new RequestRouter(_links, Metadata, _coordinators, Options);
        FetchSender = new FetchSender(_exclusive);
        Offsets = new GroupOffsets(_router, Metadata);
        OffsetLookup = new OffsetLookup(_links, Metadata, Options);
        Fetcher = new Fetcher(Metadata, FetchSender, Options);
        var leader = new LeaderAppend(_links, Metadata, Options);
        ConditionalAppend = new ConditionalAppend(leader, Metadata);
        KeyedAppend = new KeyedAppend(_links, leader, Metadata, Options);
        Admin = new AdminClient(_router, Metadata);
        Groups = new GroupAdmin(_router, Metadata, _links, Offsets, _coordinators);
    }

    /// <summary>A client of the cluster reached first at one of <paramref name="brokers"/>, over TCP.</summary>
    public static KafkaClient OverTcp(IReadOnlyList<HostAndPort> brokers, ClientOptions? options = null, string clientId = "gateway") =>
        new(new TcpLinkFactory(brokers, new TcpLinkOptions { ClientId = clientId }), options);

    /// <summary>What all parts share.</summary>
    public ClientOptions Options { get; }

    /// <summary>Topics and settings.</summary>
    public AdminClient Admin { get; }

    /// <summary>Writes that depend on where a log ends.</summary>
    public ConditionalAppend ConditionalAppend { get; }

    /// <summary>Writes of requests that may come again.</summary>
    public KeyedAppend KeyedAppend { get; }

    /// <summary>Groups from outside.</summary>
    public GroupAdmin Groups { get; }

    /// <summary>Reads of single partitions.</summary>
    public Fetcher Fetcher { get; }

    /// <summary>Offsets by time or by end of the log.</summary>
    public OffsetLookup OffsetLookup { get; }

    internal MetadataCache Metadata { get; }

    internal FetchSender FetchSender { get; }

    internal GroupOffsets Offsets { get; }

    /// <summary>A topic as last told, asked for when unknown or old: the topic, or the error metadata gives for it.</summary>
    public ValueTask<TopicAnswer> FindTopicAsync(string topic, CancellationToken cancel) =>
        Metadata.TopicAsync(topic, allowCreate: false, cancel);

    /// <summary>A producer. Dispose it to wait for what is under way.</summary>
    public Producer CreateProducer(ProducerOptions? options = null)
    {
        options ??= new ProducerOptions();
        ProducerIdentities? identities = options is { Idempotent: true, Acks: Acks.All } ? new ProducerIdentities(_router) : null;
        return new Producer(Metadata, new BatchSender(_links, Metadata, identities, options, Options), options, Options);
    }

    /// <summary>A producer that writes in transactions, to a broker of this process.</summary>
    public TransactionalProducer CreateTransactionalProducer(TransactionalProducerOptions options) => new(_links, Metadata, Options, options);

    /// <summary>A consumer. Dispose it to leave its group.</summary>
    public GroupConsumer CreateConsumer(ConsumerOptions? options = null) => new(this, options ?? new ConsumerOptions());

    /// <summary>Closes all links. Calls that wait to try again end with the error they had.</summary>
    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync().ConfigureAwait(false);
        await _exclusive.DisposeAsync().ConfigureAwait(false);
        await _links.DisposeAsync().ConfigureAwait(false);
    }

    internal GroupMembership Join(ConsumerOptions options, TopicSelection selection, Func<ValueTask> beforeRejoin) =>
        new(new GroupProtocol(_coordinators, _exclusive, options), Metadata, options, Options, selection, beforeRejoin);
}

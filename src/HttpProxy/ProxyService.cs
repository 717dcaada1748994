using Gateway.Client;
using Gateway.Client.Producing;
using Gateway.Common.Bodies;
using Gateway.HttpProxy.Consumers;
using Gateway.HttpProxy.Http;
using Gateway.HttpProxy.Produce;
using Gateway.HttpProxy.Records;
using Gateway.HttpProxy.Streams;
using Gateway.Schemas.Lookup;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gateway.HttpProxy;

/// <summary>What the proxy's endpoints work with: a Kafka client, a producer, consumer instances, schemas.</summary>
/// <remarks>Thread-safe. Dispose it after the HTTP server and before the client.</remarks>
public sealed class ProxyService : IAsyncDisposable
{
    private readonly Lazy<Producer> _leaderProducer;
    private readonly Lazy<Producer> _unacknowledgedProducer;
    private readonly CancellationTokenSource _stopping = new();

    /// <summary>A proxy over a client, which stays the caller's.</summary>
    /// <param name="client">Where the broker is is its business.</param>
    /// <param name="schemas">The registry; null serves the formats without schemas only.</param>
    /// <param name="options">How the proxy behaves.</param>
    /// <param name="loggers">Where it says what goes wrong.</param>
    /// <param name="keeper">
    /// Writes the topic of consumer instances, which nobody else may: a client of the same cluster under <see cref="KafkaClient.AdminClientId"/>, also the
    /// caller's. Null takes <paramref name="client"/>, which is refused where the topic is an internal one.
    /// </param>
    public ProxyService(
        KafkaClient client, ISchemaLookup? schemas = null, ProxyOptions? options = null, ILoggerFactory? loggers = null, KafkaClient? keeper = null)
    {
        Options = options ?? new ProxyOptions();
        Client = client;
        Schemas = schemas;
        Log = (loggers ?? NullLoggerFactory.Instance).CreateLogger("Gateway.HttpProxy");
        Bodies = new RequestBodies(Options.MaxRequestBytes, Options.MaxBufferedRequestBytes, Options.BodyStallTimeout, TimeProvider.System) { Stopping = _stopping.Token };
        ReaderMemory = new ReaderMemory(Options.EffectiveMaxBufferedResponseBytes);
        Producer = CreateProducer(Acks.All);
        _leaderProducer = new Lazy<Producer>(() => CreateProducer(Acks.Leader));
        _unacknowledgedProducer = new Lazy<Producer>(() => CreateProducer(Acks.None));
        Transactions = new TransactionalProducers(client, Options.AllowTopicCreation);
        Consumers = new ConsumerInstances(client, keeper ?? client, Options, Log);
        Streams = new OpenStreams(client.Options.Time, Options);
        Tails = new StreamTails(client.Fetcher);
        Rates = new RequestRates(Options, client.Options.Time);
    }

    /// <summary>How many streams may hold what they read from the log at a time.</summary>
    internal const int MostReads = 64;

    internal ProxyOptions Options { get; }

    internal KafkaClient Client { get; }

    internal ISchemaLookup? Schemas { get; }

    internal ILogger Log { get; }

    internal RequestBodies Bodies { get; }

    internal ReaderMemory ReaderMemory { get; }

    internal Turns Turns { get; } = Turns.OfProcessors();

    /// <summary>
    /// Streams that hold what they have read until they have sent it, or their client takes no more. A read brings a whole batch at least, so thousands
    /// that begin at once would hold gigabytes while they wait for their turn to send a slice.
    /// </summary>
    internal Turns Reads { get; } = new(MostReads);

    internal Producer Producer { get; }

    internal KeysUnderWay KeysUnderWay { get; } = new();

    internal TransactionalProducers Transactions { get; }

    internal ConsumerInstances Consumers { get; }

    internal OpenStreams Streams { get; }

    internal StreamTails Tails { get; }

    internal StreamMemberships Memberships { get; } = new();

    internal RequestRates Rates { get; }

    /// <summary>Ends when the server stops: whoever waits for records goes without.</summary>
    internal CancellationToken Stopping => _stopping.Token;

    /// <summary>Keeps where consumer instances are and waits for records under way.</summary>
    public async ValueTask DisposeAsync()
    {
        Stop();
        Streams.Dispose();
        Tails.Dispose();
        await Consumers.DisposeAsync().ConfigureAwait(false);
        Transactions.Dispose();
        await Producer.DisposeAsync().ConfigureAwait(false);
        if (_leaderProducer.IsValueCreated) await _leaderProducer.Value.DisposeAsync().ConfigureAwait(false);
        if (_unacknowledgedProducer.IsValueCreated) await _unacknowledgedProducer.Value.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Ends what has no end of its own, in an orderly way: a server that stops waits for its requests.</summary>
    internal void Stop()
    {
        Streams.Stop();
        _stopping.Cancel();
    }

    /// <summary>The producer that waits for such acknowledgements.</summary>
    internal Producer ProducerOf(Acks acks) => acks switch
    {
        Acks.Leader => _leaderProducer.Value,
        Acks.None => _unacknowledgedProducer.Value,
        _ => Producer,
    };

    private Producer CreateProducer(Acks acks) => Client.CreateProducer(new ProducerOptions
    {
        Acks = acks,
        AllowTopicCreation = Options.AllowTopicCreation,
        Idempotent = Options.IdempotentProducer,
    });
}

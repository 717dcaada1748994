using Gateway.Client.Connections;
using Gateway.Client.Topology;
using Gateway.Common.Errors;
using Gateway.Common.Ids;
using Gateway.Links;
using Gateway.Protocol;
using Gateway.Protocol.Messages;

namespace Gateway.Client.Producing;

/// <summary>
/// Writes records and offsets in transactions: readers of committed records see all of one, or nothing. Speaks the protocol in which the producer's
/// epoch rises with every transaction (KIP-890), and so only to a broker of this process.
/// </summary>
/// <remarks>
/// One transaction at a time; not thread-safe. After an exception or an error that is not told away by <see cref="AbortAsync"/> make another one of the
/// same transactional id: its <see cref="InitAsync"/> aborts what was left open.
/// </remarks>
public sealed partial class TransactionalProducer
{
    private const sbyte TransactionCoordinator = 1;

    private readonly BrokerLinks _links;
    private readonly MetadataCache _metadata;
    private readonly ClientOptions _client;
    private readonly TransactionalProducerOptions _options;
    private readonly Partitioner _partitioner;
    private readonly Dictionary<TopicPartition, int> _sequences = [];
    private ProducerIdentity? _identity;
    private bool _isOpen;
    private long _openSince;

    internal TransactionalProducer(BrokerLinks links, MetadataCache metadata, ClientOptions client, TransactionalProducerOptions options)
    {
        _links = links;
        _metadata = metadata;
        _client = client;
        _options = options;
        _partitioner = new Partitioner(client.Random);
    }

    /// <summary>The transactional id.</summary>
    public string TransactionalId => _options.TransactionalId;

    /// <summary>
    /// The broker does not know this producer any more: somebody has taken its name, or its time was up. Nothing of its open transaction was
    /// committed, or will be, so all of it may be written again by another producer.
    /// </summary>
    public bool IsVoid { get; private set; }

    /// <summary>Nothing is open: the next transaction may begin.</summary>
    public bool IsAtRest => _identity is not null && !_isOpen && !IsVoid;

    /// <summary>Gets a producer id, fences whoever used the transactional id before and aborts what they left open.</summary>
    /// <exception cref="KafkaErrorException">The broker refuses, or does not offer transactions of this kind.</exception>
    public async ValueTask InitAsync(CancellationToken cancel = default)
    {
        IBrokerLink link = await LinkAsync(cancel).ConfigureAwait(false);
        var find = new FindCoordinatorRequest { KeyType = TransactionCoordinator, CoordinatorKeys = [TransactionalId] };
        FindCoordinatorResponse found = await RepeatAsync(() => find, static answer => answer.Coordinators[0].ErrorCode, cancel).ConfigureAwait(false);
        KafkaErrorException.ThrowIfError(found.Coordinators[0].ErrorCode, "FindCoordinator");
        InitProducerIdResponse answer = await RepeatAsync(
            () => new InitProducerIdRequest { TransactionalId = TransactionalId, TransactionTimeoutMs = (int)_options.Timeout.TotalMilliseconds },
            static answer => answer.ErrorCode, cancel).ConfigureAwait(false);
        KafkaErrorException.ThrowIfError(answer.ErrorCode, "InitProducerId");
        Begin(answer.ProducerId, answer.ProducerEpoch);
    }

    /// <summary>Stores how far a group has read, as part of the transaction.</summary>
    /// <param name="group">The group.</param>
    /// <param name="offsets">The offsets of the next records to read.</param>
    /// <param name="cancel">Stops the wait.</param>
    /// <exception cref="KafkaErrorException">A partition is not there, or the broker refuses; the transaction can only be aborted then.</exception>
    public async ValueTask SendOffsetsAsync(string group, IReadOnlyDictionary<TopicPartition, long> offsets, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(offsets);
        ProducerIdentity identity = Identity;
        var request = new TxnOffsetCommitRequest
        {
            TransactionalId = TransactionalId,
            GroupId = group,
            ProducerId = identity.Id,
            ProducerEpoch = identity.Epoch,
        };
        foreach (IGrouping<string, KeyValuePair<TopicPartition, long>> topic in offsets.GroupBy(static offset => offset.Key.Topic, StringComparer.Ordinal))
        {
            (ErrorCode unknown, TopicView? view) = await _metadata.TopicAsync(topic.Key, allowCreate: false, cancel).ConfigureAwait(false);
            KafkaErrorException.ThrowIfError(unknown, topic.Key);
            request.Topics.Add(new()
            {
                Name = topic.Key,
                TopicId = view!.Id,
                Partitions = [.. topic.Select(static offset => new TxnOffsetCommitRequest.TxnOffsetCommitRequestPartition
                {
                    PartitionIndex = offset.Key.Partition,
                    CommittedOffset = offset.Value,
                    CommittedMetadata = "",
                })],
            });
        }
        Open();
        TxnOffsetCommitResponse answer = await RepeatAsync(() => request, FirstError, cancel).ConfigureAwait(false);
        KafkaErrorException.ThrowIfError(FirstError(answer), "TxnOffsetCommit");
    }

    /// <summary>Makes everything since the last end visible at once.</summary>
    /// <exception cref="KafkaErrorException">The transaction is not committed, or (NETWORK_EXCEPTION) nobody knows.</exception>
    public ValueTask CommitAsync(CancellationToken cancel = default) => EndAsync(commits: true, cancel);

    /// <summary>Makes everything since the last end void.</summary>
    /// <exception cref="KafkaErrorException">The broker did not take it; the transaction is aborted when its time is up.</exception>
    public ValueTask AbortAsync(CancellationToken cancel = default) => EndAsync(commits: false, cancel);

    private ProducerIdentity Identity => _identity ?? throw new InvalidOperationException("The producer was not initialised.");

    private async ValueTask EndAsync(bool commits, CancellationToken cancel)
    {
        ProducerIdentity identity = Identity;
        if (!_isOpen) return;
        int answers = 0;
        EndTxnResponse answer = await RepeatAsync(
            () => new EndTxnRequest { TransactionalId = TransactionalId, ProducerId = identity.Id, ProducerEpoch = identity.Epoch, Committed = commits },
            answer =>
            {
                answers++;
                return answer.ErrorCode;
            },
            cancel).ConfigureAwait(false);
        // After a passing error the first request may have been taken after all.
        IsVoid |= answers == 1 && IsForgotten(answer.ErrorCode);
        KafkaErrorException.ThrowIfError(answer.ErrorCode, "EndTxn");
        Begin(answer.ProducerId, answer.ProducerEpoch);
    }

    private void Begin(long producerId, short epoch)
    {
        _identity = new ProducerIdentity(producerId, epoch);
        _sequences.Clear();
        _isOpen = false;
        IsVoid = false;
    }

    private void Open()
    {
        if (_isOpen) return;
        _isOpen = true;
        _openSince = _client.Time.GetTimestamp();
    }

    /// <summary>Whether an answer says that the broker has let go of this producer.</summary>
    private static bool IsForgotten(ErrorCode error) => error
        is ErrorCode.InvalidProducerIdMapping or ErrorCode.InvalidProducerEpoch or ErrorCode.ProducerFenced or ErrorCode.InvalidTxnState
        or ErrorCode.UnknownProducerId or ErrorCode.OutOfOrderSequenceNumber;

    /// <summary>Sends a request to the coordinator and repeats it while its error is a passing one.</summary>
    private async ValueTask<TResponse> RepeatAsync<TResponse>(
        Func<IRequest<TResponse>> build, Func<TResponse, ErrorCode> errorOf, CancellationToken cancel)
        where TResponse : class, IResponse, new()
    {
        var pause = new RetryPause(_client, _client.ApiTimeout);
        while (true)
        {
            try
            {
                IBrokerLink link = await LinkAsync(cancel).ConfigureAwait(false);
                TResponse answer = await link.SendAsync(build(), cancel).ConfigureAwait(false);
                bool passes = ErrorClasses.Of(errorOf(answer)) is not (ErrorClass.None or ErrorClass.Fatal);
                if (!passes || !await pause.WaitAsync(cancel).ConfigureAwait(false)) return answer;
            }
            catch (LinkClosedException gone)
            {
                throw new KafkaErrorException(ErrorCode.NetworkException, gone.Message, gone);
            }
        }
    }

    private async ValueTask<IBrokerLink> LinkAsync(CancellationToken cancel)
    {
        IBrokerLink link = await _links.ToAnyAsync(cancel).ConfigureAwait(false);
        // Elsewhere a broker may know the versions and not mean by them what this takes them for.
        return link.IsInProcess
            ? link
            : throw new KafkaErrorException(ErrorCode.UnsupportedVersion, "Transactions go to the broker of this process only.");
    }

    private static ErrorCode FirstError(TxnOffsetCommitResponse answer) => answer.Topics
        .SelectMany(static topic => topic.Partitions).Select(static partition => partition.ErrorCode)
        .FirstOrDefault(static error => error != ErrorCode.None);
}

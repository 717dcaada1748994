using System.Collections.Concurrent;
using Gateway.Common.Buffers;
using Gateway.Common.Ids;
using Gateway.Common.Records;
using Gateway.Links;
using Gateway.Protocol;
using Gateway.Protocol.Messages;

namespace Gateway.Client.Tests.Fakes;

/// <summary>
/// A cluster of one broker whose answers the test writes: per API a queue of answers, the last of which repeats. Metadata
/// always shows the topics given.
/// </summary>
internal sealed class FakeBroker : IBrokerLinkFactory
{
    private static readonly HostAndPort Address = new("fake", 9092);
    private readonly ConcurrentDictionary<ApiKey, Queue<Func<IRequest, Task<IResponse>>>> _answers = new();
    private readonly Dictionary<string, int> _topics = [];
    private TaskCompletionSource _nextRequest = NewSignal();

    /// <summary>Every request in the order in which it came; records are copies.</summary>
    public ConcurrentQueue<IRequest> Requests { get; } = new();

    /// <summary>The records of each produce request.</summary>
    public ConcurrentQueue<byte[]> Batches { get; } = new();

    /// <summary>Ends when the next request has come: taken before a look at <see cref="Requests"/>, it misses none.</summary>
    public Task NextRequest => Volatile.Read(ref _nextRequest).Task;

    public int Connections { get; private set; }

    /// <summary>Whether it is at the other end of a socket; otherwise it makes checksums that lack and writes to headers it may write to, as the broker of this process does.</summary>
    public bool IsRemote { get; init; }

    public IReadOnlyList<HostAndPort> Bootstrap => [Address];

    public ValueTask<IBrokerLink> ConnectAsync(HostAndPort broker, CancellationToken cancel)
    {
        Connections++;
        return ValueTask.FromResult<IBrokerLink>(new FakeLink(this));
    }

    public FakeBroker Topic(string name, int partitions)
    {
        lock (_topics) _topics[name] = partitions;
        return this;
    }

    public FakeBroker Answer(ApiKey api, Func<IRequest, IResponse> answer) => AnswerLater(api, request => Task.FromResult(answer(request)));

    public FakeBroker AnswerLater(ApiKey api, Func<IRequest, Task<IResponse>> answer)
    {
        _answers.GetOrAdd(api, static _ => new Queue<Func<IRequest, Task<IResponse>>>()).Enqueue(answer);
        return this;
    }

    private Task<IResponse> AnswerOf(IRequest request)
    {
        Requests.Enqueue(request);
        Interlocked.Exchange(ref _nextRequest, NewSignal()).SetResult();
        if (_answers.TryGetValue(request.ApiKey, out Queue<Func<IRequest, Task<IResponse>>>? queue))
        {
            Func<IRequest, Task<IResponse>> answer;
            lock (queue) answer = queue.Count > 1 ? queue.Dequeue() : queue.Peek();
            return answer(request);
        }
        if (request is MetadataRequest metadata) return Task.FromResult<IResponse>(Metadata(metadata));
        throw new InvalidOperationException($"The test has no answer to {request.ApiKey}.");
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private MetadataResponse Metadata(MetadataRequest request)
    {
        var answer = new MetadataResponse
        {
            ControllerId = 1,
            Brokers = [new MetadataResponse.MetadataResponseBroker { NodeId = 1, Host = Address.Host, Port = Address.Port }],
        };
        lock (_topics)
        {
            foreach (string name in request.Topics?.Select(topic => topic.Name!) ?? _topics.Keys) answer.Topics.Add(Describe(name));
        }
        return answer;
    }

    private MetadataResponse.MetadataResponseTopic Describe(string name)
    {
        if (!_topics.TryGetValue(name, out int partitions))
            return new MetadataResponse.MetadataResponseTopic { Name = name, ErrorCode = Common.Errors.ErrorCode.UnknownTopicOrPartition };
        return new MetadataResponse.MetadataResponseTopic
        {
            Name = name,
            TopicId = new Guid(name.Length, 1, 2, [.. new byte[8]]),
            Partitions = [.. Enumerable.Range(0, partitions).Select(index => new MetadataResponse.MetadataResponsePartition { PartitionIndex = index, LeaderId = 1 })],
        };
    }

    private sealed class FakeLink(FakeBroker broker) : IBrokerLink
    {
        public bool IsInProcess => !broker.IsRemote;

        public bool IsOpen { get; private set; } = true;

        public async ValueTask<TResponse> SendAsync<TResponse>(IRequest<TResponse> request, CancellationToken cancel)
            where TResponse : class, IResponse, new()
        {
            if (!IsOpen) throw new LinkClosedException("closed");
            if (request is ProduceRequest produce) broker.Batches.Enqueue(Take(produce));
            request.ReleaseRecords();
            try
            {
                return (TResponse)await broker.AnswerOf(request);
            }
            catch (LinkClosedException)
            {
                IsOpen = false;
                throw;
            }
        }

        private byte[] Take(ProduceRequest produce)
        {
            RecordsLease records = produce.TopicData[0].PartitionData[0].Records!;
            if (!IsInProcess && produce.LacksChecksums) throw new InvalidOperationException("Nobody can ask for a checksum on the wire.");
            byte[] batch = records.Span.ToArray();
            if (produce.LacksChecksums) RecordBatchBytes.SetCrc(batch);
            if (!records.IsExclusive) return batch;
            RecordBatchBytes.SetBaseOffset(records.WritableMemory.Span, 4711);
            RecordBatchBytes.SetPartitionLeaderEpoch(records.WritableMemory.Span, 42);
            RecordBatchBytes.SetMaxTimestampAndLogAppendTime(records.WritableMemory.Span, 1);
            return batch;
        }

        public bool Supports(ApiKey api) => true;

        public short NegotiatedVersion(ApiKey api) => MessageInfo.Of(api).HighestVersion;

        public ValueTask DisposeAsync()
        {
            IsOpen = false;
            return ValueTask.CompletedTask;
        }
    }
}

using System.Buffers.Binary;
using System.Net.Sockets;
using Gateway.Broker.Tests.Support;
using Gateway.Protocol;
using Gateway.Protocol.Frames;
using Gateway.Protocol.Messages;
using Gateway.Protocol.Wire;

namespace Gateway.Broker.Tests.Network;

/// <summary>
/// What one request allocates on the collector's heap, counted over the whole process: socket, decoding, both shards, the log, the flush, the
/// answer. The limits are the budget of the data plane, not what happens to be measured.
/// </summary>
[Collection(Alone.Name)]
public sealed class AllocationTests : IDisposable
{
    private const int Connections = 8;
    private const int InFlight = 8;
    private const int Rounds = 300;
#if DEBUG
    // Debug builds never use a lease twice, so that one used after its return is found.
    private const double FetchLimit = 1024;
#else
    private const double FetchLimit = 16;
#endif

    private const double ProduceLimit = 16;

    private readonly List<Socket> _sockets = [];
    private readonly byte[] _answer = new byte[64 * 1024];

    [Theory]
    [InlineData(3)]
    [InlineData(8)]
    [InlineData(12)]
    [InlineData(13)]
    public async Task A_produce_of_one_record_allocates_next_to_nothing(short version)
    {
        await using TestBroker broker = await TestBroker.StartAsync();
        Guid topic = await broker.CreateTopic("t", partitions: 8);
        byte[][] requests = [.. Enumerable.Range(0, 8).Select(p => Encode(ProduceTo(topic, p), version))];
        double perRequest = Measure(broker, requests);
        Assert.True(perRequest <= ProduceLimit, $"{perRequest:0.0} bytes a request");
    }

    [Theory]
    [InlineData(4)]
    [InlineData(11)]
    [InlineData(18)]
    public async Task A_fetch_that_finds_records_allocates_next_to_nothing(short version)
    {
        await using TestBroker broker = await TestBroker.StartAsync();
        Guid topic = await broker.CreateTopic("t", partitions: 8);
        for (int p = 0; p < 8; p++) await broker.Store(topic, Batches.Of("a value"), p);
        byte[][] requests = [.. Enumerable.Range(0, 8).Select(p => Encode(FetchFrom(topic, p), version))];
        double perRequest = Measure(broker, requests);
        Assert.True(perRequest <= FetchLimit, $"{perRequest:0.0} bytes a request");
    }

    public void Dispose() => _sockets.ForEach(static socket => socket.Dispose());

    private static ProduceRequest ProduceTo(Guid topic, int partition)
    {
        ProduceRequest request = Batches.ProduceByName("t", partition, Batches.Of("a value"));
        request.TopicData[0].TopicId = topic;
        return request;
    }

    private static FetchRequest FetchFrom(Guid topic, int partition)
    {
        FetchRequest request = Batches.Fetch(topic, partition, 0, maxWaitMs: 500);
        request.Topics[0].Topic = "t";
        return request;
    }

    private static byte[] Encode(IRequest request, short version)
    {
        using OutgoingFrame frame = RequestFrame.Encode(request, version, 1, "test");
        return frame.ToArray();
    }

    private double Measure(TestBroker broker, byte[][] requests)
    {
        for (int i = 0; i < Connections; i++)
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            socket.Connect(broker.Address.Host, broker.Address.Port);
            _sockets.Add(socket);
        }
        Send(requests, Rounds);
        long before = GC.GetTotalAllocatedBytes(precise: true);
        Send(requests, Rounds);
        return (GC.GetTotalAllocatedBytes(precise: true) - before) / (double)(Rounds * Connections * InFlight);
    }

    // Nothing here may allocate: it is counted with the broker.
    private void Send(byte[][] requests, int rounds)
    {
        for (int round = 0; round < rounds; round++)
        {
            for (int i = 0; i < Connections * InFlight; i++) _sockets[i % Connections].Send(requests[i % requests.Length]);
            for (int i = 0; i < Connections * InFlight; i++) ReadAnswer(_sockets[i % Connections]);
        }
    }

    private void ReadAnswer(Socket socket)
    {
        Read(socket, 4);
        Read(socket, BinaryPrimitives.ReadInt32BigEndian(_answer));
    }

    private void Read(Socket socket, int length)
    {
        for (int have = 0; have < length;)
        {
            int count = socket.Receive(_answer.AsSpan(have, length - have));
            if (count == 0) throw new IOException("The broker closed the connection");
            have += count;
        }
    }
}

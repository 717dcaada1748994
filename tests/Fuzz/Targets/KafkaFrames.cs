using System.Buffers.Binary;
using System.Net.Sockets;
using Gateway.Fuzz.Engine;
using Gateway.Protocol;
using Gateway.Protocol.Wire;

namespace Gateway.Fuzz.Targets;

/// <summary>
/// One request (without its size) sent to a broker of this process, on a connection of its own. It may be answered, well formed and in its
/// version; or the connection may be closed. Nothing may escape from a handler, and other clients must be served meanwhile.
/// </summary>
internal sealed class KafkaFrames : ITarget
{
    /// <summary>The broker is made anew now and then: what requests leave behind must not slow the later ones down.</summary>
    private const int CasesPerBroker = 2_000;

    private const int PatienceMs = 10_000;

    /// <summary>A rebalance or a long poll may rightly last longer; then others are asked whether they are served.</summary>
    private const int AnswerMs = 300;

    private readonly Lock _gate = new();
    private FuzzedBroker? _broker;
    private int _cases;

    public string Name => "kafka-frames";

    public IReadOnlyList<string> Dictionary { get; } = ["t", "g", "member", "range", "consumer", "cleanup.policy", "compact", "\u0001", "\u007f"];

    public bool IsBinary => true;

    /// <summary>More than a hundred frames of the largest input, with everything that is kept for another use.</summary>
    public long? MostGrowth => 512L << 20;

    public string Try(ReadOnlySpan<byte> input)
    {
        lock (_gate)
        {
            if (_broker is null || _cases++ % CasesPerBroker == CasesPerBroker - 1)
            {
                _broker?.Stop();
                _broker = FuzzedBroker.Start();
            }
            string outcome = Send(_broker, input);
            if (_broker.Fault is { } fault) throw new FindingException(fault);
            return outcome;
        }
    }

    private static string Send(FuzzedBroker broker, ReadOnlySpan<byte> input)
    {
        using Socket socket = broker.Connect();
        byte[] frame = new byte[4 + input.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame, input.Length);
        input.CopyTo(frame.AsSpan(4));
        try
        {
            socket.Send(frame);
            // Long polls end when the client has said all it will ever say.
            socket.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException)
        {
            return "closed while sending";
        }
        socket.ReceiveTimeout = AnswerMs;
        byte[]? answer = Receive(socket, out bool timedOut);
        if (timedOut)
        {
            broker.MustServeOthers(PatienceMs);
            return "waits: " + NameOf(input);
        }
        return answer is null ? "closed: " + NameOf(input) : "answers: " + Judge(input, answer);
    }

    /// <summary>Everything until the end; null when nothing came.</summary>
    private static byte[]? Receive(Socket socket, out bool timedOut)
    {
        timedOut = false;
        var all = new MemoryStream();
        byte[] buffer = new byte[64 * 1024];
        try
        {
            while (socket.Receive(buffer) is var count and > 0) all.Write(buffer, 0, count);
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.TimedOut or SocketError.WouldBlock)
        {
            timedOut = true;
        }
        catch (SocketException)
        {
            // Reset: the broker closed with bytes of ours unread.
        }
        return all.Length == 0 ? null : all.ToArray();
    }

    private static string NameOf(ReadOnlySpan<byte> frame)
    {
        if (frame.Length < 4 || MessageInfo.Find((ApiKey)BinaryPrimitives.ReadInt16BigEndian(frame)) is not { } info) return "no API";
        short version = BinaryPrimitives.ReadInt16BigEndian(frame[2..]);
        return info.Has(version) ? $"{info.ApiKey} {version}" : $"{info.ApiKey}, no version";
    }

    /// <summary>An answer is one frame with the request's correlation id and a body of its version that uses it up.</summary>
    private static string Judge(ReadOnlySpan<byte> request, byte[] answer)
    {
        if (answer.Length < 8 || BinaryPrimitives.ReadInt32BigEndian(answer) != answer.Length - 4) throw new FindingException($"{answer.Length} bytes are no frame");
        if (request.Length < 8) throw new FindingException("an answer to less than a header");
        int asked = BinaryPrimitives.ReadInt32BigEndian(request[4..]);
        int answered = BinaryPrimitives.ReadInt32BigEndian(answer.AsSpan(4));
        if (asked != answered) throw new FindingException($"the answer to {asked} says {answered}");
        MessageInfo info = MessageInfo.Find((ApiKey)BinaryPrimitives.ReadInt16BigEndian(request)) ?? throw new FindingException("an answer to an unknown API");
        short version = BinaryPrimitives.ReadInt16BigEndian(request[2..]);
        // AV-2: a version of ApiVersions nobody knows is answered in the oldest.
        if (info.ApiKey == ApiKey.ApiVersions && !info.Has(version)) version = 0;
        var reader = new KafkaReader(answer.AsMemory(8));
        if (info.ResponseHeaderVersion(version) == 1) reader.SkipTagSection();
        IResponse response = info.NewResponse();
        response.Read(ref reader, version);
        reader.ExpectEnd();
        response.ReleaseRecords();
        return $"{info.ApiKey} {version}";
    }
}

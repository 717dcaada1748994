using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Gateway.PerformanceGate.Reference;

/// <summary>
/// Takes frames of the Kafka protocol and does for each what the machine has to do for a produce or a fetch of one small batch: waits,
/// receives, writes or reads, sends. One thread, as one of the node's shards.
/// </summary>
internal sealed class LogReference(ReferenceFile file)
{
    private const int Produce = 0, BatchBytes = 1100, AnswerBytes = 64;
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly byte[] _in = new byte[64 * 1024];
    private readonly byte[] _out = new byte[64 * 1024];

    /// <summary>Starts it.</summary>
    public EndPoint Start()
    {
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        new Thread(Serve) { IsBackground = true }.Start();
        return _listener.LocalEndPoint!;
    }

    private void Serve()
    {
        while (true)
        {
            using Socket connection = _listener.Accept();
            connection.NoDelay = true;
            while (Answer(connection))
            {
            }
        }
    }

    private bool Answer(Socket connection)
    {
        int got = 0;
        do
        {
            connection.Poll(-1, SelectMode.SelectRead);
            int read = connection.Receive(_in, got, _in.Length - got, SocketFlags.None);
            if (read == 0) return false;
            got += read;
        }
        while (got < sizeof(int) || got < sizeof(int) + BinaryPrimitives.ReadInt32BigEndian(_in));

        int length = AnswerBytes;
        if (BinaryPrimitives.ReadInt16BigEndian(_in.AsSpan(4)) == Produce)
        {
            BinaryPrimitives.WriteInt64BigEndian(_out.AsSpan(8), file.Append(_in.AsSpan(0, got)));
        }
        else
        {
            ReadOnlyMemory<byte> batch = file.Read(BatchBytes);
            batch.Span.CopyTo(_out.AsSpan(AnswerBytes));
            length += batch.Length;
        }
        BinaryPrimitives.WriteInt32BigEndian(_out, length - sizeof(int));
        connection.Send(_out, 0, length, SocketFlags.None);
        return true;
    }
}

using System.Net;
using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;

namespace Gateway.Bench.Limits;

/// <summary>What two threads of this process can say to each other over loopback.</summary>
internal static class LoopbackLimits
{
    private const int Ping = 64, Chunk = 1 << 20;

    /// <summary>A small message there and back, and as many bytes as go one way.</summary>
    public static IEnumerable<Limit> Measure(TimeSpan time)
    {
        yield return RoundTrip(time);
        yield return Stream("loopback, send and receive 1 MiB", time, static (socket, buffer) => socket.Send(buffer));
    }

    /// <summary>Cached data of a file read and sent, as a broker answers a fetch.</summary>
    public static Limit ReadAndSend(string file, TimeSpan time)
    {
        using SafeFileHandle handle = File.OpenHandle(file);
        long length = RandomAccess.GetLength(handle), at = 0;
        return Stream("page-cache read and loopback send, 1 MiB", time, (socket, buffer) =>
        {
            RandomAccess.Read(handle, buffer, at);
            at = (at + Chunk) % (length - Chunk + 1);
            socket.Send(buffer);
        });
    }

    private static Limit RoundTrip(TimeSpan time)
    {
        (Socket near, Socket far) = Pair();
        using (near)
        using (far)
        {
            byte[] message = new byte[Ping];
            Thread echo = Background(() =>
            {
                byte[] heard = new byte[Ping];
                while (Whole(far, heard)) far.Send(heard);
            });
            Limit limit = Limit.Of("loopback, 64 B there and back", 0, time, () =>
            {
                near.Send(message);
                Whole(near, message);
            });
            near.Shutdown(SocketShutdown.Both);
            echo.Join();
            return limit;
        }
    }

    private static Limit Stream(string name, TimeSpan time, Action<Socket, byte[]> send)
    {
        (Socket near, Socket far) = Pair();
        using (near)
        using (far)
        {
            byte[] chunk = new byte[Chunk];
            Thread reader = Background(() =>
            {
                byte[] heard = new byte[Chunk];
                while (far.Receive(heard) > 0)
                {
                }
            });
            Limit limit = Limit.Of(name, Chunk, time, () => send(near, chunk)) with { Latency = null };
            near.Shutdown(SocketShutdown.Both);
            reader.Join();
            return limit;
        }
    }

    private static bool Whole(Socket socket, byte[] into)
    {
        for (int at = 0; at < into.Length;)
        {
            int read = socket.Receive(into, at, into.Length - at, SocketFlags.None);
            if (read == 0) return false;
            at += read;
        }
        return true;
    }

    private static (Socket Near, Socket Far) Pair()
    {
        using var listener = new Socket(SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(1);
        var near = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        near.Connect(listener.LocalEndPoint!);
        Socket far = listener.Accept();
        far.NoDelay = true;
        return (near, far);
    }

    private static Thread Background(Action work)
    {
        var thread = new Thread(() => work()) { IsBackground = true };
        thread.Start();
        return thread;
    }
}

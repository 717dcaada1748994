namespace Gateway.Shards.Sockets;

/// <summary>Where a shard waits when its sockets complete on the thread pool and post to it.</summary>
internal sealed class PortableLoop(Shard shard) : IEventLoop
{
    private readonly SemaphoreSlim _woken = new(0);
    private readonly HashSet<IDisposable> _sockets = [];

    public void Wait(int timeoutMilliseconds)
    {
        if (timeoutMilliseconds == 0) return;
        _woken.Wait(timeoutMilliseconds);
        shard.Awake();
    }

    public void Wake() => _woken.Release();

    /// <summary>Remembers a socket so that it is closed when the shard stops. On the shard.</summary>
    internal void Add(IDisposable socket) => _sockets.Add(socket);

    internal void Remove(IDisposable socket) => _sockets.Remove(socket);

    public void Dispose()
    {
        foreach (IDisposable socket in _sockets) socket.Dispose();
        _sockets.Clear();
    }
}

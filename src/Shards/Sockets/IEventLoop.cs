namespace Gateway.Shards.Sockets;

/// <summary>Where a shard's thread waits, and where its sockets report.</summary>
internal interface IEventLoop : IDisposable
{
    /// <summary>Waits for socket events, a wake-up or the timeout (-1 for ever, 0 not at all), and handles the events.</summary>
    void Wait(int timeoutMilliseconds);

    /// <summary>Ends the wait. Any thread.</summary>
    void Wake();
}

using Gateway.Shards.Sockets;

namespace Gateway.Shards;

/// <summary>What pumps shards: threads in production, a test step by step.</summary>
public interface IShardHost : IDisposable
{
    /// <summary>All shards, by index.</summary>
    IReadOnlyList<Shard> Shards { get; }

    /// <summary>The network as the shards see it, or null where there is none.</summary>
    ITransport? Transport { get; }

    /// <summary>Begins to run what is posted.</summary>
    void Start();

    /// <summary>Runs what is still posted, then stops for good. Work posted later is dropped.</summary>
    void Stop();
}

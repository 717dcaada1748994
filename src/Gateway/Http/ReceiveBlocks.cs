using System.Buffers;
using System.Collections.Concurrent;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;

namespace Gateway.Http;

/// <summary>
/// Memory for what connections receive and send: a few blocks are large, so that a large body does not take a system call for every 4 KiB of it. The others
/// are the web server's own, so that many connections which have sent next to nothing hold next to nothing.
/// </summary>
internal sealed class ReceiveBlocks(IMemoryPoolFactory<byte> small) : IMemoryPoolFactory<byte>
{
    /// <summary>Bytes of a large block.</summary>
    internal const int LargeBlock = 32 * 1024;

    /// <summary>Large blocks there may be, in all pools of a door: 4 MiB of them.</summary>
    internal const int LargeBlocks = 128;

    private readonly ConcurrentStack<Block> _spare = new();
    private int _made;

    /// <inheritdoc/>
    public MemoryPool<byte> Create(MemoryPoolOptions? options = null) => new Pool(this, small.Create(options));

    /// <summary>Puts these blocks in the place of the web server's.</summary>
    internal static void Use(IServiceCollection services)
    {
        ServiceDescriptor own = services.Last(static service => service.ServiceType == typeof(IMemoryPoolFactory<byte>));
        services.AddSingleton<IMemoryPoolFactory<byte>>(provider => new ReceiveBlocks((IMemoryPoolFactory<byte>)(
            own.ImplementationFactory?.Invoke(provider) ?? ActivatorUtilities.CreateInstance(provider, own.ImplementationType!))));
    }

    private Block? TakeLarge()
    {
        if (_spare.TryPop(out Block? block)) return block.Lend();
        return Volatile.Read(ref _made) < LargeBlocks && Interlocked.Increment(ref _made) <= LargeBlocks ? new Block(this) : null;
    }

    private sealed class Pool(ReceiveBlocks owner, MemoryPool<byte> small) : MemoryPool<byte>
    {
        // Nobody asks for more than this, since it may be that no large block is left.
        public override int MaxBufferSize => small.MaxBufferSize;

        public override IMemoryOwner<byte> Rent(int minBufferSize = -1) => owner.TakeLarge() ?? small.Rent(minBufferSize);

        protected override void Dispose(bool disposing)
        {
            if (disposing) small.Dispose();
        }
    }

    private sealed class Block(ReceiveBlocks owner) : IMemoryOwner<byte>
    {
        public Memory<byte> Memory { get; } = GC.AllocateUninitializedArray<byte>(LargeBlock, pinned: true);

        private int _isSpare;

        internal Block Lend()
        {
            Volatile.Write(ref _isSpare, 0);
            return this;
        }

        // Given back twice it would be lent to two connections.
        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isSpare, 1) == 0) owner._spare.Push(this);
        }
    }
}

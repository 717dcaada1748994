using System.Buffers;
using Gateway.Http;
using Microsoft.AspNetCore.Connections;

namespace Gateway.Tests.Hosting;

/// <summary>How much memory connections may hold by holding blocks: 4 MiB of large ones, whatever they do.</summary>
public sealed class ReceiveBlocksTests
{
    [Fact]
    public void So_many_blocks_are_large_and_the_others_the_web_servers_own()
    {
        var blocks = new ReceiveBlocks(new Small());
        using MemoryPool<byte> pool = blocks.Create();
        using MemoryPool<byte> other = blocks.Create();
        IMemoryOwner<byte>[] rented = [.. Enumerable.Range(0, ReceiveBlocks.LargeBlocks + 50).Select(i => (i % 2 == 0 ? pool : other).Rent(4096))];
        Assert.Equal(ReceiveBlocks.LargeBlocks, rented.Count(static block => block.Memory.Length == ReceiveBlocks.LargeBlock));
        Assert.Equal(50, rented.Count(static block => block.Memory.Length == 4096));
        Assert.Equal(4 << 20, ReceiveBlocks.LargeBlocks * ReceiveBlocks.LargeBlock);
        Assert.Equal(4096, pool.MaxBufferSize);

        // A block that came back is rented again, and no two owners have the same one.
        foreach (IMemoryOwner<byte> block in rented) block.Dispose();
        foreach (IMemoryOwner<byte> block in rented) block.Dispose();
        IMemoryOwner<byte>[] again = [.. Enumerable.Range(0, ReceiveBlocks.LargeBlocks).Select(_ => pool.Rent(4096))];
        Assert.All(again, static block => Assert.Equal(ReceiveBlocks.LargeBlock, block.Memory.Length));
        Assert.Equal(ReceiveBlocks.LargeBlocks, again.Distinct().Count());
    }

    private sealed class Small : IMemoryPoolFactory<byte>
    {
        public MemoryPool<byte> Create(MemoryPoolOptions? options = null) => new Pool();

        private sealed class Pool : MemoryPool<byte>
        {
            public override int MaxBufferSize => 4096;

            public override IMemoryOwner<byte> Rent(int minBufferSize = -1) => new Block();

            protected override void Dispose(bool disposing)
            {
            }
        }

        private sealed class Block : IMemoryOwner<byte>
        {
            public Memory<byte> Memory { get; } = new byte[4096];

            public void Dispose()
            {
            }
        }
    }
}

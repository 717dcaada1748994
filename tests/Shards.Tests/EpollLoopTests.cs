using Gateway.Shards.Sockets;

namespace Gateway.Shards.Tests;

/// <summary>
/// What an event may reach after its descriptor was closed and its number given to another. Alone, because other tests would take
/// the numbers.
/// </summary>
[Collection(nameof(EpollLoopTests))]
[CollectionDefinition(nameof(EpollLoopTests), DisableParallelization = true)]
public sealed unsafe class EpollLoopTests
{
    private sealed class Target(EpollLoop loop) : IEpollTarget
    {
        internal int Fd = Libc.EventFd(0, Libc.CloseOnExec | Libc.NonBlocking);
        internal ulong Token;
        internal int Events;
        internal Action? Then;

        internal Target Watch()
        {
            Token = loop.Add(Fd, Libc.EpollIn | Libc.EpollEdge, this);
            return this;
        }

        internal void Signal()
        {
            ulong one = 1;
            Assert.Equal(8, Libc.Write(Fd, (byte*)&one, 8));
        }

        internal void Close()
        {
            loop.Remove(Fd, Token);
            Libc.Close(Fd);
        }

        public void OnEvents(uint events)
        {
            Events++;
            Then?.Invoke();
        }

        public void Abandon() => Libc.Close(Fd);
    }

    [Fact]
    public void An_event_of_a_closed_descriptor_does_not_reach_the_next_owner_of_its_number()
    {
        var shard = new Shard(0, new ShardOptions());
        using var loop = new EpollLoop(shard);
        Target first = new Target(loop).Watch(), second = new Target(loop).Watch();
        Target? heir = null;
        // Both events are fetched together; whichever comes first closes the other and takes its number.
        void Usurp(Target other)
        {
            if (heir is not null) return;
            int number = other.Fd;
            other.Close();
            heir = new Target(loop);
            Assert.Equal(number, heir.Fd);
            heir.Watch();
        }
        first.Then = () => Usurp(second);
        second.Then = () => Usurp(first);
        first.Signal();
        second.Signal();

        loop.Wait(0);
        Assert.Equal(1, first.Events + second.Events);
        Assert.NotNull(heir);
        Assert.Equal(0, heir.Events);

        heir.Signal();
        loop.Wait(0);
        Assert.Equal(1, heir.Events);
    }

    [Fact]
    public void A_wake_up_before_the_wait_ends_it()
    {
        var shard = new Shard(0, new ShardOptions());
        using var loop = new EpollLoop(shard);
        loop.Wake();
        loop.Wait(-1);
    }

    [Fact]
    public void A_late_wake_up_does_not_reach_the_next_owner_of_the_descriptors_number()
    {
        // Every number the loop used is taken by an eventfd afterwards; a stray write would show as its count.
        for (int round = 0; round < 20; round++)
        {
            var loop = new EpollLoop(new Shard(0, new ShardOptions()));
            loop.Dispose();
            int[] heirs = [.. Enumerable.Range(0, 8).Select(static _ => Libc.EventFd(0, Libc.CloseOnExec | Libc.NonBlocking))];
            loop.Wake();
            foreach (int heir in heirs)
            {
                ulong count = 0;
                Assert.Equal(-1, Libc.Read(heir, (byte*)&count, 8));
                Libc.Close(heir);
            }
        }
    }
}

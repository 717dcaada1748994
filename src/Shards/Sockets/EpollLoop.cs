using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Gateway.Shards.Sockets;

/// <summary>Something whose descriptor an epoll loop watches.</summary>
internal interface IEpollTarget
{
    /// <summary>Called on the shard with the event mask.</summary>
    void OnEvents(uint events);

    /// <summary>The loop ends: give the descriptor back.</summary>
    void Abandon();
}

/// <summary>One epoll instance with an eventfd to be woken by: a shard's waiting place on Linux.</summary>
/// <remarks>
/// Events carry a slot and its generation, not a descriptor: the kernel reuses descriptor numbers at once, so an event fetched
/// before a close could otherwise reach the next owner of the number. Invariant: a slot's generation changes whenever its target does.
/// </remarks>
internal sealed unsafe class EpollLoop : IEventLoop
{
    private const int MaxEvents = 256;
    private const ulong WakeData = ulong.MaxValue;

    private readonly Lock _wakeGate = new();
    private readonly Shard _shard;
    private readonly int _epoll;
    private readonly int _wakeFd;
    private readonly byte* _events;
    private Slot[] _slots = new Slot[64];
    private readonly Stack<int> _free = new();
    private int _slotsUsed;
    private bool _disposed;

    internal EpollLoop(Shard shard)
    {
        _shard = shard;
        _epoll = Check(Libc.EpollCreate(Libc.CloseOnExec), "epoll_create1");
        _wakeFd = Check(Libc.EventFd(0, Libc.CloseOnExec | Libc.NonBlocking), "eventfd");
        _events = (byte*)NativeMemory.Alloc((nuint)(MaxEvents * Libc.EventSize));
        Check(Control(Libc.EpollAdd, _wakeFd, Libc.EpollIn, WakeData), "epoll_ctl");
        Sender = new VectorSender();
    }

    /// <summary>Gathers segments for the sockets of this loop.</summary>
    internal VectorSender Sender { get; }

    /// <summary>Whether this machine has what the loop needs.</summary>
    internal static bool IsSupported => OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture is Architecture.X64 or Architecture.Arm64;

    public void Wait(int timeoutMilliseconds)
    {
        int count = Libc.EpollWait(_epoll, _events, MaxEvents, timeoutMilliseconds);
        if (count < 0)
        {
            if (Marshal.GetLastPInvokeError() == Libc.Interrupted) return;
            Check(count, "epoll_wait");
        }
        if (timeoutMilliseconds != 0) _shard.Awake();
        for (int i = 0; i < count; i++)
        {
            byte* at = _events + i * Libc.EventSize;
            ulong data = *(ulong*)(at + Libc.EventDataOffset);
            if (data == WakeData) ClearWake();
            else Dispatch(data, *(uint*)at);
        }
    }

    public void Wake()
    {
        ulong one = 1;
        // Somebody may have been about to wake a loop that ended meanwhile, and by then the number of its descriptor may be another's.
        lock (_wakeGate)
        {
            if (_disposed) return;
            // It can only fail when the counter is full, and then the loop is awake anyway.
            _ = Libc.Write(_wakeFd, (byte*)&one, sizeof(ulong));
        }
    }

    /// <summary>Watches a descriptor. The token is what <see cref="Modify"/> and <see cref="Remove"/> want.</summary>
    internal ulong Add(int fd, uint events, IEpollTarget target)
    {
        int index = _free.TryPop(out int free) ? free : _slotsUsed++;
        if (index == _slots.Length) Array.Resize(ref _slots, index * 2);
        ref Slot slot = ref _slots[index];
        slot.Target = target;
        ulong token = ((ulong)slot.Generation << 32) | (uint)index;
        if (Control(Libc.EpollAdd, fd, events, token) < 0)
        {
            int error = Marshal.GetLastPInvokeError();
            Release(index);
            throw new Win32Exception(error, $"epoll_ctl: errno {error}");
        }
        return token;
    }

    internal void Modify(int fd, uint events, ulong token) => Check(Control(Libc.EpollModify, fd, events, token), "epoll_ctl");

    /// <summary>Stops watching, before the descriptor is closed. Events already fetched find the slot's generation changed.</summary>
    internal void Remove(int fd, ulong token)
    {
        Control(Libc.EpollDelete, fd, 0, 0);
        Release((int)(uint)token);
    }

    public void Dispose()
    {
        lock (_wakeGate)
        {
            if (_disposed) return;
            _disposed = true;
            Libc.Close(_wakeFd);
        }
        for (int i = 0; i < _slotsUsed; i++) _slots[i].Target?.Abandon();
        Libc.Close(_epoll);
        NativeMemory.Free(_events);
        Sender.Dispose();
    }

    private void Dispatch(ulong data, uint events)
    {
        ref Slot slot = ref _slots[(int)(uint)data];
        IEpollTarget? target = slot.Target;
        if (target is null || slot.Generation != (uint)(data >> 32)) return;
        try
        {
            target.OnEvents(events);
        }
        catch (Exception e)
        {
            _shard.Unhandled(e);
        }
        _shard.EndTurn(target);
    }

    private void Release(int index)
    {
        ref Slot slot = ref _slots[index];
        slot.Target = null;
        slot.Generation = (slot.Generation + 1) & 0x7FFFFFFF; // never equals WakeData
        _free.Push(index);
    }

    private void ClearWake()
    {
        ulong count;
        _ = Libc.Read(_wakeFd, (byte*)&count, sizeof(ulong));
    }

    private int Control(int operation, int fd, uint events, ulong data)
    {
        byte* value = stackalloc byte[16];
        *(uint*)value = events;
        *(ulong*)(value + Libc.EventDataOffset) = data;
        return Libc.EpollControl(_epoll, operation, fd, value);
    }

    private static int Check(int result, string call)
    {
        if (result >= 0) return result;
        int error = Marshal.GetLastPInvokeError();
        throw new Win32Exception(error, $"{call}: errno {error}");
    }

    private struct Slot
    {
        internal IEpollTarget? Target;
        internal uint Generation;
    }
}

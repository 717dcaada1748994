using Gateway.Protocol.Wire;
using Gateway.Shards.Sockets;

namespace Gateway.Broker.Network;

/// <summary>The place of a request's answer in the order of its connection.</summary>
internal abstract class AnswerSlot
{
    /// <summary>Whether the answer (or that there is none) is known.</summary>
    internal bool IsComplete { get; set; }

    /// <summary>The answer; null when none is sent.</summary>
    internal OutgoingFrame? Frame { get; set; }

    /// <summary>Set when the connection closes instead of answering, and why.</summary>
    internal string? CloseReason { get; set; }

    /// <summary>It has left the order with its answer known: nobody refers to it any more.</summary>
    internal abstract void Left();
}

/// <summary>Answers in request order (CON-3), whatever the order they become ready in, and what of them is not sent yet.</summary>
/// <remarks>Invariant: <see cref="_ready"/> holds complete answers of an unbroken run of requests, oldest first; it owns them.</remarks>
internal sealed class ResponseQueue
{
    private readonly Queue<AnswerSlot> _slots = new();
    private readonly Queue<OutgoingFrame> _ready = new();
    private int _segment;
    private int _offset;

    /// <summary>How many requests have no answer in the sending order yet.</summary>
    internal int Unanswered => _slots.Count;

    /// <summary>How many bytes of answers are kept, sent ones excluded.</summary>
    internal long QueuedBytes { get; private set; }

    /// <summary>Whether everything that became ready in order has been sent.</summary>
    internal bool IsFlushed => _ready.Count == 0;

    /// <summary>Why the connection is to close after what is ready has been sent; null when it is not.</summary>
    internal string? CloseReason { get; private set; }

    internal void Add(AnswerSlot slot) => _slots.Enqueue(slot);

    /// <summary>An answer is there, or it is known that none comes.</summary>
    internal void Complete(AnswerSlot slot, OutgoingFrame? frame)
    {
        slot.Frame = frame;
        slot.IsComplete = true;
        QueuedBytes += frame?.TotalLength ?? 0;
        MoveReady();
    }

    /// <summary>The connection ends where this answer would have been.</summary>
    internal void CloseAt(AnswerSlot slot, string reason)
    {
        slot.CloseReason = reason;
        slot.IsComplete = true;
        MoveReady();
    }

    /// <summary>Sends as much as the socket takes. <see cref="TransferStatus.Done"/> means everything; returns the bytes sent.</summary>
    internal TransferStatus Flush(IShardSocket socket, ReadOnlyMemory<byte>[] gather, out long sent)
    {
        sent = 0;
        while (_ready.Count > 0)
        {
            int count = Gather(gather, out long offered);
            TransferStatus status = socket.Send(gather.AsSpan(0, count), out int taken);
            gather.AsSpan(0, count).Clear();
            if (status != TransferStatus.Done) return status;
            sent += taken;
            Advance(taken);
            if (taken < offered) return TransferStatus.WouldBlock;
        }
        return TransferStatus.Done;
    }

    /// <summary>Drops everything.</summary>
    internal void Clear()
    {
        foreach (OutgoingFrame frame in _ready) frame.Dispose();
        foreach (AnswerSlot slot in _slots) slot.Frame?.Dispose();
        _ready.Clear();
        _slots.Clear();
        QueuedBytes = 0;
    }

    private void MoveReady()
    {
        while (CloseReason is null && _slots.TryPeek(out AnswerSlot? slot) && slot.IsComplete)
        {
            _slots.Dequeue();
            CloseReason = slot.CloseReason;
            if (slot.Frame is not null) _ready.Enqueue(slot.Frame);
            slot.Frame = null;
            slot.Left();
        }
    }

    private int Gather(ReadOnlyMemory<byte>[] into, out long bytes)
    {
        int count = 0;
        bytes = 0;
        int segment = _segment, offset = _offset;
        foreach (OutgoingFrame frame in _ready)
        {
            for (; segment < frame.Segments.Count; segment++)
            {
                if (count == into.Length || bytes > int.MaxValue / 2) return count;
                into[count] = frame.Segments[segment][offset..];
                bytes += into[count].Length;
                count++;
                offset = 0;
            }
            segment = 0;
        }
        return count;
    }

    private void Advance(long sent)
    {
        QueuedBytes -= sent;
        while (_ready.TryPeek(out OutgoingFrame? frame))
        {
            for (; _segment < frame.Segments.Count; _segment++)
            {
                int left = frame.Segments[_segment].Length - _offset;
                if (sent < left)
                {
                    _offset += (int)sent;
                    return;
                }
                sent -= left;
                _offset = 0;
            }
            _segment = 0;
            _ready.Dequeue();
            frame.Recycle();
        }
    }
}

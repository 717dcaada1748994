namespace Gateway.Storage.Segments;

/// <summary>The last few batch boundaries that appends and reads met: sequential readers find their place without a walk.</summary>
internal sealed class RecentBoundaries
{
    private const int Slots = 8;
    private readonly (long Offset, int Position)[] _slots = new (long, int)[Slots];
    private int _next;
    private int _count;

    internal void Add(long offset, int position)
    {
        for (int i = 0; i < _count; i++)
        {
            if (_slots[i].Offset == offset) return;
        }

        _slots[_next] = (offset, position);
        _next = (_next + 1) % Slots;
        _count = Math.Min(_count + 1, Slots);
    }

    internal bool TryFloor(long offset, out long boundary, out int position)
    {
        boundary = -1;
        position = -1;
        for (int i = 0; i < _count; i++)
        {
            if (_slots[i].Offset <= offset && _slots[i].Offset > boundary) (boundary, position) = _slots[i];
        }

        return boundary >= 0;
    }

    internal void Clear() => _count = _next = 0;
}

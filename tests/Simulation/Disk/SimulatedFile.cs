using Gateway.Storage.Files;

namespace Gateway.Simulation.Disk;

/// <summary>The bytes behind a name: what programs see, what a power cut would leave for certain, and the changes in between.</summary>
internal sealed class SimulatedInode
{
    private const int Sector = 512;

    private readonly List<Change> _unsynced = [];
    private readonly Image _durable = new();

    internal Image Seen { get; } = new();

    internal void Write(long position, ReadOnlySpan<byte> bytes) => Apply(new Change(position, bytes.ToArray()));

    internal void SetLength(long length) => Apply(new Change(length, null));

    internal void Sync()
    {
        foreach (Change change in _unsynced) _durable.Apply(change);
        _unsynced.Clear();
    }

    /// <summary>
    /// What a failed sync does: pages that could not be written count as clean from then on. Programs go on seeing them, and no later sync
    /// writes them. Lengths are the file system's own data, which its journal keeps.
    /// </summary>
    internal void FailSync(Random? random) =>
        _unsynced.RemoveAll(change => change.Bytes is not null && (random is null || random.Next(3) > 0));

    /// <summary>What a failed write past the page cache does: some sectors are on the device, and programs see just those.</summary>
    internal void WriteInPart(long position, ReadOnlySpan<byte> bytes, Random random)
    {
        for (int at = 0; at < bytes.Length; at += Sector)
        {
            if (random.Next(2) == 0) Write(position + at, bytes.Slice(at, Math.Min(Sector, bytes.Length - at)));
        }

        Sync();
    }

    /// <summary>Turns one bit over, on the device and in what is read.</summary>
    internal void FlipBit(long bit)
    {
        Seen.FlipBit(bit);
        _durable.FlipBit(bit);
    }

    /// <summary>Keeps of the unsynced changes what chance keeps: whole ones, single sectors of them, in any order.</summary>
    internal void Crash(Random random)
    {
        double kept = random.NextDouble();
        foreach (Change change in _unsynced)
        {
            if (random.NextDouble() >= kept) continue;
            if (change.Bytes is null || random.Next(2) > 0) _durable.Apply(change);
            else Tear(change, random);
        }

        _unsynced.Clear();
        Seen.CopyFrom(_durable);
    }

    private void Tear(Change change, Random random)
    {
        long end = change.Position + change.Bytes!.Length;
        for (long start = change.Position; start < end;)
        {
            long next = Math.Min(end, ((start / Sector) + 1) * Sector);
            if (random.Next(2) == 0)
                _durable.Apply(new Change(start, change.Bytes.AsSpan((int)(start - change.Position), (int)(next - start)).ToArray()));
            start = next;
        }

        // The new length may be durable without the bytes: what was never written reads as zeros.
        if (random.Next(4) == 0 && _durable.Length < end) _durable.Apply(new Change(end, null));
    }

    private void Apply(Change change)
    {
        Seen.Apply(change);
        _unsynced.Add(change);
    }

    /// <summary>Bytes at a position, or, without bytes, a new length.</summary>
    internal sealed record Change(long Position, byte[]? Bytes);

    internal sealed class Image
    {
        private byte[] _bytes = [];

        internal int Length { get; private set; }

        internal ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, Length);

        internal Span<byte> Writable => _bytes.AsSpan(0, Length);

        internal void Apply(Change change)
        {
            if (change.Bytes is null)
            {
                SetLength((int)change.Position);
                return;
            }

            int end = (int)change.Position + change.Bytes.Length;
            if (end > Length) SetLength(end);
            change.Bytes.CopyTo(_bytes, change.Position);
        }

        internal void FlipBit(long bit)
        {
            if (bit / 8 < Length) _bytes[bit / 8] ^= (byte)(1 << (int)(bit % 8));
        }

        internal void CopyFrom(Image other)
        {
            _bytes = other._bytes.AsSpan(0, other.Length).ToArray();
            Length = other.Length;
        }

        private void SetLength(int length)
        {
            if (length > _bytes.Length) Array.Resize(ref _bytes, Math.Max(length, Math.Min(_bytes.Length * 2, int.MaxValue)));
            if (length < Length) _bytes.AsSpan(length, Length - length).Clear();
            Length = length;
        }
    }
}

/// <summary>An open handle; dead after a crash.</summary>
internal sealed class SimulatedFile(SimulatedFileSystem system, SimulatedInode inode, int life, string path) : IFile
{
    private bool _disposed;

    public long Length
    {
        get
        {
            lock (system.Gate)
            {
                Check();
                return inode.Seen.Length;
            }
        }
    }

    public void Write(long position, ReadOnlySpan<byte> bytes)
    {
        lock (system.Gate)
        {
            Check();
            system.CountChange();
            Exception? failure = system.WhyNoWrite(path, inode.Seen.Length, position + bytes.Length);
            // What fails may have been done in part.
            if (failure is not null) bytes = bytes[..(system.Chance?.Next(bytes.Length + 1) ?? 0)];
            system.Note(path, position, bytes);
            inode.Write(position, bytes);
            if (failure is not null) throw failure;
        }
    }

    public int Read(long position, Span<byte> buffer)
    {
        lock (system.Gate)
        {
            Check();
            if (system.FailReads) throw new IOException($"The device cannot read {path}");
            return Copy(position, buffer);
        }
    }

    public int TryReadResident(long position, Span<byte> buffer)
    {
        lock (system.Gate)
        {
            Check();
            return system.IsCold(path) ? -1 : Copy(position, buffer);
        }
    }

    public void SetLength(long length)
    {
        lock (system.Gate)
        {
            Check();
            system.CountChange();
            system.Note(path, length, []);
            inode.SetLength(length);
        }
    }

    public void StartWriteback(long position, long length)
    {
    }

    public void FinishWriteback()
    {
        lock (system.Gate)
        {
            Check();
            system.OnFinishWriteback(path, inode);
        }
    }

    public void Sync()
    {
        lock (system.Gate)
        {
            Check();
            system.OnSync(path, inode);
        }
    }

    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        lock (system.Gate)
        {
            if (life == system.Life) system.OpenFiles--;
        }
    }

    private int Copy(long position, Span<byte> buffer)
    {
        ReadOnlySpan<byte> bytes = inode.Seen.Bytes;
        if (position >= bytes.Length) return 0;
        ReadOnlySpan<byte> part = bytes[(int)position..];
        part = part[..Math.Min(part.Length, buffer.Length)];
        part.CopyTo(buffer);
        return part.Length;
    }

    private void Check()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (life != system.Life) throw new IOException($"{path} was open when the power went");
    }
}

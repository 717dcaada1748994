using Gateway.Storage.Files;

namespace Gateway.Simulation.Disk;

/// <content>What may go wrong: failing reads, writes and syncs, a full disk, and the power.</content>
internal sealed partial class SimulatedFileSystem
{
    /// <summary>Reads from the device fail.</summary>
    internal bool FailReads { get; set; }

    /// <summary>Bytes files may still grow by.</summary>
    internal long FreeSpace { get; set; } = long.MaxValue;

    /// <summary>Decides by path whether bytes have to be fetched from the device.</summary>
    internal Func<string, bool> IsCold { get; set; } = static _ => false;

    /// <summary>Called with the path before each sync and each wait for write-back; may throw: then what was not synced never will be.</summary>
    internal Action<string> BeforeSync { get; set; } = static _ => { };

    /// <summary>Called with the path before each write; may throw: then a part may have been written.</summary>
    internal Action<string> BeforeWrite { get; set; } = static _ => { };

    /// <summary>Decides how much of a failed write or sync was done all the same; without it, nothing was.</summary>
    internal Random? Chance { get; init; }

    /// <summary>Changes to the disk until the power goes, wherever that may be.</summary>
    internal int ChangesUntilPowerCut { get; set; } = int.MaxValue;

    internal void OnSync(string path, SimulatedInode inode)
    {
        CountChange();
        Note(path, -2, []);
        try
        {
            BeforeSync(path);
        }
        catch (IOException)
        {
            inode.FailSync(Chance);
            throw;
        }

        Syncs++;
        inode.Sync();
    }

    /// <summary>Makes nothing durable; but it is where a failed write may be told of, and then the system has dropped the bytes.</summary>
    internal void OnFinishWriteback(string path, SimulatedInode inode)
    {
        try
        {
            BeforeSync(path);
        }
        catch (IOException)
        {
            inode.FailSync(Chance);
            throw;
        }
    }

    internal void CountChange()
    {
        if (ChangesUntilPowerCut == int.MaxValue) return;
        if (ChangesUntilPowerCut-- <= 0)
        {
            ChangesUntilPowerCut = 0;
            throw new PowerCutException();
        }
    }

    /// <summary>The reason why a write cannot be done; null when it can, and then its space is taken.</summary>
    internal Exception? WhyNoWrite(string path, long length, long newLength)
    {
        try
        {
            BeforeWrite(path);
        }
        catch (IOException failure)
        {
            return failure;
        }

        if (newLength <= length) return null;
        if (newLength - length > FreeSpace) return new DiskFullException(path);
        FreeSpace -= newLength - length;
        return null;
    }
}

/// <summary>The power is gone. Nobody may catch it but the scenario: what runs after it did not happen.</summary>
internal sealed class PowerCutException() : Exception("The power went");

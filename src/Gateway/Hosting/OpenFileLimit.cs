using Gateway.Shards.Sockets;

namespace Gateway.Hosting;

/// <summary>How many files and connections the process may have open.</summary>
public static class OpenFileLimit
{
    /// <summary>Refuses a limit under which connections could leave the log none, which ends the process in the middle of its work.</summary>
    /// <exception cref="StartupException">It is lower than what a node needs.</exception>
    public static void Require(DescriptorShares shares)
    {
        ArgumentNullException.ThrowIfNull(shares);
        if (shares.Limit >= DescriptorShares.Least) return;
        throw new StartupException(
            $"this process may have {shares.Limit} files and connections open; a node needs {DescriptorShares.Least} at least, and the more the more connections it is to "
            + "serve: raise the limit, with 'ulimit -n 65536' in a shell or LimitNOFILE= in a systemd unit");
    }
}

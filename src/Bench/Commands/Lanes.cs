using System.Net.Sockets;
using Gateway.Bench.Load;
using Gateway.Cli;

namespace Gateway.Bench.Commands;

/// <summary>Makes the lanes of a run and closes them after it.</summary>
internal static class Lanes
{
    /// <summary>Runs what <paramref name="run"/> does with <paramref name="count"/> lanes.</summary>
    /// <exception cref="CommandException">A connection could not be made.</exception>
    public static TResult Run<TLane, TResult>(int count, Func<int, TLane> create, Func<IReadOnlyList<TLane>, TResult> run)
        where TLane : Lane
    {
        var lanes = new List<TLane>();
        try
        {
            for (int i = 0; i < count; i++) lanes.Add(create(i));
            return run(lanes);
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            throw new CommandException($"connection {lanes.Count + 1} of {count}: {e.Message}", e);
        }
        finally
        {
            lanes.ForEach(static lane => lane.Dispose());
        }
    }
}

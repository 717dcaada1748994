namespace Gateway.Simulation.Disk;

/// <summary>Names of one directory: as seen, as durable, and the changes in between.</summary>
internal sealed class SimulatedDirectory
{
    private readonly Dictionary<string, object> _durable = new(StringComparer.Ordinal);
    private readonly List<NameChange> _unsynced = [];

    internal Dictionary<string, object> Seen { get; } = new(StringComparer.Ordinal);

    internal void Link(string name, object entry) => Apply(new NameChange(null, name, entry));

    internal void Unlink(string name)
    {
        if (Seen.ContainsKey(name)) Apply(new NameChange(name, null, null));
    }

    internal void Rename(string from, string to) => Apply(new NameChange(from, to, Seen[from]));

    internal void Sync()
    {
        _durable.Clear();
        foreach ((string name, object entry) in Seen) _durable.Add(name, entry);
        _unsynced.Clear();
    }

    /// <summary>Keeps a part of the unsynced changes, sometimes the first few, sometimes any; then does the same below.</summary>
    internal void Crash(Random random, HashSet<object> visited)
    {
        bool inOrder = random.Next(2) == 0;
        int first = random.Next(_unsynced.Count + 1);
        for (int i = 0; i < _unsynced.Count; i++)
        {
            if (inOrder ? i < first : random.Next(2) == 0) Apply(_durable, _unsynced[i]);
        }

        _unsynced.Clear();
        Seen.Clear();
        foreach ((string name, object entry) in _durable)
        {
            Seen.Add(name, entry);
            if (!visited.Add(entry)) continue;
            if (entry is SimulatedInode inode) inode.Crash(random);
            else ((SimulatedDirectory)entry).Crash(random, visited);
        }
    }

    private static void Apply(Dictionary<string, object> names, NameChange change)
    {
        // A rename or deletion of a name that did not make it has nothing to move or delete.
        if (change.From is not null && !names.Remove(change.From)) return;
        if (change.To is not null) names[change.To] = change.Entry!;
    }

    private void Apply(NameChange change)
    {
        Apply(Seen, change);
        _unsynced.Add(change);
    }

    private sealed record NameChange(string? From, string? To, object? Entry);
}

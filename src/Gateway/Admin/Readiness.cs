using System.Collections.Concurrent;

namespace Gateway.Admin;

/// <summary>What has to be true before the node serves. Every check has a name, so that an operator sees which one is missing.</summary>
public sealed class Readiness
{
    private readonly ConcurrentDictionary<string, string> _waiting = new();
    private readonly List<string> _names = [];
    private volatile bool _stopping;

    /// <summary>Starts with these checks, none of them passed.</summary>
    public Readiness(params string[] checks)
    {
        _names.AddRange(checks);
        foreach (string check in checks) _waiting[check] = "starting";
    }

    /// <summary>True when every check has passed and the node is not stopping.</summary>
    public bool IsReady => !_stopping && _waiting.IsEmpty;

    /// <summary>Marks a check as passed.</summary>
    public void Passed(string check) => _waiting.TryRemove(check, out _);

    /// <summary>Turns readiness off for good.</summary>
    public void Stopping() => _stopping = true;

    /// <summary>One line per check.</summary>
    public string Describe()
    {
        IEnumerable<string> lines = _names.Select(name => _waiting.TryGetValue(name, out string? state) ? $"[-] {name}: {state}" : $"[+] {name}: ok");
        if (_stopping) lines = lines.Append("[-] node: stopping");
        return string.Join('\n', lines) + "\n";
    }
}

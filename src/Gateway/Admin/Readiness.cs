using System.Collections.Concurrent;

namespace Gateway.Admin;

/// <summary>What has to be true before the node serves. Every check has a name, so that an operator sees which one is missing.</summary>
public sealed class Readiness
{
    private readonly ConcurrentDictionary<string, string> _waiting = new();
    private readonly List<string> _names = [];
    private readonly ConcurrentDictionary<string, Func<string?>> _watched = new();
    private volatile bool _stopping;

    /// <summary>Starts with these checks, none of them passed.</summary>
    public Readiness(params string[] checks)
    {
        _names.AddRange(checks);
        foreach (string check in checks) _waiting[check] = "starting";
    }

    /// <summary>True when every check has passed and the node is not stopping.</summary>
    public bool IsReady => !_stopping && _names.TrueForAll(name => Problem(name) is null);

    /// <summary>Marks a check as passed.</summary>
    public void Passed(string check) => _waiting.TryRemove(check, out _);

    /// <summary>Asks <paramref name="problem"/> from now on: what it says is why the check fails, null that it holds.</summary>
    public void Watch(string check, Func<string?> problem) => _watched[check] = problem;

    /// <summary>Turns readiness off for good.</summary>
    public void Stopping() => _stopping = true;

    /// <summary>One line per check.</summary>
    public string Describe()
    {
        IEnumerable<string> lines = _names.Select(name => Problem(name) is { } problem ? $"[-] {name}: {problem}" : $"[+] {name}: ok");
        if (_stopping) lines = lines.Append("[-] node: stopping");
        return string.Join('\n', lines) + "\n";
    }

    private string? Problem(string check) =>
        _waiting.TryGetValue(check, out string? state) ? state : _watched.TryGetValue(check, out Func<string?>? problem) ? problem() : null;
}

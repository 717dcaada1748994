using System.Net;

namespace Gateway.HttpProxy.Http;

/// <summary>
/// How many requests are taken in a second, from all clients and from each: after a rest a second's worth at once, then one by one (the virtual
/// scheduling of ITU-T I.371). What is refused costs its client nothing, so whoever waits as long as it is told to is served.
/// </summary>
/// <remarks>Thread-safe. Holds those clients only that have asked within the last second.</remarks>
internal sealed class RequestRates(ProxyOptions options, TimeProvider time)
{
    // Below this many nobody is looked for who could be forgotten.
    private const int FewClients = 4096;

    private readonly Lock _lock = new();
    private readonly Dictionary<IPAddress, long> _clients = [];
    private long _all;
    private long _swept;

    /// <summary>Whether there is any limit.</summary>
    internal bool AreLimited => options.MaxRequestsPerSecond > 0 || options.MaxRequestsPerSecondPerClient > 0;

    /// <summary>How many clients are held.</summary>
    internal int Clients
    {
        get
        {
            lock (_lock) return _clients.Count;
        }
    }

    /// <summary>Counts a request.</summary>
    /// <exception cref="ProblemException">It is one too many: 429 with the time after which one is taken.</exception>
    internal void Count(IPAddress client)
    {
        long now = time.GetTimestamp();
        long wait;
        lock (_lock)
        {
            long own = _clients.GetValueOrDefault(client);
            wait = Math.Max(WaitOf(_all, now, options.MaxRequestsPerSecond), WaitOf(own, now, options.MaxRequestsPerSecondPerClient));
            if (wait <= 0)
            {
                _all = Next(_all, now, options.MaxRequestsPerSecond);
                if (options.MaxRequestsPerSecondPerClient > 0) _clients[client] = Next(own, now, options.MaxRequestsPerSecondPerClient);
                if (_clients.Count > FewClients && now - _swept > time.TimestampFrequency) Sweep(now);
                return;
            }
        }
        int seconds = (int)((wait + time.TimestampFrequency - 1) / time.TimestampFrequency);
        throw new ProblemException(Problem.Of(Problem.TooManyRequests, "There are more requests in a second than the limit allows.") with { RetryAfterSeconds = seconds });
    }

    /// <summary>How long until the next request is taken; nothing when that is now.</summary>
    /// <param name="due">When the next one would come if all came evenly.</param>
    /// <param name="now">The present.</param>
    /// <param name="rate">Requests in a second; 0 for any.</param>
    private long WaitOf(long due, long now, int rate) => rate == 0 ? 0 : Next(due, now, rate) - now - time.TimestampFrequency;

    private long Next(long due, long now, int rate) => rate == 0 ? 0 : Math.Max(due, now) + time.TimestampFrequency / rate;

    private void Sweep(long now)
    {
        _swept = now;
        foreach ((IPAddress client, long due) in _clients)
            if (due <= now) _clients.Remove(client);
    }
}

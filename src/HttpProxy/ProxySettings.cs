using System.Globalization;

namespace Gateway.HttpProxy;

/// <summary>Every setting of the proxy by name. What each means in full is said at its member of <see cref="ProxyOptions"/>.</summary>
public static class ProxySettings
{
    private const string Prefix = "http.proxy.";
    private const int GiB = 1 << 30;

    private static readonly ProxyOptions s_defaults = new();

    /// <summary>The settings, in the order the documentation lists them.</summary>
    public static IReadOnlyList<ProxySetting> All { get; } =
    [
        Number("max.request.bytes", "Largest request body.", 1024, GiB, static o => o.MaxRequestBytes, static (o, n) => o with { MaxRequestBytes = (int)n }),
        Number("max.record.bytes", "Largest key and value of a record together; the topic's `max.message.bytes` counts besides.", 1, GiB,
            static o => o.MaxRecordBytes, static (o, n) => o with { MaxRecordBytes = (int)n }),
        Number("api.v3.produce.batch.maximum.entries", "Records in one `records:batch`.", 1, 100_000,
            static o => o.MaxBatchEntries, static (o, n) => o with { MaxBatchEntries = (int)n }),
        Number("max.buffered.request.bytes", "All request bodies held in memory at a time; beyond it 429.", 1 << 20, 1L << 40,
            static o => o.MaxBufferedRequestBytes, static (o, n) => o with { MaxBufferedRequestBytes = n }),
        Time("body.stall.timeout.ms", "A large body must get on by 64 KiB in this time.", static o => o.BodyStallTimeout, static (o, t) => o with { BodyStallTimeout = t }),
        Time("reader.stall.timeout.ms", "A client must take 64 KiB of its records in this time.",
            static o => o.ReaderStallTimeout, static (o, t) => o with { ReaderStallTimeout = t }),
        Number("default.response.bytes", "Keys and values in one answer where `max_bytes` does not say.", 1, GiB,
            static o => o.DefaultResponseBytes, static (o, n) => o with { DefaultResponseBytes = (int)n }),
        Number("consumer.request.max.bytes", "Keys and values in one answer at most; one record always comes.", 1, GiB,
            static o => o.MaxResponseBytes, static (o, n) => o with { MaxResponseBytes = (int)n }),
        Time("max.wait.ms", "Longest wait a request may ask for.", static o => o.MaxWait, static (o, t) => o with { MaxWait = t }),
        Time("consumer.request.timeout.ms", "How long an instance's poll waits where nobody says.",
            static o => o.ConsumerRequestTimeout, static (o, t) => o with { ConsumerRequestTimeout = t }),
        Time("consumer.instance.timeout.ms", "An instance nobody has used for so long is deleted.",
            static o => o.ConsumerInstanceTimeout, static (o, t) => o with { ConsumerInstanceTimeout = t }),
        Number("max.consumer.instances", "Consumer instances at a time; beyond it 429.", 1, 1_000_000,
            static o => o.MaxConsumerInstances, static (o, n) => o with { MaxConsumerInstances = (int)n }),
        Number("max.consumer.instances.per.client", "The same for one client address.", 1, 1_000_000,
            static o => o.MaxConsumerInstancesPerClient, static (o, n) => o with { MaxConsumerInstancesPerClient = (int)n }),
        Number("max.streams", "Streams being read at a time; beyond it 429.", 1, 1_000_000, static o => o.MaxStreams, static (o, n) => o with { MaxStreams = (int)n }),
        Number("max.streams.per.client", "The same for one client address.", 1, 1_000_000,
            static o => o.MaxStreamsPerClient, static (o, n) => o with { MaxStreamsPerClient = (int)n }),
        Time("streaming.connection.max.duration.ms", "Longest life of a stream, read or sent.",
            static o => o.MaxStreamAge, static (o, t) => o with { MaxStreamAge = t }),
        Number("max.requests.per.second", "Requests in a second; beyond it 429. 0 is without a limit.", 0, 1_000_000,
            static o => o.MaxRequestsPerSecond, static (o, n) => o with { MaxRequestsPerSecond = (int)n }),
        Number("max.requests.per.second.per.client", "The same for one client address.", 0, 1_000_000,
            static o => o.MaxRequestsPerSecondPerClient, static (o, n) => o with { MaxRequestsPerSecondPerClient = (int)n }),
        Flag("auto.create.topics", "Producing to an unknown topic creates it, if the broker agrees.",
            static o => o.AllowTopicCreation, static (o, on) => o with { AllowTopicCreation = on }),
        Flag("strict.media.types", "Refuse `application/json` where the v2 media types are meant.",
            static o => o.StrictMediaTypes, static (o, on) => o with { StrictMediaTypes = on }),
        Flag("server.timing", "Tell in `Server-Timing` what the time of a request went into.", static o => o.ServerTiming, static (o, on) => o with { ServerTiming = on }),
        new(Prefix + "advertised.url", "", "The address consumers are told to come back to; the one they used if empty.",
            static text => text.Length == 0 || IsUrl(text) ? null : $"{Prefix}advertised.url must be an http or https URL, not '{text}'",
            static (o, text) => o with { AdvertisedUrl = text.Length == 0 ? null : new Uri(text) }),
    ];

    /// <summary>The options that values without a problem come to.</summary>
    /// <exception cref="KeyNotFoundException">No setting has that name.</exception>
    public static ProxyOptions Read(IEnumerable<KeyValuePair<string, string>> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        var byName = All.ToDictionary(static setting => setting.Name, StringComparer.Ordinal);
        return values.Aggregate(s_defaults, (options, value) => byName[value.Key].Apply(options, value.Value));
    }

    private static ProxySetting Number(string name, string description, long min, long max, Func<ProxyOptions, long> get, Func<ProxyOptions, long, ProxyOptions> set) => new(
        Prefix + name, get(s_defaults).ToString(CultureInfo.InvariantCulture), description,
        text => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number) && number >= min && number <= max
            ? null
            : $"{Prefix}{name} must be a number from {min} to {max}, not '{text}'",
        (options, text) => set(options, long.Parse(text, CultureInfo.InvariantCulture)));

    private static ProxySetting Time(string name, string description, Func<ProxyOptions, TimeSpan> get, Func<ProxyOptions, TimeSpan, ProxyOptions> set) =>
        Number(name, description, 1, int.MaxValue, options => (long)get(options).TotalMilliseconds, (options, number) => set(options, TimeSpan.FromMilliseconds(number)));

    private static ProxySetting Flag(string name, string description, Func<ProxyOptions, bool> get, Func<ProxyOptions, bool, ProxyOptions> set) => new(
        Prefix + name, get(s_defaults) ? "true" : "false", description,
        text => text is "true" or "false" ? null : $"{Prefix}{name} must be true or false, not '{text}'",
        (options, text) => set(options, text == "true"));

    private static bool IsUrl(string text) => Uri.TryCreate(text, UriKind.Absolute, out Uri? url) && url.Scheme is "http" or "https";
}

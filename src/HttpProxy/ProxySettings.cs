using Gateway.Common.Settings;
using Gateway.HttpProxy.Http;

namespace Gateway.HttpProxy;

/// <summary>Every setting of the proxy by name. What each means in full is said at its member of <see cref="ProxyOptions"/>.</summary>
public static class ProxySettings
{
    private const int GiB = 1 << 30;

    private static readonly OptionSettings<ProxyOptions> s_kinds = new("http.proxy.", new ProxyOptions());

    /// <summary>The settings, in the order the documentation lists them.</summary>
    public static IReadOnlyList<OptionSetting<ProxyOptions>> All { get; } =
    [
        s_kinds.Number("max.request.bytes", "Largest request body.", 1024, GiB, static o => o.MaxRequestBytes, static (o, n) => o with { MaxRequestBytes = (int)n }),
        s_kinds.Number("max.record.bytes", "Largest key and value of a record together; the topic's `max.message.bytes` counts besides.", 1, GiB,
            static o => o.MaxRecordBytes, static (o, n) => o with { MaxRecordBytes = (int)n }),
        s_kinds.Number("api.v3.produce.batch.maximum.entries", "Records in one `records:batch`.", 1, 100_000,
            static o => o.MaxBatchEntries, static (o, n) => o with { MaxBatchEntries = (int)n }),
        s_kinds.Number("max.buffered.request.bytes", "All request bodies held in memory at a time; beyond it 429.", 1 << 20, 1L << 40,
            static o => o.MaxBufferedRequestBytes, static (o, n) => o with { MaxBufferedRequestBytes = n }),
        s_kinds.Number("max.buffered.response.bytes", "What records on their way to readers hold at a time, inflated and as JSON. 0 is an eighth of the memory, from 64 to 256 MiB.",
            0, 1L << 40, static o => o.MaxBufferedResponseBytes, static (o, n) => o with { MaxBufferedResponseBytes = n }),
        s_kinds.Time("body.stall.timeout.ms", "A large body must get on by 64 KiB in this time.", static o => o.BodyStallTimeout, static (o, t) => o with { BodyStallTimeout = t }),
        s_kinds.Time("reader.stall.timeout.ms", "A client must take 64 KiB of its answer in this time.",
            static o => o.ReaderStallTimeout, static (o, t) => o with { ReaderStallTimeout = t }),
        s_kinds.Number("default.response.bytes", "Keys and values in one answer where `max_bytes` does not say.", 1, GiB,
            static o => o.DefaultResponseBytes, static (o, n) => o with { DefaultResponseBytes = (int)n }),
        s_kinds.Number("consumer.request.max.bytes", "Keys and values in one answer at most; one record always comes.", 1, GiB,
            static o => o.MaxResponseBytes, static (o, n) => o with { MaxResponseBytes = (int)n }),
        s_kinds.Time("max.wait.ms", "Longest wait a request may ask for.", static o => o.MaxWait, static (o, t) => o with { MaxWait = t }),
        s_kinds.Time("consumer.request.timeout.ms", "How long an instance's poll waits where nobody says.",
            static o => o.ConsumerRequestTimeout, static (o, t) => o with { ConsumerRequestTimeout = t }),
        s_kinds.Time("consumer.instance.timeout.ms", "An instance nobody has used for so long is deleted.",
            static o => o.ConsumerInstanceTimeout, static (o, t) => o with { ConsumerInstanceTimeout = t }),
        s_kinds.Number("max.consumer.instances", "Consumer instances at a time; beyond it 429.", 1, 1_000_000,
            static o => o.MaxConsumerInstances, static (o, n) => o with { MaxConsumerInstances = (int)n }),
        s_kinds.Number("max.consumer.instances.per.client", "The same for one client address.", 1, 1_000_000,
            static o => o.MaxConsumerInstancesPerClient, static (o, n) => o with { MaxConsumerInstancesPerClient = (int)n }),
        s_kinds.Number("max.streams", "Streams, read or sent, at a time; beyond it 429.", 1, 1_000_000, static o => o.MaxStreams, static (o, n) => o with { MaxStreams = (int)n }),
        s_kinds.Number("max.streams.per.client", "The same for one client address.", 1, 1_000_000,
            static o => o.MaxStreamsPerClient, static (o, n) => o with { MaxStreamsPerClient = (int)n }),
        s_kinds.Time("streaming.connection.max.duration.ms", "Longest life of a stream, read or sent.",
            static o => o.MaxStreamAge, static (o, t) => o with { MaxStreamAge = t }),
        s_kinds.Number("max.requests.per.second", "Requests in a second; beyond it 429. 0 is without a limit.", 0, 1_000_000,
            static o => o.MaxRequestsPerSecond, static (o, n) => o with { MaxRequestsPerSecond = (int)n }),
        s_kinds.Number("max.requests.per.second.per.client", "The same for one client address.", 0, 1_000_000,
            static o => o.MaxRequestsPerSecondPerClient, static (o, n) => o with { MaxRequestsPerSecondPerClient = (int)n }),
        s_kinds.Flag("auto.create.topics", "Producing to an unknown topic creates it, if the broker agrees.",
            static o => o.AllowTopicCreation, static (o, on) => o with { AllowTopicCreation = on }),
        s_kinds.Flag("strict.media.types", "Refuse `application/json` where the v2 media types are meant.",
            static o => o.StrictMediaTypes, static (o, on) => o with { StrictMediaTypes = on }),
        s_kinds.Text("profile", "Whose clients v2 suits where its peers contradict each other: `confluent`, `redpanda`, or its own if empty.", "confluent, redpanda or empty",
            ProxyProfile.IsServed, static o => o.Profile, static (o, text) => o with { Profile = text }),
        s_kinds.Flag("server.timing", "Tell in `Server-Timing` what the time of a request went into.", static o => o.ServerTiming, static (o, on) => o with { ServerTiming = on }),
        s_kinds.Text("id", "Tells this proxy from others on the same cluster; its consumer instances come back with it and with no other.",
            "at most 100 characters that can be seen", static text => text.Length <= 100 && !text.Any(char.IsControl), static o => o.Id, static (o, text) => o with { Id = text }),
        s_kinds.Text("consumers.topic", "The topic in which consumer instances are kept; empty to keep none beyond the process.", "the name of a topic",
            static text => text.Length <= 249 && text is not ("." or "..") && text.All(static letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '_' or '-'),
            static o => o.ConsumersTopic, static (o, text) => o with { ConsumersTopic = text }),
        s_kinds.Text("advertised.url", "The address consumers are told to come back to; the one they used if empty.", "an http or https URL",
            static text => text.Length == 0 || IsUrl(text), static o => o.AdvertisedUrl?.ToString() ?? "",
            static (o, text) => o with { AdvertisedUrl = text.Length == 0 ? null : new Uri(text) }),
    ];

    /// <summary>The options that values without a problem come to.</summary>
    /// <exception cref="KeyNotFoundException">No setting has that name.</exception>
    public static ProxyOptions Read(IEnumerable<KeyValuePair<string, string>> values) => s_kinds.Read(All, values);

    private static bool IsUrl(string text) => Uri.TryCreate(text, UriKind.Absolute, out Uri? url) && url.Scheme is "http" or "https";
}

using System.Globalization;
using System.Text.Json;
using Gateway.Client.Consuming;
using Gateway.Client.Fetching;
using Gateway.HttpProxy.Http;

namespace Gateway.HttpProxy.Consumers;

/// <summary>What an offset in a commit means.</summary>
internal enum CommitMeaning
{
    /// <summary>By the body's key: <c>offsets</c> are of records consumed, <c>partitions</c> are positions to read from.</summary>
    ByBody,

    /// <summary>Always the position to read from next.</summary>
    Position,

    /// <summary>Always the last record consumed: one is added.</summary>
    LastConsumed,
}

/// <summary>The body that creates a consumer instance. Numbers and booleans may come as strings, since clients differ.</summary>
internal sealed class ConsumerConfig
{
    internal string? Name { get; private set; }

    internal EmbeddedFormat Format { get; private set; } = EmbeddedFormat.Binary;

    internal AutoOffsetReset OffsetReset { get; private set; } = AutoOffsetReset.Latest;

    internal bool AutoCommit { get; private set; } = true;

    internal int MinBytes { get; private set; } = 1;

    internal IsolationLevel Isolation { get; private set; }

    internal TimeSpan? RequestTimeout { get; private set; }

    internal CommitMeaning CommitMeaning { get; private set; }

    /// <summary>Reads the body; none at all is an instance with every default.</summary>
    /// <exception cref="ProblemException">A field is unknown or its value is not served.</exception>
    internal static ConsumerConfig Read(JsonDocument? body) => body is null ? new ConsumerConfig() : Read(body.RootElement);

    /// <inheritdoc cref="Read(JsonDocument?)"/>
    internal static ConsumerConfig Read(JsonElement body)
    {
        var config = new ConsumerConfig();
        foreach (JsonProperty field in body.EnumerateObject()) config.Set(field.Name, field.Value);
        return config;
    }

    /// <summary>Writes the members of a body that makes the same instance.</summary>
    internal void Write(Utf8JsonWriter json)
    {
        json.WriteString("format"u8, EmbeddedFormats.NameOf(Format));
        json.WriteString("auto.offset.reset"u8, NameOf(OffsetReset));
        json.WriteBoolean("auto.commit.enable"u8, AutoCommit);
        json.WriteNumber("fetch.min.bytes"u8, MinBytes);
        if (RequestTimeout is { } timeout) json.WriteNumber("consumer.request.timeout.ms"u8, (long)timeout.TotalMilliseconds);
        if (Isolation == IsolationLevel.ReadCommitted) json.WriteString("isolation.level"u8, "read_committed"u8);
        if (CommitMeaning != CommitMeaning.ByBody) json.WriteString("commit.semantics"u8, CommitMeaning == CommitMeaning.Position ? "position"u8 : "last-consumed"u8);
    }

    internal static string NameOf(AutoOffsetReset end) => end == AutoOffsetReset.Earliest ? "earliest" : "latest";

    /// <summary>The end of a log that is called so.</summary>
    /// <exception cref="ProblemException">None is.</exception>
    internal static AutoOffsetReset EndOf(string name) => name.ToLowerInvariant() switch
    {
        "earliest" => AutoOffsetReset.Earliest,
        "latest" => AutoOffsetReset.Latest,
        string other => throw Invalid($"auto.offset.reset '{other}' is neither earliest nor latest"),
    };

    private void Set(string name, JsonElement value)
    {
        switch (name)
        {
            case "name" or "id":
                Name = Text(name, value);
                break;
            case "format":
                string format = Text(name, value);
                Format = EmbeddedFormats.OfName(format.ToLowerInvariant())
                    ?? throw Invalid($"format '{format}' is not served; there are {string.Join(", ", EmbeddedFormats.All.Select(EmbeddedFormats.NameOf))}");
                break;
            case "auto.offset.reset":
                OffsetReset = EndOf(Text(name, value));
                break;
            case "auto.commit.enable" or "enable.auto.commit":
                AutoCommit = bool.TryParse(Text(name, value), out bool commit) ? commit : throw Invalid($"{name} must be true or false");
                break;
            case "fetch.min.bytes":
                long bytes = Number(name, value);
                if (bytes is < -1 or > 10_000_000)
                    throw new ProblemException(Problem.ConsumerSettingOutOfRange, "fetch.min.bytes must be from -1 to 10000000.");
                MinBytes = Math.Max(1, (int)bytes);
                break;
            case "consumer.request.timeout.ms":
                long timeout = Number(name, value);
                if (timeout is < 0 or > int.MaxValue) throw Invalid($"{name} must be from 0 to {int.MaxValue}");
                RequestTimeout = TimeSpan.FromMilliseconds(timeout);
                break;
            case "isolation.level":
                Isolation = ProxyCall.ReadIsolation(Text(name, value).ToLowerInvariant())
                    ?? throw Invalid("isolation.level is neither read_uncommitted nor read_committed");
                break;
            case "commit.semantics":
                CommitMeaning = Text(name, value) switch
                {
                    "position" => CommitMeaning.Position,
                    "last-consumed" => CommitMeaning.LastConsumed,
                    string other => throw Invalid($"commit.semantics '{other}' is neither position nor last-consumed"),
                };
                break;
            default:
                throw Invalid($"unknown setting '{name}'");
        }
    }

    private static string Text(string name, JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.Number => value.GetRawText(),
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        _ => throw Invalid($"{name} must be a string, a number or a boolean"),
    };

    private static long Number(string name, JsonElement value) =>
        long.TryParse(Text(name, value), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number)
            ? number
            : throw Invalid($"{name} must be a whole number");

    private static ProblemException Invalid(string why) => new(Problem.InvalidConsumerConfig, $"Invalid consumer configuration: {why}.");
}

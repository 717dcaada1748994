using System.Globalization;
using Gateway.Client.Producing;
using Gateway.HttpProxy.Http;
using Gateway.HttpProxy.Records;
using Microsoft.AspNetCore.Http;

namespace Gateway.HttpProxy.Produce;

/// <summary>How the records of one request are to be written (http-proxy §9.0): by its query and its idempotency key.</summary>
/// <param name="Acks">Which acknowledgement to wait for.</param>
/// <param name="Timeout">How long to wait for it; zero is the producer's own time.</param>
/// <param name="IfEndOffset">Where the partition has to end for anything to be written; -1 for anywhere.</param>
/// <param name="Key">By which the request is known when it comes again; null when it is written as often as it comes.</param>
/// <param name="SchemaInHeader">Whether schemas are named in headers of the records, by GUID; in front of the data otherwise.</param>
internal readonly record struct ProduceSettings(Acks Acks, TimeSpan Timeout, long IfEndOffset, string? Key, bool SchemaInHeader)
{
    /// <summary>Reads the query.</summary>
    /// <exception cref="ProblemException">A value is not served: 400.</exception>
    internal static ProduceSettings Read(ProxyCall call)
    {
        HttpRequest request = call.Context.Request;
        string? key = IdempotencyKey.Of(request);
        if (!request.QueryString.HasValue) return new ProduceSettings(Acks.All, TimeSpan.Zero, -1, key, false);
        IQueryCollection query = request.Query;
        long timeout = call.QueryNumber("timeout", 1, (long)call.Service.Options.MaxWait.TotalMilliseconds) ?? 0;
        long end = call.QueryNumber("if_end_offset", 0, long.MaxValue) ?? -1;
        return new ProduceSettings(
            AcksOf(query["acks"].ToString(), IsAsync(request)), TimeSpan.FromMilliseconds(timeout), end, key, Flag(query, "schema_in_header")).Checked();
    }

    /// <summary>The acknowledgement of that name; of all where nothing is said.</summary>
    /// <exception cref="ProblemException">There is none: 400.</exception>
    internal static Acks AcksOf(string name, bool isAsync = false)
    {
        Acks acks = name switch
        {
            "" when isAsync => Acks.None,
            "" or "all" => Acks.All,
            "leader" => Acks.Leader,
            "none" => Acks.None,
            { } other => throw new ProblemException(Problem.InvalidParameter, $"Parameter acks must be none, leader or all, not '{other}'."),
        };
        return isAsync && acks != Acks.None
            ? throw new ProblemException(Problem.InvalidParameter, "Parameter async=true goes with acks=none only, which it implies.")
            : acks;
    }

    /// <summary>The settings, if they go together.</summary>
    /// <exception cref="ProblemException">They do not: 400.</exception>
    internal ProduceSettings Checked()
    {
        if (IfEndOffset >= 0 && Acks != Acks.All) throw new ProblemException(Problem.InvalidParameter, "Parameter if_end_offset goes with acks=all only.");
        // Who does not ask what became of the records cannot be told that they were there.
        if (Key is not null && Acks == Acks.None)
            throw new ProblemException(Problem.InvalidParameter, $"Parameter acks=none does not go with {IdempotencyKey.Header}.");
        return this;
    }

    /// <summary>Whether the client wants no answer about its records (<c>async=true</c>, http-proxy §3.2).</summary>
    /// <exception cref="ProblemException">It says neither that nor the opposite: 400.</exception>
    internal static bool IsAsync(HttpRequest request) => request.QueryString.HasValue && Flag(request.Query, "async");

    private static bool Flag(IQueryCollection query, string name) => query[name].ToString() switch
    {
        "" or "false" => false,
        "true" => true,
        { } other => throw new ProblemException(Problem.InvalidParameter, $"Parameter {name} must be true or false, not '{other}'."),
    };

    /// <summary>Refuses a record that is larger than the proxy takes.</summary>
    /// <exception cref="ProblemException">It is: 413.</exception>
    internal static void RequireSize(ProxyOptions options, Slice key, Slice value)
    {
        if ((long)Math.Max(key.Length, 0) + Math.Max(value.Length, 0) > options.MaxRecordBytes)
            throw new ProblemException(Problem.TooLarge, $"A record has more than {options.MaxRecordBytes} bytes, which is the limit.");
    }

    /// <summary>Refuses the topics in which the proxy and the services beside it keep what must be their own, whatever the broker would say.</summary>
    /// <exception cref="ProblemException">It is one of them: 40002.</exception>
    internal static void RequireForeign(ProxyOptions options, string topic)
    {
        if (topic == options.ConsumersTopic) throw new ProblemException(Problem.InvalidParameter, $"Topic '{topic}' is the proxy's own.");
        if (options.ServiceTopics.Contains(topic)) throw new ProblemException(Problem.InvalidParameter, $"Topic '{topic}' is the server's own.");
    }

    /// <summary>Writes records; the results stand in their order. An answer to a request that came again says so in its head.</summary>
    /// <param name="call">The request.</param>
    /// <param name="topic">The topic.</param>
    /// <param name="records">The records.</param>
    /// <param name="known">What the request is known by, if it has a key (<see cref="KnownBy"/>).</param>
    /// <exception cref="ProblemException">As <see cref="WriteAsync"/>.</exception>
    internal ValueTask<ProducedRecord[]> ProduceAsync(ProxyCall call, string topic, RecordSet records, RequestKey? known) =>
        known is { } key ? ProduceOnceAsync(call, topic, records, key) : AppendAsync(call, topic, records, null);

    /// <summary>
    /// Writes the records of a plain request of the binary format straight into a batch, where the request asks for nothing beside; null, with nothing
    /// written, when they cannot be written so.
    /// </summary>
    /// <param name="call">The request.</param>
    /// <param name="topic">The topic.</param>
    /// <param name="partition">Where they go; -1 leaves it to the partitioner.</param>
    /// <param name="body">The request's body; read when the call returns.</param>
    /// <exception cref="ProblemException">The topic is not for clients.</exception>
    internal ValueTask<ProducedRecords>? TryAppend(ProxyCall call, string topic, int partition, ReadOnlySpan<byte> body)
    {
        if (Key is not null || IfEndOffset >= 0 || Timeout != TimeSpan.Zero) return null;
        ProxyOptions options = call.Service.Options;
        RequireForeign(options, topic);
        var records = new PlainSource(body, options.MaxRecordBytes);
        return call.Service.ProducerOf(Acks).TryProduce(topic, partition, ref records);
    }

    /// <summary>What a request is known by when it comes again; null when it has no key.</summary>
    /// <param name="call">The request.</param>
    /// <param name="body">Its body.</param>
    internal RequestKey? KnownBy(ProxyCall call, ReadOnlySpan<byte> body) =>
        Key is null ? null : IdempotencyKey.Hash(Key, call.Context.Request, body);

    /// <summary>Writes records; the results stand in their order, with whether an earlier request with the key had stored them.</summary>
    /// <param name="call">The request.</param>
    /// <param name="topic">The topic.</param>
    /// <param name="records">The records.</param>
    /// <param name="known">What a request with a key is known by.</param>
    /// <param name="added">Called when the records have their place in front of those that come later; not with a key or a condition.</param>
    /// <exception cref="ProblemException">One is too large: 413.</exception>
    /// <exception cref="ProblemException">They were not acknowledged in the time there is: 50003. They may be stored nevertheless.</exception>
    internal async ValueTask<(ProducedRecord[] Results, bool WasStored)> WriteAsync(
        ProxyCall call, string topic, RecordSet records, RequestKey? known, Action? added = null)
    {
        if (known is not { } key) return (await AppendAsync(call, topic, records, added).ConfigureAwait(false), false);
        RequireWritable(call, topic, records);
        if (IfEndOffset >= 0) await ConditionalProduce.PartitionAsync(call.Service, topic, records).ConfigureAwait(false);
        return await KeyedProduce.ProduceAsync(call, topic, records, key, this).ConfigureAwait(false);
    }

    private async ValueTask<ProducedRecord[]> ProduceOnceAsync(ProxyCall call, string topic, RecordSet records, RequestKey known)
    {
        (ProducedRecord[] results, bool wasStored) = await WriteAsync(call, topic, records, known).ConfigureAwait(false);
        if (wasStored) call.Context.Response.Headers[IdempotencyKey.ReplayedHeader] = "true";
        return results;
    }

    private ValueTask<ProducedRecord[]> AppendAsync(ProxyCall call, string topic, RecordSet records, Action? added)
    {
        RequireWritable(call, topic, records);
        ProxyService service = call.Service;
        if (IfEndOffset >= 0) return ConditionalProduce.ProduceAsync(service, topic, records, IfEndOffset, Timeout);
        // Whoever goes away cannot take records back: waiting without a token costs less, and ends with the producer's own patience.
        return Timeout == TimeSpan.Zero
            ? service.ProducerOf(Acks).ProduceAsync(topic, records, CancellationToken.None, added, mayDispose: true)
            : AppendInTimeAsync(service, topic, records, added);
    }

    private async ValueTask<ProducedRecord[]> AppendInTimeAsync(ProxyService service, string topic, RecordSet records, Action? added)
    {
        using var patience = new CancellationTokenSource(Timeout, service.Client.Options.Time);
        try
        {
            return await service.ProducerOf(Acks).ProduceAsync(topic, records, patience.Token, added, mayDispose: true).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested)
        {
            throw NotAcknowledged(Timeout);
        }
    }

    private static void RequireWritable(ProxyCall call, string topic, RecordSet records)
    {
        ProxyOptions options = call.Service.Options;
        RequireForeign(options, topic);
        for (int i = 0; i < records.Count; i++) RequireSize(options, records[i].Key, records[i].Value);
    }

    /// <summary>The time is up.</summary>
    internal static ProblemException NotAcknowledged(TimeSpan timeout) => new(
        Problem.RetriableKafkaError,
        string.Create(CultureInfo.InvariantCulture, $"REQUEST_TIMED_OUT: not acknowledged within {timeout.TotalMilliseconds} ms; the records may be stored nevertheless."));
}

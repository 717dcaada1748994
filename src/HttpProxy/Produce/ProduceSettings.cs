using System.Globalization;
using Gateway.Client.Producing;
using Gateway.HttpProxy.Http;
using Microsoft.AspNetCore.Http;

namespace Gateway.HttpProxy.Produce;

/// <summary>How the records of one request are to be written (http-proxy §9.0): <c>acks</c> and <c>timeout</c> of its query.</summary>
/// <param name="Acks">Which acknowledgement to wait for.</param>
/// <param name="Timeout">How long to wait for it; zero is the producer's own time.</param>
/// <param name="IfEndOffset">Where the partition has to end for anything to be written; -1 for anywhere.</param>
internal readonly record struct ProduceSettings(Acks Acks, TimeSpan Timeout, long IfEndOffset)
{
    private const int NotImplemented = 501;

    /// <summary>Reads the query.</summary>
    /// <exception cref="ProblemException">A value is not served: 400. It asks for what would have to be promised: 501.</exception>
    internal static ProduceSettings Read(ProxyCall call)
    {
        HttpRequest request = call.Context.Request;
        // Taken for granted these would be worse than refused: a client counts on them when something goes wrong.
        if (request.Headers.ContainsKey("Idempotency-Key"))
            throw new ProblemException(NotImplemented, "Idempotency-Key is not served: a repeated request would be stored twice. Leave the header out.");
        if (!request.QueryString.HasValue) return new ProduceSettings(Acks.All, TimeSpan.Zero, -1);
        IQueryCollection query = request.Query;
        Acks acks = query["acks"].ToString() switch
        {
            "" or "all" => Acks.All,
            "leader" => Acks.Leader,
            "none" => Acks.None,
            { } other => throw new ProblemException(Problem.InvalidParameter, $"Parameter acks must be none, leader or all, not '{other}'."),
        };
        long timeout = call.QueryNumber("timeout", 1, (long)call.Service.Options.MaxWait.TotalMilliseconds) ?? 0;
        long end = call.QueryNumber("if_end_offset", 0, long.MaxValue) ?? -1;
        if (end >= 0 && acks != Acks.All) throw new ProblemException(Problem.InvalidParameter, "Parameter if_end_offset goes with acks=all only.");
        return new ProduceSettings(acks, TimeSpan.FromMilliseconds(timeout), end);
    }

    /// <summary>Refuses a record that is larger than the proxy takes.</summary>
    /// <exception cref="ProblemException">It is: 413.</exception>
    internal static void RequireSize(ProxyOptions options, Slice key, Slice value)
    {
        if ((long)Math.Max(key.Length, 0) + Math.Max(value.Length, 0) > options.MaxRecordBytes)
            throw new ProblemException(Problem.TooLarge, $"A record has more than {options.MaxRecordBytes} bytes, which is the limit.");
    }

    /// <summary>Writes records; the results stand in their order.</summary>
    /// <exception cref="ProblemException">One is too large: 413.</exception>
    /// <exception cref="ProblemException">They were not acknowledged in the time there is: 50003. They may be stored nevertheless.</exception>
    internal async ValueTask<ProducedRecord[]> ProduceAsync(ProxyService service, string topic, RecordSet records)
    {
        for (int i = 0; i < records.Count; i++)
            RequireSize(service.Options, records[i].Key, records[i].Value);
        Producer producer = service.ProducerOf(Acks);
        if (IfEndOffset >= 0) return await ConditionalProduce.ProduceAsync(service, topic, records, IfEndOffset, Timeout).ConfigureAwait(false);
        // Whoever goes away cannot take records back: waiting without a token costs less, and ends with the producer's own patience.
        if (Timeout == TimeSpan.Zero) return await producer.ProduceAsync(topic, records, CancellationToken.None).ConfigureAwait(false);
        using var patience = new CancellationTokenSource(Timeout, service.Client.Options.Time);
        try
        {
            return await producer.ProduceAsync(topic, records, patience.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested)
        {
            throw NotAcknowledged(Timeout);
        }
    }

    /// <summary>The time is up.</summary>
    internal static ProblemException NotAcknowledged(TimeSpan timeout) => new(
        Problem.RetriableKafkaError,
        string.Create(CultureInfo.InvariantCulture, $"REQUEST_TIMED_OUT: not acknowledged within {timeout.TotalMilliseconds} ms; the records may be stored nevertheless."));
}

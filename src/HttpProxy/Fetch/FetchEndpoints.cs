using System.Globalization;
using Gateway.Client.Fetching;
using Gateway.Common.Errors;
using Gateway.Common.Ids;
using Gateway.HttpProxy.Http;
using Gateway.HttpProxy.Records;
using Microsoft.AspNetCore.Http;

namespace Gateway.HttpProxy.Fetch;

/// <summary>Reading a partition from an offset, without any consumer to create first.</summary>
internal static class FetchEndpoints
{
    /// <summary>The parameters there are.</summary>
    internal static readonly IReadOnlyList<string> Parameters = ["offset", "from_timestamp", "count", "timeout", "max_bytes", "isolation", "bigint"];

    // Needed by Redpanda's proxy, whose path this is; that any of them may be left out is ours (http-proxy §3.4).
    private static readonly string[] s_redpandas = ["offset", "timeout", "max_bytes"];

    /// <summary>Whether a request is one that Redpanda's proxy takes too, which passes over what it does not know.</summary>
    internal static bool IsRedpandas(HttpRequest request) => s_redpandas.All(request.Query.ContainsKey);

    internal static async ValueTask ReadAsync(ProxyCall call)
    {
        RecordForm form = MediaTypes.ForRecords(call.Context.Request, null, call.Service.Options.StrictMediaTypes);
        var partition = new TopicPartition(call.Name("topic"), call.Partition());
        TimeSpan wait = call.Wait(TimeSpan.Zero);
        int maxBytes = call.MaxBytes();
        IsolationLevel isolation = call.Isolation();
        long? count = call.QueryNumber("count", 1, long.MaxValue);
        long offset = await StartAsync(call, partition, isolation).ConfigureAwait(false);

        using FetchedRecords fetched = await ReadAsync(call, partition, offset, new FetchLimits(maxBytes, wait, Isolation: isolation)).ConfigureAwait(false);
        call.Timed("read");
        Require(fetched.Error, partition, offset);
        long to = BatchCut.Find(fetched.Batches, offset, maxBytes).To;
        if (count is { } most) to = FirstRecords.Find(fetched.Batches, offset, to, most).To;
        RecordRange[] ranges = [new RecordRange(partition.Topic, partition.Partition, fetched.Batches, offset, to)];
        await RecordAnswer.WriteAsync(call, form, ranges).ConfigureAwait(false);
    }

    /// <summary>Reads what is there, or what comes first in the time there is and as long as the server runs.</summary>
    private static ValueTask<FetchedRecords> ReadAsync(ProxyCall call, TopicPartition partition, long offset, FetchLimits limits)
    {
        Fetcher fetcher = call.Service.Client.Fetcher;
        if (limits.MaxWait == TimeSpan.Zero) return fetcher.ReadAsync(partition, offset, limits, call.Cancel);
        return call.AwaitAsync(
            cancel => fetcher.ReadAsync(partition, offset, limits, cancel),
            () => fetcher.ReadAsync(partition, offset, limits with { MaxWait = TimeSpan.Zero }, call.Cancel),
            call.Cancel);
    }

    /// <summary>The offset asked for: a number, one of the ends by name, a number from the end when it is negative, or that of a time.</summary>
    private static async ValueTask<long> StartAsync(ProxyCall call, TopicPartition partition, IsolationLevel isolation)
    {
        string text = call.Context.Request.Query["offset"].ToString();
        if (call.QueryTime("from_timestamp") is { } time)
        {
            if (text.Length > 0) throw new ProblemException(Problem.InvalidParameter, "Parameter from_timestamp does not go with offset.");
            FoundOffset young = await call.Service.Client.OffsetLookup.FindAsync(partition, time, call.Cancel, isolation).ConfigureAwait(false);
            Require(young.Error, partition, -1);
            if (young.Offset >= 0) return young.Offset;
            // No record is that young: the next one will be.
            text = "latest";
        }
        bool isNumber = long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long offset);
        if (isNumber && offset >= 0) return offset;
        long end = text switch
        {
            "" or "earliest" => OffsetLookup.Earliest,
            "latest" => OffsetLookup.Latest,
            _ when isNumber => OffsetLookup.Latest,
            _ => throw new ProblemException(Problem.InvalidParameter, $"Parameter offset must be a number, earliest or latest, not '{text}'."),
        };
        FoundOffset found = await call.Service.Client.OffsetLookup.FindAsync(partition, end, call.Cancel, isolation).ConfigureAwait(false);
        Require(found.Error, partition, offset);
        if (!isNumber) return found.Offset;
        FoundOffset first = await call.Service.Client.OffsetLookup.FindAsync(partition, OffsetLookup.Earliest, call.Cancel).ConfigureAwait(false);
        Require(first.Error, partition, offset);
        return Math.Max(found.Offset + offset, first.Offset);
    }

    private static void Require(ErrorCode error, TopicPartition partition, long offset)
    {
        if (error == ErrorCode.None) return;
        if (error is ErrorCode.UnknownTopicOrPartition or ErrorCode.InvalidTopicException)
            throw new ProblemException(Problem.PartitionNotFound, $"Partition {partition} not found.");
        throw new ProblemException(KafkaProblems.Of(error, $"Partition {partition} at offset {offset}: {error.KafkaName()}"));
    }
}
